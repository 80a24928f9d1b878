"""The order 督办单 as a letter in the layout of GB/T 9704."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenglong.apps.casework.models import Supervision
from tenglong.files.docx import DocxTable, Letter, letter


def supervision_letter(row: Supervision, address: str = "") -> bytes:
    """.docx: what is ordered, until when, and the slip that the office fills in."""
    case = row.case
    office = row.ordered_by.department.name if row.ordered_by.department else row.ordered_by.name
    told = {"title": case.title, "state": _(case.state_label), "entered": case.entered_on, "due": row.due_on}
    facts = [(_("案件"), case.title), (_("案件现状"), _("%(state)s（%(entered)s 起）") % told),
             (_("回复期限"), str(row.due_on)), (_("签发人"), row.ordered_by.name)]
    slip = [(_("办理情况"), ""), (_("承办人"), ""), (_("单位负责人"), ""), (_("销号意见（另一人填）"), "")]
    body: list[str | DocxTable] = [
        _("现就“%(title)s”一案督办如下，请抓紧办理，并于 %(due)s 前书面回复办理情况，附证明材料。") % told, row.text,
        DocxTable((_("项目"), _("内容")), facts, _("督办事项")), DocxTable((_("项目"), _("内容")), slip, _("回复单")),
    ]
    if address:
        body.append(_("案件在系统中的地址：%(address)s") % {"address": address})
    return letter(Letter(
        title=_("督办单"), to=row.office, body=body, office=office, date=row.ordered_on, number=row.number,
        closing=_("回复情况经审核后由另一人销号；逾期未回复的，列入通报。"),
    ))
