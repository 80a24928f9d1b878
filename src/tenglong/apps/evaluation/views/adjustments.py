"""调档: proposed with the collective decision, approved by a second person, listed by year for discipline inspection."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, require, requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_after import AdjustForm, ReasonForm
from tenglong.apps.evaluation.papers import keep
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head
from tenglong.apps.evaluation.views.run_common import grade_order, result_or_404, run_or_404
from tenglong.apps.registry import queries as registry
from tenglong.web.answers import whole
from tenglong.web.twins import Twin


@require_GET
@requires("evaluation.view")
def listing(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    lines = {line.ulid: line for line in queries.adjustments_of_year(request.user, cycle.year)}
    rows = [lines[row.ulid] for row in queries.adjustments(request.user, cycle) if row.ulid in lines]
    return render(request, "evaluation/adjustments.html", {**head(request, cycle, "adjustments"), "rows": rows})


@require_http_methods(["GET", "POST"])
@requires("evaluation.adjust")
def new(request: HttpRequest, ulid: str, key: str) -> HttpResponse:
    run = run_or_404(request, ulid)
    result = result_or_404(request, run, key)
    appeal = request.POST.get("appeal") or request.GET.get("appeal", "")
    form = AdjustForm(grade_order(run), request.POST or None, request.FILES or None, initial={"appeal": appeal})
    if request.method == "POST" and form.is_valid():
        try:
            made = _propose(request, run, result, form.cleaned_data)
        except EvaluationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("evaluation:adjustment", made.ulid)
    return render(request, "evaluation/adjustment_new.html", {
        "run": run, "cycle": run.cycle, "result": result, "form": form}, status=400 if form.is_bound else 200)


@transaction.atomic
def _propose(request: HttpRequest, run: Any, result: Any, data: dict[str, Any]) -> Any:
    appeal = queries.appeals(request.user, run.cycle).filter(ulid=data["appeal"]).first() if data["appeal"] else None
    document = keep(request.user, data["document"], kind="decision", division=run.cycle.division_code,
                    verb="evaluation.adjust", number=data["decision_number"], dated=data["decision_dated"])
    return service.propose_adjustment(
        request.user, run, result.enterprise_id, to_grade=data["to_grade"], reason=data["reason"], document=document,
        decision_number=data["decision_number"], decision_dated=data["decision_dated"], appeal=appeal)


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = _found(request, ulid)
    line = next(one for one in queries.adjustments_of_year(request.user, row.cycle.year) if one.ulid == row.ulid)
    result = queries.results(request.user, row.run).filter(enterprise_id=row.enterprise_id).first()
    open_ = row.state == "proposed"
    held = registry.documents(request.user).filter(pk=row.document_id).exists()
    return render(request, "evaluation/adjustment.html", {
        **head(request, row.cycle, "adjustments"), "row": row, "line": line, "result": result, "document": held,
        "may_decide": open_ and can(request.user, "evaluation.approve") and row.created_by_id != request.user.pk,
        "may_withdraw": open_ and row.created_by_id == request.user.pk, "reason_form": ReasonForm(),
    })


@require_POST
@requires("evaluation.view")
def step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """approve · reject · withdraw; the service asks for the verb of each."""
    require(request.user, "evaluation.adjust" if name == "withdraw" else "evaluation.approve")
    row, note = _found(request, ulid), request.POST.get("reason", "")[:300]
    steps: dict[str, tuple[Any, Any]] = {
        "approve": (service.approve_adjustment, _("已批准，等级已调整")),
        "reject": (service.reject_adjustment, _("已退回")), "withdraw": (service.withdraw_adjustment, _("已撤回")),
    }
    act, told = steps[name]
    done(request, lambda: act(request.user, row, note=note), told)
    return redirect("evaluation:adjustment", row.ulid)


@require_GET
@requires("evaluation.view")
def of_year(request: HttpRequest) -> HttpResponse:
    """Every 调档 of a data year, by firm and approver, refused ones too."""
    years = sorted(set(queries.cycles(request.user).values_list("year", flat=True)), reverse=True)
    year = _year(request, years)
    rows = queries.adjustments_of_year(request.user, year) if year else []
    return render(request, "evaluation/adjustments_year.html", {"rows": rows, "year": year, "years": years})


@require_GET
@requires("evaluation.view")
def of_year_json(request: HttpRequest) -> Twin:
    years = sorted(set(queries.cycles(request.user).values_list("year", flat=True)), reverse=True)
    year = _year(request, years)
    rows = [asdict(line) for line in queries.adjustments_of_year(request.user, year)] if year else []
    return Twin({"year": year, "rows": rows}, json_dumps_params=CHINESE)


def _year(request: HttpRequest, years: list[int]) -> int:
    text = request.GET.get("year", "")
    if whole(text) in years:
        return whole(text)
    return years[0] if years else timezone.localdate().year


def _found(request: HttpRequest, ulid: str) -> Any:
    for cycle in queries.cycles(request.user):
        try:
            return queries.adjustments(request.user, cycle).select_related("cycle").get(ulid=ulid)
        except ObjectDoesNotExist:
            continue
    raise Http404(_("没有这件调档，或它不在您的管辖范围内。"))
