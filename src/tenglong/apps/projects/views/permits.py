"""The board of four certificates, what departments owe, and the page of one network: Gantt, critical path, what saves days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects.models import PermitNetwork
from tenglong.apps.projects.permit_gantt import gantt
from tenglong.apps.projects.queries import forecast, permits, permits_owed
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.domain.landing.permits import board as boards
from tenglong.domain.landing.permits import materials, rules
from tenglong.domain.landing.permits.montecarlo import DRAWS
from tenglong.domain.landing.permits.network import PRE, base
from tenglong.domain.landing.permits.policy import CERTIFICATES
from tenglong.domain.landing.permits.saving import savings
from tenglong.web.answers import CHINESE, or_404

VIEW, WORK = "permit.view", "permit.work"
PAGE: Final = 60
SAVED: Final = 8
DATES: Final = ("since", "due", "on", "planned", "p50", "p90", "done", "expected", "minimum")


def _dated(value: Any, name: str = "") -> Any:
    """Kept JSON with its days as days again, for templates."""
    if isinstance(value, dict):
        return {key: _dated(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_dated(one) for one in value]
    return date.fromisoformat(value) if name in DATES and isinstance(value, str) else value


def _rows(request: HttpRequest) -> Any:
    """Networks in sight that the address asks for; what is done stands last."""
    rows = permits.networks(request.user).filter(project__stopped_on__isnull=True)
    if town := request.GET.get("town", ""):
        rows = rows.filter(project__division_code=town)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(project__name__icontains=text) | Q(project__code__icontains=text))
    return rows.order_by("project__code", "phase__ordinal", "pk")


def _told(rows: list[PermitNetwork], today: date) -> list[dict[str, Any]]:
    kept = forecast.fresh(rows, today)
    told = [{"network": row, **_dated(kept[row.pk])} for row in rows]
    for one in told:
        four = {cert["kind"]: cert for cert in one["four"]}
        one["cells"] = [(kind, label, four.get(kind)) for kind, label in CERTIFICATES.items()]
        one["goal_row"] = next(goal for goal in one["goals"] if goal["step"] == one["goal"])
        one["late"] = sum(1 for owed in one["owed"] if owed["light"] == "late")
        one["held"] = sum(1 for owed in one["owed"] if owed["state"] == "held")
    return told


@require_GET
@requires(VIEW)
def board(request: HttpRequest) -> HttpResponse:
    today, page = timezone.localdate(), Paginator(_rows(request), PAGE).get_page(request.GET.get("page"))
    told, towns = _told(list(page.object_list), today), town_names(request.user)
    for one in told:
        one["town"] = towns.get(one["network"].project.division_code, one["network"].project.division_code)
    sums = [(label, sum(1 for one in told for kind, _label, cert in one["cells"] if kind == name and cert
                        and cert["state"] == "done"), sum(1 for one in told for kind, _label, cert in one["cells"]
                                                          if kind == name and cert)) for name, label in CERTIFICATES.items()]
    return render(request, "projects/permit_board.html", {
        "rows": told, "page": page, "certificates": list(CERTIFICATES.values()), "sums": sums, "today": today,
        "towns": town_choices(request.user), "works": can(request.user, WORK), "draws": DRAWS,
        "late": sum(one["late"] for one in told), "held": sum(one["held"] for one in told)})


@require_GET
@requires(VIEW)
def board_json(request: HttpRequest) -> HttpResponse:
    rows = list(_rows(request)[: PAGE * 10])
    kept = forecast.fresh(rows)
    told = [{"ulid": row.ulid, "project": row.project.code, "name": row.project.name, "route": row.route, **kept[row.pk]}
            for row in rows]
    return JsonResponse({"rows": told}, json_dumps_params=CHINESE)


@require_GET
@requires(VIEW)
def owed(request: HttpRequest) -> HttpResponse:
    """What every department has in hand over all projects, soonest first."""
    rows = list(_rows(request)[: PAGE * 10])
    cards: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in _told(rows, timezone.localdate()):
        for item in one["owed"]:
            cards[item["department"]].append({**item, "network": one["network"]})
    chosen = request.GET.get("department", "")
    shown = [{"name": name, "items": sorted(items, key=lambda item: (item["due"], item["network"].project.code)),
              "late": sum(item["light"] == "late" for item in items), "amber": sum(item["light"] == "amber" for item in items)}
             for name, items in cards.items() if not chosen or name == chosen]
    shown.sort(key=lambda card: (-card["late"], -len(card["items"]), card["name"]))
    if request.GET.get("format") == "json":
        told = [{**card, "items": [{**item, "network": item["network"].ulid, "project": item["network"].project.code}
                                   for item in card["items"]]} for card in shown]
        return JsonResponse({"departments": told}, json_dumps_params=CHINESE)
    return render(request, "projects/permit_owed.html", {
        "promised": permits_owed.owed(request.user, rows), "cards": shown, "departments": sorted(cards), "chosen": chosen,
        "projects": len(rows)})


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: permits.network(request.user, ulid))
    context = {**_page(row), "promised": permits_owed.owed(request.user, [row])}
    return render(request, "projects/permit.html", {**context, **_inside(request, row, context["found"])})


def _page(row: PermitNetwork) -> dict[str, Any]:
    """What offices and the firm both read."""
    today = timezone.localdate()
    found = forecast.worked_out(row, today)
    policy, now = found.policy, found.now
    given = permits.given([row.project_id]).get(row.project_id, [])
    kinds, places = materials.saved(policy, given)
    return {
        "row": row, "found": found, "policy": policy, "today": today, "gantt": gantt(found, today), "goal": found.goal,
        "four": boards.certificates(policy, now, found.schedule), "count": boards.countdown(policy, now, found.schedule, today),
        "before_deal": rules.before_deal(policy, now), "kinds": kinds, "places": places, "draws": DRAWS,
        "route": policy.routes[row.route],
        "path": [{"label": found.schedule.task(one).label, "on": found.schedule.task(one).early_finish, "step": base(one),
                  "review": one.endswith(PRE), "done": found.schedule.task(one).slack is None} for one in found.path],
        "done": sum(1 for name in policy.steps if now.fact(name).done_on or now.fact(name).omitted),
    }


def _inside(request: HttpRequest, row: PermitNetwork, found: forecast.Outlook) -> dict[str, Any]:
    """What offices alone read: what departments owe, warnings, routes side by side, what saves most, actions."""
    policy, now, today = found.policy, found.now, timezone.localdate()
    calendar = permits.calendar(policy)
    before = found.by_route[row.route]
    routes = [{"id": name, "label": one.label, "note": one.note, "on": found.by_route[name], "chosen": name == row.route,
               "days": (found.by_route[name] - before).days} for name, one in policy.routes.items()]
    best = [{"label": policy.steps[one.step].label, "step": one.step, "how": one.how, "days": one.days, "end": one.end,
             "working_days": one.working_days} for one in savings(policy, row.route, now, calendar, goal=found.goal.step)
            if one.how != "one_day"][:SAVED]
    ready = permits.flippable(policy, now, today, calendar)
    return {
        "owed": [{"item": one, "department": policy.departments[one.department]}
                 for one in boards.owed(policy, now, found.schedule, calendar, today)],
        "warnings": [{"label": policy.steps[step].label, "says": told.says} for step, told in
                     rules.warnings(policy, now, today, calendar)],
        "routes": routes, "savings": best, "works": can(request.user, WORK), "minimum": found.lawful_minimum,
        "flips": [{"step": one, "label": policy.steps[one].label, "certificate": policy.steps[one].certificate}
                  for one in ready],
        "cases": [{"label": policy.steps[step].label, "n": n} for step, n in found.cases.items()],
    }


@require_GET
@requires(VIEW)
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: permits.network(request.user, ulid))
    found = forecast.worked_out(row)
    calendar = permits.calendar(found.policy)
    tasks = [{"id": task.id, "label": task.label, "early_start": task.early_start, "early_finish": task.early_finish,
              "late_finish": task.late_finish, "slack": task.slack, "critical": task.critical} for task in found.schedule.tasks]
    body = {"ulid": row.ulid, "project": row.project.code, "policy": f"{row.policy.policy_id}@{row.policy.version}",
            "sha256": row.policy.sha256, "route": row.route, "start": row.start_on, "path": list(found.path), "tasks": tasks,
            "unpublished": list(found.schedule.unpublished),
            "minimum": found.lawful_minimum, "routes": found.by_route,
            **forecast.as_kept(found, timezone.localdate(), calendar)}
    return JsonResponse(body, json_dumps_params=CHINESE)


@require_GET
@requires("project.own")
def own(request: HttpRequest, ulid: str) -> HttpResponse:
    """The firm's own permits: dates, certificates, papers; nothing that is the office's alone."""
    row = or_404(lambda: permits.network(request.user, ulid))
    return render(request, "projects/permit_own.html", {
        **_page(row), "promised": permits_owed.owed(request.user, [row]),
        "receipts": permits.receipts(request.user).filter(network=row)})
