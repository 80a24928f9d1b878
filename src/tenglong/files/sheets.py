"""Excel and WPS sheets, by python-calamine."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

from tenglong.domain.survey.table import Cell, Table
from tenglong.files.archive import open_zip
from tenglong.files.errors import FileError, Limits
from tenglong.files.header import NOTE_MARK, OWN_SHEETS, Merge, filled, find_header, headings
from tenglong.files.xmlcheck import check_workbook

_SAVE = "请用 Excel/WPS 打开后另存为 .xlsx 再导入"


def read_workbook(path: Path, name: str, format: str, limits: Limits, layer: str | None) -> list[Table]:
    """One Table per sheet that has data (or the sheet `layer`). Raises FileError."""
    if format == "xlsx":
        with open_zip(path, name, limits) as archive:
            check_workbook(archive, name)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise FileError("工作簿加了密码，打不开", name, "请取消密码后再导入") from error
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileError("工作簿损坏，打不开", name, _SAVE) from error
    with book:
        tables = [_sheet(book, sheet, name, format, limits) for sheet in _chosen(book, name, limits, layer)]
    kept = [table for table in tables if table is not None]
    if not kept:
        raise FileError("工作簿里没有数据行", name, "请确认数据在可见的工作表里，且表头下面有数据")
    return kept


def _chosen(book: Any, name: str, limits: Limits, layer: str | None) -> list[str]:
    sheets = [str(sheet) for sheet in book.sheet_names]
    if layer is not None:
        if layer not in sheets:
            raise FileError(f"没有名为“{layer}”的工作表", name, f"可选：{'、'.join(sheets)}")
        return [layer]
    if len(sheets) > limits.sheets:
        raise FileError(
            f"工作簿有 {len(sheets)} 张工作表，超过 {limits.sheets} 张", name, "请只保留要导入的工作表，或指定其中一张"
        )
    return [sheet for sheet in sheets if sheet not in OWN_SHEETS]


def _sheet(book: Any, title: str, name: str, format: str, limits: Limits) -> Table | None:
    where = f"{name} 工作表“{title}”"
    try:
        sheet = book.get_sheet_by_name(title)
    except calamine.CalamineError as error:
        if "worksheet" in type(error).__name__.lower() or "not found" in str(error).lower():
            return None
        raise FileError("工作表损坏，读不出来", where, _SAVE) from error
    check_size(sheet.total_height, sheet.total_width, where, limits)
    rows = [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    merges = [(a[0], a[1], b[0], b[1]) for a, b in (sheet.merged_cell_ranges or [])]
    return build(title, name, format, rows, merges, limits, where)


def check_size(rows: int, columns: int, where: str, limits: Limits) -> None:
    """Raises FileError when a table is larger than allowed."""
    if rows > limits.rows + 20:
        raise FileError(f"有 {rows:,} 行，超过 {limits.rows:,} 行", where, "请删除多余的空行，或分成几个文件导入")
    if columns > limits.columns:
        raise FileError(f"有 {columns:,} 列，超过 {limits.columns:,} 列", where, "请删除右侧多余的列")
    if rows * columns > limits.cells:
        raise FileError(f"有 {rows * columns:,} 个单元格，超过 {limits.cells:,} 个", where, "请分成几个文件导入")


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, (bool, int, float, datetime, date)):
        return value
    if isinstance(value, time):
        # a date serial of 0 with a time format: Excel's way of saying nothing
        return None if value == time(0) else value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds() / 86_400
    return str(value)


def build(
    title: str,
    name: str,
    format: str,
    rows: Sequence[list[Cell]],
    merges: Sequence[Merge],
    limits: Limits,
    where: str,
    notes: tuple[str, ...] = (),
) -> Table | None:
    """A Table from raw rows: headings found, merged data cells filled, blank rows left out, row numbers kept."""
    if not any(filled(row) for row in rows):
        return None
    at = find_header(rows)
    names, depth = headings(rows, at, merges)
    notes += _fill_merged(rows, merges, at + depth)
    body = [(number, row) for number, row in enumerate(rows[at + depth :], at + depth + 1) if filled(row)]
    if body and isinstance(first := body[0][1][0], str) and first.startswith(NOTE_MARK):
        body = body[1:]
    if not body:
        return None
    width = max(_last(names), max(_last(row) for _, row in body))
    data = [_row(row, width, limits, where, number) for number, row in body]
    names = (names + [""] * width)[:width]
    return Table(title, name, format, tuple(names), data, [number for number, _ in body], header_row=at + depth, notes=notes)


def _last(row: Sequence[Cell]) -> int:
    for index in range(len(row) - 1, -1, -1):
        if row[index] not in (None, ""):
            return index + 1
    return 0


def _row(row: Sequence[Cell], width: int, limits: Limits, where: str, number: int) -> tuple[Cell, ...]:
    for index, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) > limits.cell_chars:
            place = f"{where} 第 {number} 行第 {index + 1} 列"
            raise FileError(
                f"单元格有 {len(cell):,} 个字，超过 {limits.cell_chars:,} 个", place, "请检查引号是否配对，或截短该单元格"
            )
    if len(row) == width:
        return tuple(row)
    return tuple(row[:width]) + (None,) * (width - len(row))


def _fill_merged(rows: Sequence[list[Cell]], merges: Sequence[Merge], start: int) -> tuple[str, ...]:
    """A merged data cell speaks for all rows it covers."""
    count = 0
    for top, left, bottom, _ in merges:
        if top < start or bottom == top or top >= len(rows) or left >= len(rows[top]):
            continue
        for index in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[index]) and rows[index][left] is None and filled(rows[index]):
                rows[index][left] = rows[top][left]
        count += 1
    return (f"有 {count} 处纵向合并单元格，已按所覆盖的各行取同一值",) if count else ()
