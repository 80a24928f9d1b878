"""The letter that reminds a department: what is missing, until when."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tenglong.domain.measures import packaged
from tenglong.files.docx.layout import DocxTable
from tenglong.files.docx.letter import Letter, letter


def reminder_letter(delivery: Any, reminder: Any, *, office: str, expected: int) -> bytes:
    """.docx in the standard's layout; the figures are those of the day the reminder was noted."""
    book = packaged()
    rows = [(book[name].label, f"{expected:,}", f"{lack:,}") for name, lack in reminder.missing.items()]
    asked = "、".join(book[name].label for name in delivery.measures)
    told = {"cycle": delivery.cycle.title, "asked": asked, "due": delivery.due_on, "times": reminder.number}
    body: list[str | DocxTable] = [
        _("根据%(cycle)s工作安排，请贵单位提供%(asked)s，截止日期为 %(due)s。"
          "截至发函之日，下列数据尚未报齐（第 %(times)s 次催报）：") % told,
    ]
    if rows:
        body.append(DocxTable((_("指标"), _("应报企业数"), _("尚缺企业数")), rows))
    body.append(_("请尽快核对补报；确无数据的，请书面说明。"))
    return letter(Letter(
        title=_("关于催报%(year)s年度亩均评价数据的函") % {"year": delivery.cycle.year}, to=delivery.department, body=body,
        office=office, date=reminder.sent_on, closing=_("特此函告。"), contact=delivery.contact,
    ))
