"""Faults given back in the user's own workbook: cells coloured by severity, comments with message and mend."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.mapping import Mapping
from tenglong.domain.survey.table import Table
from tenglong.domain.survey.values import text_of
from tenglong.files.archive import open_zip
from tenglong.files.errors import FileError, Limits
from tenglong.files.export import Column, Sheet, write_sheets
from tenglong.files.safe import safe_text
from tenglong.files.xmlcheck import check_workbook

#: openpyxl keeps a whole workbook in memory: above this many rows the faulty rows go into a workbook of their own
ANNOTATE_ROWS: Final = 20_000
COLOURS: Final = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.INFO: "DDEBF7"}
LABELS: Final = {Severity.ERROR: "退回", Severity.WARNING: "提醒", Severity.INFO: "说明"}
LIST_SHEET: Final = "问题清单"
_RANK: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_COMMENT_CHARS: Final = 1_500
Marks = dict[tuple[int, int], list[Issue]]


def annotate(
    source: Path, table: Table, mapping: Mapping, issues: Iterable[Issue], out: Path, *, limit: int = ANNOTATE_ROWS
) -> str:
    """Write `out` (.xlsx). Returns "copy" (the user's own workbook) or "rows" (a workbook of the faulty rows).

    Only an .xlsx that was given as such and has at most `limit` rows can be copied; for xls, csv, vector files and zips
    the faulty rows are listed with their source row numbers. Raises FileError.
    """
    own = [issue for issue in issues if issue.dataset == mapping.kind]
    if table.format == "xlsx" and len(table.rows) <= limit and zipfile.is_zipfile(source) and _is_workbook(source):
        _copy(source, table, mapping, own, out)
        return "copy"
    faulty_rows(table, mapping, own, out)
    return "rows"


def _is_workbook(source: Path) -> bool:
    with zipfile.ZipFile(source) as archive:
        return "xl/workbook.xml" in archive.namelist()


def _copy(source: Path, table: Table, mapping: Mapping, issues: list[Issue], out: Path) -> None:
    import openpyxl

    with open_zip(source, source.name, Limits()) as archive:
        check_workbook(archive, source.name)
    try:
        book = openpyxl.load_workbook(source)
    except Exception as error:  # openpyxl raises whatever a damaged part makes it stumble over
        raise FileError(
            "工作簿里有 openpyxl 不支持的内容，不能在原表上标注", source.name, "请另存为普通 .xlsx 后再试"
        ) from error
    sheet = book[table.name]
    for (row, column), found in _marks(table, mapping, issues).items():
        _mark(sheet.cell(row, column), found)
    _append_list(book, table, mapping, issues)
    book.save(out)


def _marks(table: Table, mapping: Mapping, issues: Iterable[Issue]) -> Marks:
    """(sheet row, sheet column) → issues; an issue without a cell of its own stands on the row's first filled cell."""
    columns = {column.field: column.index + 1 for column in mapping.columns}
    first = {row: _first(cells) for row, cells in zip(table.row_numbers, table.rows, strict=True)}
    marks: Marks = defaultdict(list)
    for issue in issues:
        for row in dict.fromkeys(number for number in (issue.row, issue.other_row) if number):
            marks[row, columns.get(issue.field, first.get(row, 1))].append(issue)
    return marks


def _first(cells: Sequence[Any]) -> int:
    return next((index + 1 for index, cell in enumerate(cells) if cell is not None), 1)


def _mark(cell: Any, found: list[Issue]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if isinstance(cell, MergedCell):
        cell = _anchor(cell)
    open_ones = [issue.severity for issue in found if not issue.waived]
    if open_ones:
        colour = COLOURS[min(open_ones, key=lambda severity: _RANK[severity])]
        cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
    text = "\n".join(_sentence(issue) for issue in sorted(found, key=lambda issue: _RANK[issue.severity]))
    if cell.comment is not None:
        text = f"{cell.comment.text}\n——\n{text}"
    cell.comment = Comment(text[:_COMMENT_CHARS], "腾笼", height=160, width=320)


def _anchor(cell: Any) -> Any:
    """The cell that shows the text of a merged range."""
    for merged in cell.parent.merged_cells.ranges:
        if cell.coordinate in merged:
            return cell.parent.cell(merged.min_row, merged.min_col)
    return cell


def _sentence(issue: Issue) -> str:
    tail = f"（已豁免：{issue.waived}）" if issue.waived else ""
    return f"【{LABELS[issue.severity]}】{issue.message}。{issue.fix}{tail}"


def _append_list(book: Any, table: Table, mapping: Mapping, issues: list[Issue]) -> None:
    from openpyxl.styles import Font

    title = LIST_SHEET
    while title in book.sheetnames:
        title += "_"
    sheet = book.create_sheet(title)
    sheet.append([column.heading for column in _LIST_COLUMNS])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in _list_rows(table, mapping, issues):
        sheet.append([safe_text(value) if isinstance(value, str) else value for value in row])
    for letter, width in zip("ABCDEFGH", (8, 18, 8, 24, 24, 50, 40, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


_LIST_COLUMNS: Final = tuple(
    Column(heading, width)
    for heading, width in (
        ("行号", 8),
        ("列", 18),
        ("级别", 8),
        ("规则", 24),
        ("原值", 24),
        ("问题", 50),
        ("怎样改", 40),
        ("对象", 30),
    )
)


def _list_rows(table: Table, mapping: Mapping, issues: Iterable[Issue]) -> list[tuple[Any, ...]]:
    headings = {column.field: column.heading for column in mapping.columns}
    ordered = sorted(issues, key=lambda issue: (_RANK[issue.severity], issue.row))
    return [
        (i.row, headings.get(i.field, i.field), LABELS[i.severity], i.rule, i.value, i.message, i.fix, i.key) for i in ordered
    ]


def faulty_rows(table: Table, mapping: Mapping, issues: list[Issue], out: Path) -> None:
    """A workbook of the rows that have issues: source row number, problems, then every column as given; and the list."""
    bad: dict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        for row in dict.fromkeys(number for number in (issue.row, issue.other_row) if number):
            bad[row].append(issue)
    columns = (
        Column("原行号", 8),
        Column("级别", 8),
        Column("问题与改法", 60),
        *(Column(name or "（无表头）", 16) for name in table.columns),
    )
    taken = [(row, cells) for row, cells in zip(table.row_numbers, table.rows, strict=True) if row in bad]
    rows = ((row, *_told(bad[row]), *(_plain(cell) for cell in cells)) for row, cells in taken)
    fills = _fills(mapping, taken, bad)
    write_sheets(
        out,
        [
            Sheet("问题行", columns, rows, fills=fills),
            Sheet(LIST_SHEET, _LIST_COLUMNS, _list_rows(table, mapping, issues)),
        ],
    )


def _told(found: list[Issue]) -> tuple[str, str]:
    worst = min((issue.severity for issue in found), key=lambda severity: _RANK[severity])
    return LABELS[worst], "\n".join(_sentence(issue) for issue in sorted(found, key=lambda issue: _RANK[issue.severity]))


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == cell else text_of(cell)  # noqa: PLR0124


def _fills(mapping: Mapping, taken: Sequence[tuple[int, Any]], bad: dict[int, list[Issue]]) -> dict[tuple[int, int], str]:
    """(row below the headings, column) → colour of the worst issue of that cell."""
    columns = {column.field: column.index + 3 for column in mapping.columns}
    fills: dict[tuple[int, int], str] = {}
    for at, (row, _) in enumerate(taken):
        for issue in sorted(bad[row], key=lambda issue: -_RANK[issue.severity]):
            if not issue.waived:
                fills[at, columns.get(issue.field, 2)] = COLOURS[issue.severity]
    return fills
