"""Chinese templates of each kind: units in the headings, drop-downs, a notes row, a sheet that explains, a sample."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from tenglong.domain.survey.kinds import FieldSpec, KindSpec, spec_of
from tenglong.files.header import NOTE_MARK

ROWS: Final = 2_000
GUIDE: Final = "填写说明"
OPTIONS: Final = "可选值"
_TYPES: Final = {
    "area": "数",
    "money": "数",
    "number": "数",
    "ratio": "数",
    "term": "数",
    "date": "日期，如 2017-01-03",
    "period": "期间，如 2023",
    "choice": "下拉选择",
    "geometry": "WKT",
}


def write_template(kind: str | KindSpec, out: Path) -> None:
    """Write `out` (.xlsx). Row 1 headings (must-fill ones marked *), row 2 notes beginning with ※, then empty rows."""
    spec = spec_of(kind)
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _form(book, spec)
        _guide(book, spec)
        _options(book, spec)


def headings(spec: KindSpec) -> list[str]:
    """Headings of the template, in field order."""
    return [f"*{field.heading}" if field.required else field.heading for field in spec.fields]


def _form(book: Any, spec: KindSpec) -> None:
    page = book.add_worksheet(spec.label)
    must = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1, "text_wrap": True})
    may = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    note = book.add_format({"italic": True, "font_color": "#7F7F7F", "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for index, (field, heading) in enumerate(zip(spec.fields, headings(spec), strict=True)):
        page.write_string(0, index, heading, must if field.required else may)
        page.write_string(1, index, (NOTE_MARK if index == 0 else "") + _note(field), note)
        page.set_column(index, index, max(12, len(heading) * 2 + 2), _column_format(field, text, day))
        _validate(page, spec, field, index)
    page.set_row(1, 48)
    page.freeze_panes(2, 0)


def _note(field: FieldSpec) -> str:
    parts = ["必填" if field.required else "选填", _TYPES.get(field.type, "文本"), field.note]
    return "；".join(part for part in parts if part)


def _column_format(field: FieldSpec, text: Any, day: Any) -> Any:
    if field.type == "date":
        return day
    return None if field.type in {"area", "money", "number", "ratio", "term"} else text


def _validate(page: Any, spec: KindSpec, field: FieldSpec, index: int) -> None:
    """Drop-downs point at the sheet of options (a literal list is cut at 255 characters); wrong figures only warn."""
    if field.type == "choice":
        column = [item.id for item in spec.fields if item.type == "choice"].index(field.id)
        letter = chr(ord("A") + column)
        source = f"='{OPTIONS}'!${letter}$2:${letter}${len(field.choices) + 1}"
        page.data_validation(
            2,
            index,
            ROWS,
            index,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_title": "请从下拉中选",
                "error_message": field.label,
            },
        )
    elif field.type in {"area", "money"}:
        page.data_validation(
            2,
            index,
            ROWS,
            index,
            {
                "validate": "decimal",
                "criteria": ">=",
                "value": 0,
                "error_type": "warning",
                "error_title": "应为数字",
                "error_message": f"{field.heading}：只填数字，单位已写在表头",
            },
        )


def _guide(book: Any, spec: KindSpec) -> None:
    page = book.add_worksheet(GUIDE)
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [spec.title, f"{_must(spec)}表头可以改写法，导入时会自动识别并请您核对。"]
    for row, line in enumerate(lines):
        page.write_string(row, 0, line)
    rows: list[Iterable[str]] = [("字段", "是否必填", "填什么", "单位", "可选值", "示例", "也可写作")]
    rows += [_guide_row(field, heading) for field, heading in zip(spec.fields, headings(spec), strict=True)]
    for row, cells in enumerate(rows, len(lines) + 1):
        for column, cell in enumerate(cells):
            page.write_string(row, column, cell, bold if row == len(lines) + 1 else wrap)
    for column, width in enumerate((24, 8, 30, 8, 40, 24, 50)):
        page.set_column(column, column, width)


def _must(spec: KindSpec) -> str:
    labels = "、".join(spec.field(name).label for name in spec.one_of)
    return f"带 * 的列必填。{f'{labels}至少填一项。' if labels else ''}"


def _guide_row(field: FieldSpec, heading: str) -> tuple[str, ...]:
    unit = heading.rsplit("（", 1)[1].rstrip("）") if field.unit and "（" in heading else ""
    others = "、".join(synonym.split("@")[0] for synonym in field.synonyms[:8])
    return (
        heading,
        "必填" if field.required else "选填",
        "；".join(part for part in (_TYPES.get(field.type, "文本"), field.note) if part),
        unit,
        "、".join(choice.label for choice in field.choices),
        field.example,
        others,
    )


def _options(book: Any, spec: KindSpec) -> None:
    page = book.add_worksheet(OPTIONS)
    page.set_column(0, 25, 16)
    for column, field in enumerate(item for item in spec.fields if item.type == "choice"):
        page.write_string(0, column, field.label)
        for row, choice in enumerate(field.choices, 1):
            page.write_string(row, column, choice.label)
