"""Plans: the list, a new one, one version with its answer, two versions side by side."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.apps.renewal import forms_plan, plan_map, plan_policies, plan_reading, plan_view
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Plan, PlanItem, PlanState
from tenglong.apps.renewal.plan_asked import fill_words
from tenglong.apps.renewal.plan_map import Group
from tenglong.apps.renewal.service import plans
from tenglong.apps.renewal.views.plan_common import CHINESE, plan_or_404
from tenglong.apps.renewal.views.plan_steps import running
from tenglong.web.answers import whole
from tenglong.web.twins import Twin

YEARS = 3
PLOTS_SHOWN, LEFT_OUT_SHOWN = 100, 200


@require_GET
@requires("renewal.secret")
def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "renewal/plan_list.html", {
        "plans": [(one, plans.resting(one)) for one in queries.plan_list(request.user)],
        "states": dict(PlanState.choices), "mark": plan_view.mark_of(request.user)})


@require_GET
@requires("renewal.secret")
def listing_json(request: HttpRequest) -> Twin:
    rows = [{"ulid": one.ulid, "title": one.title, "version": one.version, "state": plans.resting(one),
             "created_at": one.created_at.isoformat()} for one in queries.plan_list(request.user)]
    return Twin({"rows": rows, "mark": plan_view.mark_of(request.user).text}, json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires("renewal.plan")
def new(request: HttpRequest) -> HttpResponse:
    runs, rules = list(queries.runs(request.user)[:20]), plan_policies.in_force()
    years = _years(request, runs)
    towns = [name for _code, name in town_choices(request.user)]
    again = _again(request)
    first = {"run": request.GET.get("run", ""), "title": _("%(year)s 年整治方案") % {"year": years[0]}}
    form = forms_plan.NewPlanForm(runs, rules, years, towns, request.POST or None,
                                  initial=first if again is None else forms_plan.initial_again(again, towns))
    if request.method == "POST" and form.is_valid():
        run = next(one for one in runs if one.ulid == form.cleaned_data["run"])
        try:
            made = plans.begin(request.user, run, form.cleaned_data["title"], form.asked(), again=again)
        except RenewalError as error:
            form.add_error(None, str(error))
        else:
            return redirect("renewal:plan", made.ulid)
    return render(request, "renewal/plan_new.html", {
        "form": form, "runs": runs, "years": years, "first": years[0], "count": len(years), "again": again,
    }, status=400 if form.is_bound else 200)


def _again(request: HttpRequest) -> Plan | None:
    """The version whose candidates could not be worked out and that is asked anew."""
    ulid = (request.POST if request.method == "POST" else request.GET).get("again", "")
    found = queries.plans(request.user).filter(ulid=ulid).first() if ulid else None
    return None if found is None or plan_reading.measured(found) else found


def _years(request: HttpRequest, runs: list[Any]) -> tuple[int, ...]:
    """Years of the form: those posted, else `first` and `count` of the address, else three from the run's next year."""
    given = request.POST if request.method == "POST" else request.GET
    again = _again(request)
    if again is not None and not given.get("first"):
        return tuple(plans.asked_of(again).years)
    usual = runs[0].year + 1 if runs else timezone.localdate().year + 1
    first, count = given.get("first", ""), given.get("count", "")
    begin = year if 2000 <= (year := whole(first)) <= 2100 else usual
    length = min(max(whole(count, YEARS), 1), forms_plan.MOST_YEARS)
    return tuple(range(begin, begin + length))


@require_GET
@requires("renewal.secret")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    plan = plan_or_404(request, ulid)
    return render(request, "renewal/plan.html", {**page(request, plan), **_steps(request, plan)})


