"""GB/T 9704-2012 in points and millimetres, and the few shapes a document is made of."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

#: names only: the office's machine holds the fonts, Word and WPS fall back to 宋体 where it does not
TITLE, BODY, BLACK, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
#: 2号, 3号, 小4号 and 4号 in points; the standard's 28 pt line pitch gives 22 lines a page
TITLE_SIZE, BODY_SIZE, TABLE_SIZE, SMALL_SIZE, PITCH = 22, 16, 12, 14, 28
_EPOCH: Final = datetime(2000, 1, 1)


@dataclass(frozen=True)
class DocxTable:
    """A table whose head repeats on every page; each row has one text per column."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def __post_init__(self) -> None:
        odd = next((number for number, row in enumerate(self.rows, 1) if len(row) != len(self.columns)), 0)
        if odd:
            raise ValueError(f"表“{self.title}”第 {odd} 行的格数与 {len(self.columns)} 个列标题不符")


#: one paragraph (line breaks make several), or a table
Block = str | DocxTable


def clean(text: str) -> str:
    """`text` without what XML cannot hold or a reader cannot see: control, surrogate and direction characters."""
    flat = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in flat if sign == "\n" or _shown(sign))


def _shown(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cs", "Cn"} and not (
        "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"
    )


def date_text(day: date) -> str:
    """2026年11月22日 (the standard: Arabic figures, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def blank(title: str) -> DocxDocument:
    """An empty A4 document with the standard's margins, body style and page numbers."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    _body_style(document)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    core = document.core_properties
    core.title, core.author, core.comments, core.created, core.modified = clean(title)[:250], "", "", _EPOCH, _EPOCH
    return document


def _body_style(document: DocxDocument) -> None:
    style: Any = document.styles["Normal"]
    style.font.size = Pt(BODY_SIZE)
    _fonts(style.element.get_or_add_rPr(), BODY)
    shape = style.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(PITCH)
    shape.space_before = shape.space_after = Pt(0)


def _fonts(properties: Any, name: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for part in list(fonts.attrib):
        del fonts.attrib[part]
    for part in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(part), name)


def _page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 4号 宋体, one character in from the outer edge."""
    paragraph.alignment = side
    _indent(paragraph, left=100 if side == WD_ALIGN_PARAGRAPH.LEFT else 0, right=100 if side == WD_ALIGN_PARAGRAPH.RIGHT else 0)
    write(paragraph, "— ", SONG, SMALL_SIZE)
    run = write(paragraph, "", SONG, SMALL_SIZE)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
    write(paragraph, " —", SONG, SMALL_SIZE)


def _indent(paragraph: Paragraph, *, first: int = 0, left: int = 0, right: int = 0) -> None:
    """Indents in hundredths of a character, so that they follow the font's size."""
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    for name, value in (("w:firstLineChars", first), ("w:leftChars", left), ("w:rightChars", right)):
        if value:
            indent.set(qn(name), str(value))
    if first:
        paragraph.paragraph_format.first_line_indent = Pt(BODY_SIZE * first / 100)


def write(paragraph: Paragraph, text: str, font: str = BODY, size: float = BODY_SIZE) -> Run:
    """A run of cleaned `text`."""
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(size)
    _fonts(run._r.get_or_add_rPr(), font)
    return run


def titled(document: DocxDocument, text: str) -> None:
    """Title, centred, with an empty line above and below."""
    document.add_paragraph()
    for line in clean(text).split("\n"):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = Pt(32)
        write(paragraph, line, TITLE, TITLE_SIZE)
    document.add_paragraph()


def paragraphs(document: DocxDocument, text: str, font: str = BODY) -> None:
    """Body paragraphs with a first line indented by two characters; a line break begins a new one."""
    for line in clean(text).split("\n"):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _indent(paragraph, first=200)
        write(paragraph, line, font)


def flush(document: DocxDocument, text: str) -> None:
    """A line from the left margin: 主送机关, 抄送."""
    write(document.add_paragraph(), text)


def signature(document: DocxDocument, office: str, day: date) -> None:
    """落款: the office centred over the date, the date four characters in from the right."""
    told = date_text(day)
    document.add_paragraph()
    for text, right in ((office, max(400 + (len(told) - len(office)) * 50, 200)), (told, 400)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_together = True
        _indent(paragraph, right=right)
        write(paragraph, text)


def blocks(document: DocxDocument, content: Sequence[Block]) -> None:
    for block in content:
        if isinstance(block, DocxTable):
            table(document, block)
        else:
            paragraphs(document, block)


def table(document: DocxDocument, content: DocxTable) -> None:
    """Ruled table in 小四; its head repeats, no row breaks across pages."""
    if content.title:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        write(paragraph, content.title, BLACK, SMALL_SIZE)
    made = document.add_table(rows=0, cols=len(content.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    _row(made, content.columns, BLACK, head=True)
    for texts in content.rows:
        _row(made, texts, BODY, head=False)


def _row(made: Any, texts: Sequence[str], font: str, *, head: bool) -> None:
    row = made.add_row()
    properties = row._tr.get_or_add_trPr()
    for mark in ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",):
        properties.append(OxmlElement(mark))
    for cell, text in zip(row.cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = Pt(20)
        write(paragraph, text, font, TABLE_SIZE)


def saved(document: DocxDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
