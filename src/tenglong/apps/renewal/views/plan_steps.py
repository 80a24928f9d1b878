"""Steps of a plan: solve, change by hand, submit, approve, send back, publish, retire, give out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import require, requires
from tenglong.apps.jobs import service as jobs
from tenglong.apps.jobs.folder import JobFolder
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal import forms_plan, plan_asked, plan_reading, plan_view
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.jobs import TOLD
from tenglong.apps.renewal.models import Plan
from tenglong.apps.renewal.service import giving, plans, publishing
from tenglong.apps.renewal.views.plan_common import XLSX, done, download, plan_or_404
from tenglong.domain.renewal.portfolio.parts import Lock


@require_POST
@requires("renewal.plan")
def solve(request: HttpRequest, ulid: str) -> HttpResponse:
    plan = plan_or_404(request, ulid)
    done(request, lambda: plans.solve(request.user, plan), _("已开始求解"))
    return redirect("renewal:plan", ulid)


@require_GET
@requires("renewal.secret")
def progress(request: HttpRequest, ulid: str) -> HttpResponse:
    """The fragment that asks for itself again while the job runs; when it has ended the page is loaded anew."""
    plan = plan_or_404(request, ulid)
    job = jobs.find(plan.job_ulid)
    if job is None or job.ended:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    answer = render(request, "renewal/_plan_progress.html", running(plan, job))
    answer["Cache-Control"] = "no-store"
    return answer


def running(plan: Plan, job: Any) -> dict[str, Any]:
    """Where a solve stands."""
    files = JobFolder.of(job.ulid)
    told = files.path / TOLD
    return {"plan": plan, "job": job, "measured": plan_reading.measured(plan), "progress": files.progress(),
            "told": told.read_text(encoding="utf-8") if told.exists() else ""}


@require_POST
@requires("renewal.plan")
def cancel(request: HttpRequest, ulid: str) -> HttpResponse:
    """Stop: what has been found by then is kept with its gap."""
    plan = plan_or_404(request, ulid)
    job = jobs.find(plan.job_ulid)
    if job is not None and not job.ended:
        jobs.cancel(request.user, job)
        messages.info(request, _("已要求停止，已经找到的方案连同差距会保留"))
    return redirect("renewal:plan", ulid)


@require_http_methods(["GET", "POST"])
@requires("renewal.plan")
def edit(request: HttpRequest, ulid: str) -> HttpResponse:
    """Money, targets and locks by hand: saved as the next version."""
    plan = plan_or_404(request, ulid)
    if not plan_reading.measured(plan):
        messages.error(request, _("这一版的候选地块还没有测算出来。"))
        return redirect("renewal:plan", ulid)
    asked, towns, before = plans.asked_of(plan), plan_reading.towns(plan), plan_reading.locks(plan)
    form = forms_plan.PartsForm(asked.years, towns, request.POST or None, initial=forms_plan.initial_of(asked, towns))
    chosen = queries.items(request.user, plan).values_list("plot_code", flat=True)
    shown = plan_reading.lock_page(plan, before, chosen, request.GET.get("q", ""), request.GET.get("page", ""))
    lines = forms_plan.LockSet(request.POST or None, initial=_lines(shown.keys, before), prefix="lock",
                               form_kwargs={"routes": plan_reading.routes(plan), "years": asked.years})
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        changed = forms_plan.locks_of(lines, before)
        wanted = plan_asked.Asked(routes=asked.routes, **form.parts())
        try:
            made = plans.revise(request.user, plan, wanted, changed)
        except RenewalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已存为第 %(n)s 版，请重新求解。") % {"n": made.version})
            return redirect("renewal:plan", made.ulid)
    return render(request, "renewal/plan_edit.html", {
        "plan": plan, "form": form, "lines": lines, "shown": shown, "locked": len(before),
        "mark": plan_view.mark_of(request.user)},
        status=400 if form.is_bound else 200)


def _lines(keys: list[str], before: dict[str, Lock]) -> list[dict[str, Any]]:
    """Lines of the plots of this page; locks of other pages stay as they are."""
    found = []
    for key in keys:
        lock = before.get(key)
        found.append({"key": key, "lock": "" if lock is None else "in" if lock.inside else "out",
                      "route": lock.route if lock else "", "year": str(lock.year or "") if lock else "",
                      "reason": lock.reason if lock else ""})
    return found


@require_POST
@requires("renewal.plan")
def submit(request: HttpRequest, ulid: str) -> HttpResponse:
    plan = plan_or_404(request, ulid)
    done(request, lambda: plans.submit(request.user, plan), _("已提交，由另一个被指定的人批准"))
    return redirect("renewal:plan", ulid)


@require_POST
@requires("renewal.approve")
def approve(request: HttpRequest, ulid: str) -> HttpResponse:
    plan, form = plan_or_404(request, ulid), forms_plan.ApproveForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请上传批准文件。"))
        return redirect("renewal:plan", ulid)
    done(request, lambda: _approved(request, plan, form.cleaned_data["document"]), _("方案已批准"))
    return redirect("renewal:plan", ulid)


@transaction.atomic
def _approved(request: HttpRequest, plan: Plan, upload: Any) -> Plan:
    try:
        paper = registry.add_document(
            request.user, upload.name, upload.read(), kind="decision", division_code=plan.division_code,
            verb="renewal.approve")
    except registry.RegistryError as error:
        raise RenewalError(str(error)) from error
    return plans.approve(request.user, plan, paper)


@require_POST
@requires("renewal.approve")
def send_back(request: HttpRequest, ulid: str) -> HttpResponse:
    plan = plan_or_404(request, ulid)
    done(request, lambda: plans.send_back(request.user, plan, request.POST.get("reason", "")), _("已退回"))
    return redirect("renewal:plan", ulid)


@require_POST
@requires("renewal.plan")
def publish(request: HttpRequest, ulid: str) -> HttpResponse:
    """A case for each plot."""
    plan = plan_or_404(request, ulid)
    made = done(request, lambda: publishing.publish(request.user, plan))
    if made is not None:
        messages.success(request, _("已转办 %(n)s 个案件") % {"n": len(made)})
    return redirect("renewal:plan", ulid)


@require_POST
@requires("renewal.plan")
def retire(request: HttpRequest, ulid: str) -> HttpResponse:
    plan = plan_or_404(request, ulid)
    done(request, lambda: plans.retire(request.user, plan, request.POST.get("reason", "")), _("这一版已作废"))
    return redirect("renewal:plan", ulid)


@require_POST
@requires("renewal.secret")
def export(request: HttpRequest, ulid: str) -> HttpResponse:
    """The plots of the plan as a marked workbook; asks to whom and why, and gets a number."""
    require(request.user, "export.make")
    plan = plan_or_404(request, ulid)
    given = done(request, lambda: giving.plan_book(
        request.user, plan, recipient=request.POST.get("recipient", ""), purpose=request.POST.get("purpose", ""),
        request=request))
    if given is None:
        return redirect("renewal:plan", ulid)
    return download(given.content, given.name, XLSX)
