"""The last step: what it will do, in words; then what it did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.survey import service
from tenglong.apps.survey.forms import ConfirmForm
from tenglong.apps.survey.models import ImportBatch, Mode, State
from tenglong.apps.survey.views._common import batch_or_404, described, page_of
from tenglong.domain.survey.kinds import spec_of


@requires("survey.confirm")
def confirm(request: HttpRequest, ulid: str) -> HttpResponse:
    batch = batch_or_404(request, ulid)
    if batch.state != State.PREVIEW:
        return redirect(page_of(batch))
    start: dict[str, Any] = {
        "mode": service.default_mode(request.user, batch),
        "valid_from": batch.survey_date or timezone.localdate(),
        "lock_version": batch.lock_version,
    }
    form = ConfirmForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            service.confirm(request.user, batch, data["mode"], data["valid_from"], lock_version=data["lock_version"])
            return redirect("survey:progress", batch.ulid)
        except service.SurveyError as error:
            form.add_error(None, str(error))
    context = {**described(batch), "form": form, "consequences": consequences(batch), "default": Mode(start["mode"]).label}
    return render(request, "survey/confirm.html", context, status=400 if form.errors else 200)


def consequences(batch: ImportBatch) -> list[str]:
    """What will happen, one sentence each."""
    counts, noun = batch.counts, _(spec_of(batch.kind).label)
    out = (
        [_("新增 %(n)s 条%(noun)s，系统给没有编码的赋码。") % {"n": counts.get("new", 0), "noun": noun}]
        if counts.get("new")
        else []
    )
    if counts.get("changed"):
        out.append(_("%(n)s 条已有%(noun)s有差异，按下面选的方式处理。") % {"n": counts["changed"], "noun": noun})
    if counts.get("unchanged"):
        out.append(_("%(n)s 条与登记册一致，不动。") % {"n": counts["unchanged"]})
    if counts.get("rejected"):
        out.append(_("%(n)s 行有错误，不入库；可下载标注好的表格退回改正。") % {"n": counts["rejected"]})
    out.append(_("全部写入或全部不写，中途断电也不会只写一半；写入后记入审计。"))
    return out


@requires("survey.import")
def done(request: HttpRequest, ulid: str) -> HttpResponse:
    batch = batch_or_404(request, ulid)
    if batch.state not in (State.DONE, State.WITHDRAWN):
        return redirect(page_of(batch))
    context: dict[str, Any] = {
        **described(batch),
        "counts": batch.applied.get("counts", {}),
        "mode": dict(Mode.choices).get(batch.mode, ""),
        "may_withdraw": can(request.user, "survey.confirm") and batch.state == State.DONE,
        "list_url": {"plots": "/plots/", "enterprises": "/enterprises/"}.get(batch.kind, ""),
    }
    return render(request, "survey/done.html", context)


@require_POST
@requires("survey.confirm")
def withdraw(request: HttpRequest, ulid: str) -> HttpResponse:
    batch = batch_or_404(request, ulid)
    try:
        number = service.withdraw(request.user, batch, request.POST.get("reason", ""))
        messages.success(request, _("已撤回，登记册里少了 %(n)s 条记录。") % {"n": number})
    except service.SurveyError as error:
        messages.error(request, str(error))
    return redirect("survey:done", batch.ulid)
