"""One candidate of a plan: what each route costs, brings and takes, from which figures and parameters, and what it hangs on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires
from tenglong.apps.renewal import plan_economy, plan_view
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.models import Plan
from tenglong.apps.renewal.views.plan_common import CHINESE, plan_or_404
from tenglong.domain.renewal.economics.work import SECTIONS
from tenglong.web.twins import Twin


@require_GET
@requires("renewal.secret")
def show(request: HttpRequest, ulid: str, code: str) -> HttpResponse:
    plan = plan_or_404(request, ulid)
    found, taken = _found(request, plan, code), _taken(request, plan, code)
    return render(request, "renewal/plan_plot.html", {
        "plan": plan, "code": code, "economies": found, "taken": taken, "sections": SECTIONS,
        "same": plan_economy.same_parameters(plan), "mark": plan_view.mark_of(request.user)})


@require_GET
@requires("renewal.secret")
def twin(request: HttpRequest, ulid: str, code: str) -> Twin:
    plan = plan_or_404(request, ulid)
    found = _found(request, plan, code)
    return Twin({
        "plan": plan.ulid, "plot": code, "taken": _taken(request, plan, code), "same": plan_economy.same_parameters(plan),
        "routes": [{"route": one.route, **one.table.as_json(), "tornadoes": one.tornadoes} for one in found],
        "mark": plan_view.mark_of(request.user).text}, json_dumps_params=CHINESE)


def _taken(request: HttpRequest, plan: Plan, code: str) -> str:
    """The route by which the plan takes the plot, "" when it does not."""
    return queries.items(request.user, plan).filter(plot_code=code).values_list("route", flat=True).first() or ""


def _found(request: HttpRequest, plan: Plan, code: str) -> list[plan_economy.Economy]:
    """The route of the plan first."""
    routes, taken = plan_economy.routes_of(plan, code), _taken(request, plan, code)
    if not routes:
        raise Http404(_("这块地不是这个方案的候选地块。"))
    if code not in plan.problem.get("inputs", {}):
        return []
    wanted: list[Any] = sorted(routes, key=lambda route: (route != taken, routes.index(route)))
    return [plan_economy.economy(plan, code, route) for route in wanted]
