"""One step: its papers, its clocks, and what happened to it; beginning a network; changing its route; the day of the deal."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects import permit_policies, permit_words
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_permit import BeginForm, DayForm, FlipForm, RouteForm, WhyForm
from tenglong.apps.projects.models import PermitNetwork
from tenglong.apps.projects.queries import permits, permits_owed
from tenglong.apps.projects.queries.projects import projects
from tenglong.apps.projects.service import base
from tenglong.apps.projects.service import permits as service
from tenglong.apps.projects.service import permits_owed as owed_papers
from tenglong.apps.projects.views.common import done
from tenglong.domain.landing.permits import board, materials, rules
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Permits
from tenglong.web.answers import or_404

VIEW, WORK = "permit.view", "permit.work"
DATED: Final = {"review": service.start_review, "reviewed": service.finish_review, "start": service.start}


@require_GET
@requires(VIEW)
def step(request: HttpRequest, ulid: str, step: str) -> HttpResponse:
    row = or_404(lambda: permits.network(request.user, ulid))
    policy, now, today = permit_policies.of(row), permits.situation(row), timezone.localdate()
    if step not in policy.steps:
        raise Http404(_("这个网络没有这一步。"))
    told, fact = policy.steps[step], now.fact(step)
    given = permits.given([row.project_id]).get(row.project_id, [])
    held = {str(one.pk): one for one in permits.papers(request.user, row)}
    promised, act = permits_owed.of_step(request.user, row, step), _next_act(policy, step, now, today)
    lines = [{"line": line, "paper": held.get(line.given.key) if line.given else None, "promise": promised.get(line.material),
              "giver": policy.steps[line.giver].label if line.giver else "",
              "may_lack": not line.there and line.material in materials.may_lack(policy, step, "review")}
             for line in materials.checklist(policy, step, given, now, today, act=act)]
    calendar = permits.calendar(policy)
    start = fact.started_on or rules.begun(policy, step, now)
    clocks = [{"clock": clock, "due": clock.deadline(start, calendar).due if start else None,
               "earliest": clock.earliest(start, calendar) if start else None}
              for clock in (told.wait, told.legal, told.pledge) if clock is not None]
    return render(request, "projects/permit_step.html", {
        "row": row, "policy": policy, "step": told, "id": step, "fact": fact, "lines": lines, "clocks": clocks,
        "state": board.state_of(policy, step, now), "held": permits.steps(request.user, row).get(step),
        "department": policy.departments[told.department], "stage": policy.stages[told.stage].label,
        "before": [(one, policy.steps[one].label, now.fact(one)) for one in told.after],
        "after": [(one, other.label) for one, other in policy.steps.items() if step in other.after],
        "hold": now.holds.get(step), "works": can(request.user, WORK), "before_deal": rules.before_deal(policy, now),
        "reasons": [] if fact.done_on else [*rules.refused_done(policy, step, today, now, calendar),
                                            *owed_papers.refused(row, policy, step, now, today, act)],
        "act_label": permit_words.ACTS[act], "today": today,
        "why_no_review": rules.refused_review(policy, step, today, now) if told.early and not fact.started_on else [],
        "day_form": DayForm(initial={"lock_version": row.lock_version}),
        "why_form": WhyForm(initial={"lock_version": row.lock_version}),
    })


def _next_act(policy: Permits, step: str, now: Situation, today: date) -> materials.Act:
    """What would be written down next: its papers are the ones to look at."""
    fact, told = now.fact(step), policy.steps[step]
    if fact.started_on or told.wait is not None or fact.done_on:
        return "done"
    if told.early is not None and not fact.pre_done_on and rules.refused_start(policy, step, today, now):
        return "review"
    return "start"


@require_POST
@requires(WORK)
def move(request: HttpRequest, ulid: str, step: str, name: str) -> HttpResponse:
    """review, reviewed, start, finish, omit, take-back."""
    row = or_404(lambda: permits.network(request.user, ulid))
    if name in ("omit", "take-back"):
        form: Any = WhyForm(request.POST)
        why = service.omit if name == "omit" else service.take_back
        done(request, form, lambda: why(request.user, row, step, reason=form.cleaned_data["reason"],
                                        lock_version=form.cleaned_data["lock_version"]), _("已登记"))
    elif name in (*DATED, "finish"):
        form = DayForm(request.POST, request.FILES)
        done(request, form, lambda: _dated(request, row, step, name, form.cleaned_data), _("已登记"))
    else:
        raise Http404
    return redirect("projects:permit-step", ulid, step)


def _dated(request: HttpRequest, row: PermitNetwork, step: str, name: str, data: dict[str, Any]) -> None:
    common = {"on": data["on"], "lock_version": data["lock_version"]}
    if name != "finish":
        DATED[name](request.user, row, step, **common)
        return
    file = base.keep(request.user, data["file"], "permit", row.project, WORK)
    service.finish(request.user, row, step, number=data["number"], document=file, **common)


@require_POST
@requires(WORK)
def flip(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: permits.network(request.user, ulid))
    form = FlipForm(request.POST)
    done(request, form, lambda: service.flip(
        request.user, row, on=form.cleaned_data["on"], numbers=form.numbers(),
        lock_version=form.cleaned_data["lock_version"]), _("预审已换发为正式办结"))
    return redirect("projects:permit", ulid)


@require_POST
@requires(WORK)
def route(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: permits.network(request.user, ulid))
    form = RouteForm(request.POST)
    done(request, form, lambda: service.choose_route(
        request.user, row, form.cleaned_data["route"], lock_version=form.cleaned_data["lock_version"]), _("已改用这种办法"))
    return redirect("projects:permit", ulid)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    """`?project=<ulid>`: which project; without it, those that have none yet are offered."""
    chosen = request.GET.get("project", "")
    if not chosen:
        waiting = projects(request.user).filter(networks__isnull=True, stopped_on__isnull=True).order_by("code")[:100]
        return render(request, "projects/permit_new.html", {"waiting": waiting})
    project = or_404(lambda: projects(request.user).get(ulid=chosen))
    form = BeginForm(request.POST or None, offered=permit_policies.offered(timezone.localdate()),
                     phases=list(project.phases.order_by("ordinal")))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        phase = project.phases.filter(pk=data["phase"]).first() if data["phase"] else None
        try:
            made = service.begin(
                request.user, project, data["policy"], route=data["route"], phase=phase, on=data["on"],
                floor_cm2=data["floor_cm2"], functions=data["functions"], intended=data["intended"])
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("审批网络已建立"))
            return redirect("projects:permit", made.ulid)
    return render(request, "projects/permit_new.html", {"project": project, "form": form},
                  status=422 if form.errors else 200)
