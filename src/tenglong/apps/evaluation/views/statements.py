"""陈述申辩 as the office sees it: every served result of a cycle with its days, what the firm says, the answer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.deadlines import until
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_statement import StatementForm, StatementReplyForm
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head
from tenglong.web.twins import Twin

STATES = ("waiting", "open", "answered", "silent")


def _rows(request: HttpRequest, cycle: Any) -> list[dict[str, Any]]:
    """Statements without an answer first, then days that run, then the rest."""
    notices = list(queries.statements(request.user, cycle))
    names: dict[tuple[int, int], str] = {}
    for run in {notice.run_id: notice.run for notice in notices}.values():
        held = queries.results(request.user, run).filter(enterprise_id__in={notice.enterprise_id for notice in notices})
        names |= {(run.pk, firm): name for firm, name in held.values_list("enterprise_id", "name")}
    rows = [{"notice": one, "name": names.get((one.run_id, one.enterprise_id), one.enterprise.key), "state": _state(one),
             "until": until(one.window_ends_on)} for one in notices]
    return sorted(rows, key=lambda row: (STATES.index(row["state"]), row["notice"].window_ends_on, row["name"]))


def _state(notice: Any) -> str:
    if notice.statement:
        return "answered" if notice.reply else "waiting"
    return "open" if notice.window_ends_on >= timezone.localdate() else "silent"


@require_GET
@requires("evaluation.view")
def listing(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    return render(request, "evaluation/statements.html", {
        **head(request, cycle, "appeals"), "rows": _rows(request, cycle)})


@require_GET
@requires("evaluation.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    rows = [
        {"ulid": row["notice"].ulid, "name": row["name"], "key": row["notice"].enterprise.key, "grade": row["notice"].grade,
         "served_on": row["notice"].served_on.isoformat(), "window_ends_on": row["notice"].window_ends_on.isoformat(),
         "working_days_left": row["until"].left, "state": row["state"], "statement": row["notice"].statement,
         "reply": row["notice"].reply} for row in _rows(request, cycle_or_404(request, ulid))
    ]
    return Twin({"rows": rows, "total": len(rows)}, json_dumps_params=CHINESE)


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return _page(request, _found(request, ulid))


def _page(request: HttpRequest, found: Any, status: int = 200, **forms: Any) -> HttpResponse:
    cycle, may = found.run.cycle, can(request.user, "evaluation.appeal")
    result = queries.results(request.user, found.run).filter(enterprise_id=found.enterprise_id).first()
    in_time = found.window_ends_on >= timezone.localdate()
    return render(request, "evaluation/statement.html", {
        **head(request, cycle, "appeals"), "notice": found, "result": result, "until": until(found.window_ends_on),
        "papers": [row.document for row in queries.statement_evidence(request.user, found)],
        "form": StatementForm(), "reply_form": StatementReplyForm(auto_id="r_%s"),
        "may_add": may and in_time and not found.reply,
        "may_reply": may and found.statement and not found.reply and found.stated_by_id != request.user.pk, **forms,
    }, status=status)


@require_POST
@requires("evaluation.appeal")
def add(request: HttpRequest, ulid: str) -> HttpResponse:
    """Written down for the firm, with its files."""
    found = _found(request, ulid)
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, 400, form=form)
    files = [(upload.name, upload.read()) for upload in form.cleaned_data["evidence"]]
    try:
        service.record_statement(request.user, found, text=form.cleaned_data["text"], evidence=files)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return _page(request, found, 400, form=form)
    return redirect("evaluation:statement", ulid)


@require_POST
@requires("evaluation.appeal")
def reply(request: HttpRequest, ulid: str) -> HttpResponse:
    found = _found(request, ulid)
    form = StatementReplyForm(request.POST, auto_id="r_%s")
    if not form.is_valid():
        return _page(request, found, 400, reply_form=form)
    done(request, lambda: service.reply_statement(request.user, found, reply=form.cleaned_data["reply"]), _("已答复"))
    return redirect("evaluation:statement", ulid)


def _found(request: HttpRequest, ulid: str) -> Any:
    try:
        return queries.notice(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这份送达，或它不在您的管辖范围内。")) from error
