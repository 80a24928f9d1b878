"""Appeals: filed by the firm or written down for it, verified, answered, the answer as a letter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import service as casework
from tenglong.apps.evaluation import queries, service, step_papers
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_after import AppealForm, OfficeAppealForm, ReasonForm, ReplyForm
from tenglong.apps.evaluation.views.common import cycle_or_404, done, head
from tenglong.apps.evaluation.views.run_common import DOCX, download, firm_url, is_own, result_or_404, run_or_404


@require_GET
@requires("evaluation.view")
def listing(request: HttpRequest, ulid: str) -> HttpResponse:
    """The inbox of a cycle, open ones first."""
    cycle = cycle_or_404(request, ulid)
    rows = sorted(queries.appeals(request.user, cycle), key=lambda row: (bool(row.outcome), -row.pk))
    names = _names(request, rows)
    shown = [{"appeal": row, "name": names.get((row.run_id, row.enterprise_id), row.enterprise.key)} for row in rows]
    return render(request, "evaluation/appeals.html", {**head(request, cycle, "appeals"), "rows": shown,
        "statements": queries.statements(request.user, cycle).filter(reply="").exclude(statement="").count()})


def _names(request: HttpRequest, rows: list[Any]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for run in {row.run_id: row.run for row in rows}.values():
        held = queries.results(request.user, run).filter(enterprise_id__in={row.enterprise_id for row in rows})
        found |= {(run.pk, firm): name for firm, name in held.values_list("enterprise_id", "name")}
    return found


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, ulid: str, key: str) -> HttpResponse:
    """By the firm itself, or by an office for it with where it came from."""
    run = run_or_404(request, ulid)
    result = result_or_404(request, run, key)
    own = is_own(request)
    form = (AppealForm if own else OfficeAppealForm)(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _file(request, run, result, form.cleaned_data)
        except EvaluationError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("申诉已登记"))
            return redirect(f"evaluation:{'own-' if own else ''}appeal", made.ulid)
    return render(request, "evaluation/appeal_new.html", {
        "run": run, "cycle": run.cycle, "result": result, "form": form, "own": own,
        "back": firm_url(request, "result", run, key)}, status=400 if form.is_bound else 200)


def _file(request: HttpRequest, run: Any, result: Any, data: dict[str, Any]) -> Any:
    text = data["text"]
    if data.get("source"):
        text = _("来源：%(source)s。%(text)s") % {"source": data["source"], "text": text}
    files = [(upload.name, upload.read()) for upload in data["evidence"]]
    return service.file_appeal(
        request.user, run, result.enterprise_id, text=text, evidence=files, ground=data["ground"])


@require_GET
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return _page(request, _found(request, ulid), ReplyForm())


def _page(request: HttpRequest, appeal: Any, form: ReplyForm, status: int = 200) -> HttpResponse:
    run = appeal.run
    run.cycle = appeal.cycle
    result = queries.results(request.user, run).filter(enterprise_id=appeal.enterprise_id).first()
    own = is_own(request)
    return render(request, "evaluation/appeal.html", {
        "appeal": appeal, "run": run, "cycle": appeal.cycle, "result": result, "own": own, "form": form,
        "evidence": queries.evidence(request.user, appeal), "reason_form": ReasonForm(),
        "result_url": firm_url(request, "result", run, result.key) if result else "",
        "withdraw_url": reverse(f"evaluation:{'own-' if own else ''}appeal-withdraw", args=[appeal.ulid]),
        "adjustments": queries.adjustments(request.user, appeal.cycle).filter(appeal=appeal),
        "may_reply": not appeal.outcome and can(request.user, "evaluation.appeal") and appeal.created_by_id != request.user.pk,
        "may_adjust": appeal.outcome == "upheld" and can(request.user, "evaluation.adjust"),
        "case": appeal.case_ulid if can(request.user, "case.view") else "", "case_state": _state(request, appeal),
    }, status=status)


def _state(request: HttpRequest, appeal: Any) -> str:
    """Where its case stands, "" without one."""
    found = casework.visible(request.user).filter(ulid=appeal.case_ulid).first() if appeal.case_ulid else None
    return found.state if found is not None else ""


@require_POST
@requires("evaluation.appeal")
def reply(request: HttpRequest, ulid: str) -> HttpResponse:
    appeal = _found(request, ulid)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, appeal, form, 400)
    try:
        _replied(request, appeal, form.cleaned_data)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return _page(request, appeal, form, 400)
    messages.success(request, _("已答复"))
    return redirect("evaluation:appeal", appeal.ulid)


@transaction.atomic
def _replied(request: HttpRequest, appeal: Any, data: dict[str, Any]) -> None:
    paper = step_papers.keep(
        request.user, data["verification"], "evidence", enterprise_id=appeal.enterprise_id, verb="evaluation.appeal")
    service.reply_appeal(request.user, appeal, outcome=data["outcome"], reply=data["reply"], verification=paper)


@require_POST
def withdraw(request: HttpRequest, ulid: str) -> HttpResponse:
    appeal = _found(request, ulid)
    reason = request.POST.get("reason", "")
    done(request, lambda: service.withdraw_appeal(request.user, appeal, reason=reason), _("申诉已撤回"))
    return redirect(f"evaluation:{'own-' if is_own(request) else ''}appeal", appeal.ulid)


@require_GET
def letter(request: HttpRequest, ulid: str) -> HttpResponse:
    """The reply as .docx, once there is one."""
    from tenglong.files.docx.letter import Letter
    from tenglong.files.docx.letter import letter as written

    appeal = _found(request, ulid)
    if appeal.outcome not in ("upheld", "rejected"):
        raise Http404(_("还没有答复。"))
    firm = queries.results(request.user, appeal.run).filter(enterprise_id=appeal.enterprise_id).first()
    name = firm.name if firm else ""
    body = [
        _("你单位对%(title)s等级的申诉收悉。经核实，答复如下：") % {"title": appeal.cycle.title}, appeal.reply,
        _("处理结果：申诉%(outcome)s。") % {"outcome": appeal.get_outcome_display()},
        _("如对评价等级所产生的行政决定不服，可依法申请行政复议或提起行政诉讼。"),
    ]
    title, day = _("关于评价等级申诉的答复"), timezone.localtime(appeal.replied_at).date()
    content = written(Letter(title, name, body, _office(appeal.replied_by_id), day, closing=_("特此函复。")))
    return download(content, f"{name}-申诉答复.docx", DOCX)


def _office(person: int | None) -> str:
    """The department of whoever answered."""
    from django.contrib.auth import get_user_model

    found = get_user_model().objects.filter(pk=person or 0).select_related("department").first()
    return getattr(getattr(found, "department", None), "name", "")


def _found(request: HttpRequest, ulid: str) -> Any:
    try:
        return queries.appeal(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这件申诉，或它不在您的管辖范围内。")) from error
