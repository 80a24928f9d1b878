"""函: reminders to departments, replies to appeals, drafts of minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from docx.document import Document as DocxDocument

from tenglong.files.docx import layout
from tenglong.files.docx.layout import Block, DocxTable
from tenglong.files.docx.template import Value, fill


@dataclass(frozen=True)
class Letter:
    """A letter.

    `to` 主送机关, `number` 发文字号, `body` paragraphs and tables, `closing` for instance 特此函告。, `office` and `date`
    落款, `attachments` names, `copies` 抄送. `extra` holds further names for a template: a text, or a list of rows
    (name → text) for a table row that repeats.
    """

    title: str
    to: str
    body: Sequence[Block]
    office: str
    date: date
    number: str = ""
    closing: str = ""
    attachments: Sequence[str] = ()
    contact: str = ""
    copies: str = ""
    extra: Mapping[str, Value] = field(default_factory=dict)

    def values(self) -> dict[str, Value]:
        """What a template may name: title to number body closing office date attachments contact copies, and `extra`."""
        told: dict[str, Value] = {
            "title": self.title,
            "to": self.to,
            "number": self.number,
            "body": "\n".join(block for block in self.body if isinstance(block, str)),
            "closing": self.closing,
            "office": self.office,
            "date": layout.date_text(self.date),
            "attachments": "\n".join(self.attachments),
            "contact": self.contact,
            "copies": self.copies,
        }
        twice = sorted(told.keys() & self.extra.keys())
        if twice:
            raise ValueError(f"附加名称与固有名称重复：{'、'.join(twice)}")
        return told | dict(self.extra)


def letter(data: Letter, template: bytes | None = None) -> bytes:
    """The letter as .docx, in the standard's layout or in an office's template with {{names}}.

    Tables of `body` have no place in a template: hand their rows over in `extra`. Raises FileError for a template that
    is refused, ValueError for data that cannot be placed.
    """
    if template is not None:
        if any(isinstance(block, DocxTable) for block in data.body):
            raise ValueError("用模板时，表格请通过附加数据填入模板里的表格行，正文里不能再带表格")
        return fill(template, data.values())
    document = layout.blank(data.title)
    if data.number:
        layout.flush(document, data.number)
    layout.titled(document, data.title)
    if data.to:
        layout.flush(document, f"{data.to.rstrip('：:')}：")
    layout.blocks(document, data.body)
    if data.closing:
        layout.paragraphs(document, data.closing)
    _attachments(document, data.attachments)
    layout.signature(document, data.office, data.date)
    if data.contact:
        layout.paragraphs(document, f"（联系人：{data.contact}）")
    if data.copies:
        layout.flush(document, f"抄送：{data.copies}")
    return layout.saved(document)


def _attachments(document: DocxDocument, names: Sequence[str]) -> None:
    if len(names) == 1:
        layout.paragraphs(document, f"附件：{names[0]}")
    elif names:
        layout.paragraphs(
            document,
            "\n".join(f"{'附件：' if number == 1 else '　　　'}{number}. {name}" for number, name in enumerate(names, 1)),
        )