def page(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """Everything that is read of a version."""
    rows, towns = list(queries.items(request.user, plan)), town_names(request.user)
    labels, data = route_labels(), plan.problem
    for row in rows:
        row.route_label, row.town = labels.get(row.route, row.route), towns.get(row.division_code, row.division_code)  # type: ignore[attr-defined]
    years, frontier = sorted({row.year for row in rows}), plan_view.frontier_of(plan.answer)
    groups = [Group(str(year), [row.plot_id for row in rows if row.year == year]) for year in years]
    return {
        "plan": plan, "state": plans.resting(plan), "state_label": dict(PlanState.choices)[plans.resting(plan)],
        "measured": plan_reading.measured(plan), "tree": "\n".join(plan_reading.lines_of(plan)), "answer": plan.answer,
        "rows": rows, "listed": _listed(request, rows), "total": plan_view.sums(rows),
        "displaced": plan_view.displaced(plan, rows), "wanted": plan_view.asked_of(plan),
        "groupings": _groupings(rows, towns, labels), "frontier": frontier, "points": plan_view.points_of(frontier),
        "map": plan_map.county_map(request.user, groups, plan_view.candidates_of(request.user, plan)) if rows else None,
        "others": plan_view.others(plan.answer), "tornado": plan_view.tornado_of(plan.answer, data["asked"]["aim"]),
        **_beside(data),
        "pins": plan.policy_pins, "mark": plan_view.mark_of(request.user), "family": queries.family(request.user, plan),
        **_job(plan),
    }


def _beside(data: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the problem: what was left out, chances of groups, what was taken for granted."""
    left = data.get("left_out", [])
    return {
        "left_out": [{**one, "route": _(one["route"])} for one in left[:LEFT_OUT_SHOWN]], "left_out_n": len(left),
        "groups": {_(route): listed for route, listed in data.get("groups", {}).items()},
        "filled": _filled(data.get("filled", {})), "no_shape": data.get("no_shape", []),
    }


def _listed(request: HttpRequest, rows: list[PlanItem]) -> dict[str, Any]:
    """One page of the plots, of those whose code or town holds the word looked for."""
    word = request.GET.get("q", "").strip()
    fit = [row for row in rows if word in row.plot_code or word in row.town] if word else rows  # type: ignore[attr-defined]
    return {"page": Paginator(fit, PLOTS_SHOWN).get_page(request.GET.get("page")), "q": word, "n": len(fit)}


def _job(plan: Plan) -> dict[str, Any]:
    """The running solve, or the message of the last one that brought no answer."""
    job = jobs.find(plan.job_ulid)
    if job is None:
        return {"job": None}
    return running(plan, job) if not job.ended else {"job": None, "failed": job.message if job.state != "done" else ""}


def _groupings(rows: list[PlanItem], towns: dict[str, str], labels: dict[str, str]) -> list[dict[str, Any]]:
    return [{"title": title, "rows": plan_view.grouped(rows, by, names)} for title, by, names in (
        (_("按年度"), "year", {}), (_("按镇街"), "division_code", towns), (_("按路径"), "route", labels))]


def _filled(counts: dict[str, int]) -> list[tuple[str, int]]:
    words = dict(fill_words())
    return [(words.get(name, name), count) for name, count in counts.items()]


def route_labels() -> dict[str, str]:
    book = plan_policies.in_force().book
    return {one: _(book.route(one).label) for one in book.ids}


def _steps(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """What the reader may do next."""
    state, maker = plans.resting(plan), can(request.user, "renewal.plan")
    second = request.user.pk not in (plan.created_by_id, plan.answer.get("submitted_by"))
    decides = state == PlanState.SUBMITTED and can(request.user, "renewal.approve")
    ready = plan_reading.measured(plan)
    return {
        "may_solve": ready and maker and state in plans.OPEN, "may_edit": ready and maker and state != PlanState.SOLVING,
        "may_ask_anew": maker and not ready and state == PlanState.DRAFT,
        "may_submit": maker and state == PlanState.SOLVED and bool(plan.answer.get("gap") is not None),
        "may_approve": decides and second, "waits_for_second": decides and not second,
        "may_publish": maker and state == PlanState.APPROVED, "maker": maker,
        "may_give": can(request.user, "export.make"), "approve_form": forms_plan.ApproveForm(),
        "reason_form": forms_plan.ReasonForm(), "give_form": forms_plan.GiveForm(),
    }


@require_GET
@requires("renewal.secret")
def twin(request: HttpRequest, ulid: str) -> Twin:
    plan = plan_or_404(request, ulid)
    shown = ("plot_code", "division_code", "block", "route", "year", "land_cm2", "cost_fen", "uplift_fen", "jobs_gained",
             "jobs_lost", "worth_fen")
    return Twin({
        "ulid": plan.ulid, "title": plan.title, "version": plan.version, "state": plans.resting(plan),
        "policy_pins": plan.policy_pins, "mark": plan_view.mark_of(request.user).text,
        "problem": plan.problem.get("problem"), "groups": plan.problem.get("groups"), "left_out": plan.problem.get("left_out"),
        "answer": plan.answer, "items": list(queries.items(request.user, plan).values(*shown)),
    }, json_dumps_params=CHINESE)


@require_GET
@requires("renewal.secret")
def compare(request: HttpRequest, ulid: str, other: str) -> HttpResponse:
    return render(request, "renewal/plan_compare.html", {
        **_compared(request, ulid, other), "mark": plan_view.mark_of(request.user), "labels": route_labels()})


def _compared(request: HttpRequest, ulid: str, other: str) -> dict[str, Any]:
    """`after` is the version of the address, `before` the other one."""
    after, before = plan_or_404(request, ulid), plan_or_404(request, other)
    old, new = list(queries.items(request.user, before)), list(queries.items(request.user, after))
    labels = route_labels()
    for row in (*old, *new):
        row.route_label = labels.get(row.route, row.route)  # type: ignore[attr-defined]
    mine, theirs = plan_reading.lines_of(after), plan_reading.lines_of(before)
    return {
        "before": before, "after": after, "rows": plan_view.compared(old, new),
        "old": plan_view.sums(old), "new": plan_view.sums(new),
        "figures": plan_view.figures(plan_view.sums(old), plan_view.sums(new)),
        "gone": plan_view.bare(one for one in theirs if one not in mine),
        "come": plan_view.bare(one for one in mine if one not in theirs),
    }


@require_GET
@requires("renewal.secret")
def compare_json(request: HttpRequest, ulid: str, other: str) -> Twin:
    found = _compared(request, ulid, other)
    rows = [{"plot": one.code, "kind": one.kind, "before": _pair(one.before), "after": _pair(one.after)}
            for one in found["rows"]]
    return Twin({"before": found["before"].ulid, "after": found["after"].ulid, "old": found["old"],
                         "new": found["new"], "gone": found["gone"], "come": found["come"], "rows": rows,
                         "mark": plan_view.mark_of(request.user).text}, json_dumps_params=CHINESE)


def _pair(row: PlanItem | None) -> dict[str, Any] | None:
    return None if row is None else {"route": row.route, "year": row.year}
