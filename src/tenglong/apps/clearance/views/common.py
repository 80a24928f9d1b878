"""What the pages of clearing share."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Correction, CorrectionState, State
from tenglong.apps.clearance.service.clearances import done_of
from tenglong.domain.landing.clearance import steps
from tenglong.web import answers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


done = partial(answers.made, refused=ClearanceError)


def tell(request: HttpRequest, made: Any, told: str) -> None:
    """What became of a step: a correction may wait for a second person, and may mean something for later steps."""
    if not isinstance(made, Correction):
        messages.success(request, told)
        return
    words = {CorrectionState.WAITING: _("已提出更正，等另一位有审定权限的人审定；审定前不变"),
             CorrectionState.REFUSED: _("没有同意更正，记录不变")}
    messages.success(request, words.get(CorrectionState(made.state), _("已更正，原来的日期和文号留着")))
    for says in made.warns:
        messages.warning(request, says)


def mark_of(row: Any, on: date | None = None) -> str:
    """What every page and export says of a project that is not decided; "" once it is."""
    if row.state == State.SURVEY:
        return _("仅作摸底，不是征收决定")
    if row.state == State.STARTED and not steps.decided(policies.taking_of(row), done_of(row), on or timezone.localdate()):
        return _("尚未作出征收（收购）决定，本页不是决定")
    return ""


def day_of(request: HttpRequest) -> tuple[date, str]:
    """The day that `?on=` asks for, else today; and a sentence when it is no day or lies ahead."""
    text, today = request.GET.get("on", ""), timezone.localdate()
    if not text:
        return today, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today, _("“%(text)s”不是日期，请写成 2026-11-22") % {"text": text[:20]}
    return (day, "") if day <= today else (today, _("这一天还没有到，显示今天的。"))


def download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
