"""通报, 专报, 周报, 月报: a masthead with issue number, then titled sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from tenglong.files.docx import layout
from tenglong.files.docx.layout import Block, DocxTable
from tenglong.files.docx.template import Value, fill

_RED: Final = RGBColor(0xC0, 0x00, 0x00)
_FIGURES: Final = "零一二三四五六七八九"


@dataclass(frozen=True)
class Section:
    """一、heading, with its paragraphs and tables."""

    heading: str
    content: Sequence[Block]


@dataclass(frozen=True)
class Bulletin:
    """One issue: `masthead` (亩均评价工作专报), `issue` (第 3 期), the issuing `office` and `date`, sections, 报送 and 抄送."""

    masthead: str
    issue: str
    office: str
    date: date
    title: str
    sections: Sequence[Section]
    lead: str = ""
    reports_to: str = ""
    copies: str = ""
    extra: Mapping[str, Value] = field(default_factory=dict)

    def values(self) -> dict[str, Value]:
        """What a template may name: masthead issue office date title lead body reports_to copies, and `extra`."""
        told: dict[str, Value] = {
            "masthead": self.masthead,
            "issue": self.issue,
            "office": self.office,
            "date": layout.date_text(self.date),
            "title": self.title,
            "lead": self.lead,
            "body": "\n".join(self._lines()),
            "reports_to": self.reports_to,
            "copies": self.copies,
        }
        twice = sorted(told.keys() & self.extra.keys())
        if twice:
            raise ValueError(f"附加名称与固有名称重复：{'、'.join(twice)}")
        return told | dict(self.extra)

    def _lines(self) -> list[str]:
        out = []
        for number, section in enumerate(self.sections, 1):
            out.append(f"{figure(number)}、{section.heading}")
            for block in section.content:
                if isinstance(block, DocxTable):
                    raise ValueError("用模板时，表格请通过附加数据填入模板里的表格行，正文里不能再带表格")
                out.append(block)
        return out


def bulletin(data: Bulletin, template: bytes | None = None) -> bytes:
    """The issue as .docx, in the standard's layout or in an office's template with {{names}}. Raises FileError, ValueError."""
    if template is not None:
        return fill(template, data.values())
    document = layout.blank(data.title)
    _masthead(document, data)
    layout.titled(document, data.title)
    if data.lead:
        layout.paragraphs(document, data.lead)
    for number, section in enumerate(data.sections, 1):
        layout.paragraphs(document, f"{figure(number)}、{section.heading}", layout.BLACK)
        layout.blocks(document, section.content)
    document.add_paragraph()
    for label, text in (("报送", data.reports_to), ("抄送", data.copies)):
        if text:
            layout.flush(document, f"{label}：{text}")
    return layout.saved(document)


def figure(number: int) -> str:
    """1 to 99 as Chinese figures: 一, 十, 十二, 二十, 九十九."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_FIGURES[tens]}十") + (_FIGURES[ones] if ones else "")


def _masthead(document: DocxDocument, data: Bulletin) -> None:
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.line_spacing = Pt(48)
    layout.write(head, data.masthead, layout.TITLE, 36).font.color.rgb = _RED
    issue = document.add_paragraph()
    issue.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.write(issue, data.issue)
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    layout.write(line, data.office)
    line.add_run("\t")
    layout.write(line, layout.date_text(data.date))
    _rule(line)


def _rule(paragraph: Paragraph) -> None:
    """The red line under the masthead, 1.5 pt."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("w:val", "single"), ("w:sz", "12"), ("w:space", "4"), ("w:color", "C00000")):
        bottom.set(qn(name), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()
    following = [properties.find(qn(name)) for name in ("w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")]
    at = next((element for element in following if element is not None), None)
    if at is None:
        properties.append(borders)
    else:
        at.addprevious(borders)
