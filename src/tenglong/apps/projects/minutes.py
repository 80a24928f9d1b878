"""会议纪要 as a letter in the layout of GB/T 9704."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.projects.models import Meeting, MeetingItem
from tenglong.files.docx import DocxTable, Letter, letter


def minutes(row: Meeting, items: Sequence[MeetingItem], reader: Any) -> bytes:
    """.docx: each matter, what was decided, who does it until when."""
    office = reader.department.name if getattr(reader, "department", None) else ""
    told = {"day": row.on, "chair": row.chair or _("（未填）"), "level": row.get_level_display(), "n": len(items)}
    lines = [(str(item.ordinal), item.project.name, item.matter, item.decision or _("未议定"), _who(item),
              str(item.due_on or "")) for item in items]
    heads = (_("序号"), _("项目"), _("议题"), _("议定"), _("落实单位和人员"), _("期限"))
    body: list[str | DocxTable] = [
        _("%(day)s，%(chair)s主持召开专题会议，研究%(level)s层级的项目卡点，共 %(n)s 个议题。纪要如下。") % told,
        DocxTable(heads, lines, _("议定事项")),
    ]
    return letter(Letter(
        title=_("%(title)s会议纪要") % {"title": row.title}, to="", body=body, office=office, date=row.on,
        closing=_("请各落实单位按期办理，办结后在系统中填写落实情况。")))


def _who(item: MeetingItem) -> str:
    return " ".join(part for part in (item.office, item.owner.name if item.owner else "") if part)
