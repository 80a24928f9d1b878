"""The bulletin as .docx in the layout of GB/T 9704 and as .xlsx with heads in two levels."""

from __future__ import annotations

import io
import re
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.casework.models import CaseBulletin
from tenglong.files.docx import Block, Bulletin, DocxTable, Section, bulletin
from tenglong.web.ledger import notes_of


def docx_of(row: CaseBulletin, line: Any) -> bytes:
    """Sections with their tables; the last lines say the number in the ledger and the caliber."""
    sections = [Section(one["heading"], _content(row, one)) for one in row.sections]
    told = _("报数编号 %(number)s；口径：%(caliber)s；数字截至 %(day)s；行校验 %(hash)s。") % {
        "number": line.number, "caliber": line.caliber, "day": row.figures["as_of"], "hash": line.rows_sha256[:16]}
    sections.append(Section(_("数字出处"), [told]))
    return bulletin(Bulletin(
        masthead=row.get_kind_display(), issue=_("%(year)s 年第 %(issue)s 期") % {"year": row.year, "issue": row.issue},
        office=row.office, date=timezone.localdate(row.made_at), title=row.title, lead=row.lead, sections=sections,
        reports_to=line.recipient,
    ))


def _content(row: CaseBulletin, section: dict[str, Any]) -> list[Block]:
    found: list[Block] = [section["text"]] if section["text"] else []
    if section["table"] is not None:
        table = row.figures["tables"][section["table"]]
        rows = [[_text(value) for value in line] for line in table["rows"]]
        found.append(DocxTable(_flat(table), rows, table["title"]))
    return found


def _flat(table: dict[str, Any]) -> list[str]:
    """Two levels of a head in one line, as Word shows it: group and column."""
    groups = [label for label, span in table["groups"] for _at in range(span)]
    return [f"{group}\n{column}" if group else column for group, column in zip(groups, table["columns"], strict=True)]


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def xlsx_of(row: CaseBulletin, line: Any) -> bytes:
    """One sheet per table, and 口径说明 as every export has it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        style = {"bold": True, "bg_color": "#EAF1FB", "border": 1, "border_color": "#CBD3DE", "text_wrap": True}
        head = book.add_format({**style, "align": "center", "valign": "vcenter"})
        for number, table in enumerate(row.figures["tables"], 1):
            _sheet(book, head, f"{number} {table['title']}", table, row.title)
        words = book.add_worksheet(_("文字"))
        words.set_column(0, 0, 20)
        words.set_column(1, 1, 100)
        for place, (name, text) in enumerate([(_("导语"), row.lead), *((one["heading"], one["text"]) for one in row.sections)]):
            words.write_string(place, 0, name, head)
            words.write_string(place, 1, text)
        notes = book.add_worksheet(_("口径说明"))
        notes.set_column(0, 0, 14)
        notes.set_column(1, 1, 80)
        for place, (name, text) in enumerate(notes_of(line)):
            notes.write_string(place, 0, name, head)
            notes.write_string(place, 1, text)
    return out.getvalue()


def _sheet(book: Any, head: Any, name: str, table: dict[str, Any], title: str) -> None:
    """Title, head in two levels (single columns merged down), rows."""
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", name.split("（")[0])[:31])
    sheet.write_string(0, 0, f"{title} · {table['title']}", book.add_format({"bold": True}))
    at = 0
    for label, span in table["groups"]:
        if label and span > 1:
            sheet.merge_range(1, at, 1, at + span - 1, label, head)
        for column in range(at, at + span):
            if not label or span == 1:
                sheet.merge_range(1, column, 2, column, table["columns"][column], head)
            else:
                sheet.write_string(2, column, table["columns"][column], head)
        at += span
    sheet.set_column(0, len(table["columns"]) - 1, 16)
    sheet.freeze_panes(3, 1)
    for place, line in enumerate(table["rows"], 3):
        for column, value in enumerate(line):
            if isinstance(value, int):
                sheet.write_number(place, column, value)
            else:
                sheet.write_string(place, column, str(value))
