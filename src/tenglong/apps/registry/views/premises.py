"""A unit to let and its park: facts, state with its history, the tree of a park."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can
from tenglong.apps.registry import queries, service
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.forms_premises import StepForm
from tenglong.apps.registry.history import values_of
from tenglong.apps.registry.places import plot_labels, town_names
from tenglong.apps.registry.views._common import as_json, asked_day, or_404, tab_context
from tenglong.web import formats

FACTS = (
    "floor", "number", "unit_cm2", "height_mm", "load_n_m2", "power_va", "crane_kg", "lift_kg", "gas", "water", "sewage",
    "fire_class", "permitted", "rent_fen", "free_from", "offered", "source", "note",
)
PARK_FACTS = ("address", "operator", "source")


@require_GET
def unit(request: HttpRequest, ulid: str) -> HttpResponse:
    return _unit(request, ulid)


def _unit(request: HttpRequest, ulid: str, form: Any = None, conflict: Any = None) -> HttpResponse:
    on = asked_day(request)
    version = or_404(premises.unit, request.user, ulid, on)
    building = queries.buildings(request.user, on).filter(building_id=version.building_id).first()
    may_step = can(request.user, "premises.edit") and on is None and not version.valid_to
    if form is None and may_step:
        form = StepForm(user=request.user, now=version.state, initial={"lock_version": version.lock_version})
    context = {
        "version": version, "ulid": ulid, "on": on, "conflict": conflict, "form": form if may_step else None,
        "town": town_names(request.user).get(version.division_code, version.division_code),
        "building": building, "plot": _plot(request.user, building, on),
        "park": premises.parks(request.user, on).filter(park_id=version.park_id or 0).first(),
        "facts": [(name, formats.shown(name, getattr(version, name))) for name in FACTS],
        **tab_context(request, "unit", version),
    }
    status = 409 if conflict else 422 if form is not None and form.errors else 200
    return render(request, "registry/unit.html", context, status=status)


def _plot(user: Any, building: Any, on: Any) -> Any:
    """(ulid, code, name) of the plot that the building stands on, when the user may see it."""
    if building is None or building.plot_id is None:
        return None
    found = plot_labels(user, [building.plot_id], on).get(building.plot_id)
    return (building.plot.ulid, *found) if found else None


@require_GET
def unit_twin(request: HttpRequest, ulid: str) -> HttpResponse:
    """Whole numbers as the store keeps them: cm², mm, N/m², VA, kg, 分."""
    on = asked_day(request)
    version = or_404(premises.unit, request.user, ulid, on)
    told = premises.steps(request.user, version.unit_id).values("state", "on", "note", "enterprise__ulid")
    values = {name: value for name, value in values_of(version).items() if name not in ("unit_id", "park_id")}
    return as_json({
        "ulid": ulid, "on": on, "state": version.state, "building": version.building.code, **values,
        "park": version.park.ulid if version.park else None, "valid_from": version.valid_from,
        "lock_version": version.lock_version, "steps": list(told),
    })


@require_POST
def step(request: HttpRequest, ulid: str) -> HttpResponse:
    """The next state. A second editor is told what the first one did."""
    version = or_404(premises.unit, request.user, ulid)
    form = StepForm(request.POST, user=request.user, now=version.state)
    if not form.is_valid():
        stale = request.POST.get("lock_version", "") != str(version.lock_version)
        return _again(request, ulid, version) if stale else _unit(request, ulid, form)
    data = form.cleaned_data
    try:
        service.step_unit(
            request.user, ulid, data["state"], on=data["on"], lock_version=data["lock_version"], note=data["note"],
            enterprise_id=data["enterprise_id"], contract=data["contract"])
    except Conflict as found:
        return _unit(request, ulid, _refreshed(request, version), found)
    except RegistryError as refused:
        form.add_error(None, str(refused))
        return _unit(request, ulid, form)
    messages.success(request, _("已改为“%(state)s”") % {"state": formats.choice("let_state", data["state"])})
    return HttpResponseRedirect(reverse("registry:unit", args=[ulid]))


def _again(request: HttpRequest, ulid: str, version: Any) -> HttpResponse:
    """The choice that was made is no longer offered, because somebody else was there first."""
    from tenglong.domain.delta import Delta

    asked = request.POST.get("state", "")
    known = asked if asked in formats.CHOICES["let_state"] else ""
    theirs, mine = [Delta("let_state", None, version.state)], [Delta("let_state", version.state, known)]
    return _unit(request, ulid, _refreshed(request, version), Conflict(theirs, mine, version.lock_version))


def _refreshed(request: HttpRequest, version: Any) -> StepForm:
    typed = {name: request.POST.get(name, "") for name in ("state", "on", "enterprise_id", "contract", "note")}
    return StepForm(user=request.user, now=version.state, initial={**typed, "lock_version": version.lock_version})


@require_GET
def park(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(premises.park, request.user, ulid, on)
    houses, share, names = _tree(request, version, on)
    zones = dict(queries.zones(request.user).filter(code=version.zone_code).values_list("code", "name"))
    plot = plot_labels(request.user, [version.plot_id], on).get(version.plot_id or 0)
    context = {
        "version": version, "ulid": ulid, "on": on, "houses": houses, "share": share, "names": names, "plot": plot,
        "town": town_names(request.user).get(version.division_code, version.division_code),
        "zone": zones.get(version.zone_code, ""),
        "facts": [(name, formats.shown(name, getattr(version, name))) for name in PARK_FACTS],
        **tab_context(request, "park", version),
    }
    return render(request, "registry/park.html", context)


def _tree(request: HttpRequest, version: Any, on: Any) -> tuple[Any, Any, dict[int, Any]]:
    rows = premises.units(request.user, on).filter(park_id=version.park_id).select_related("building")
    houses, share = premises.tree(rows)
    found = queries.buildings(request.user, on).filter(building_id__in=[house.building_id for house in houses])
    return houses, share, {row.building_id: row for row in found}


@require_GET
def park_twin(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(premises.park, request.user, ulid, on)
    houses, share, names = _tree(request, version, on)
    told = [{"code": house.code, "name": names[house.building_id].name if house.building_id in names else "",
             **_said(house.share), "floors": [_floor(storey) for storey in house.storeys.values()]} for house in houses]
    return as_json({"ulid": ulid, "on": on, "name": version.name, "division_code": version.division_code,
                    "operator": version.operator, "address": version.address, **_said(share), "buildings": told})


def _floor(storey: Any) -> dict[str, Any]:
    return {"floor": storey.floor, **_said(storey.share), "units": [
        {"ulid": row.ulid, "name": row.name, "state": row.state, "unit_cm2": row.unit_cm2} for row in storey.units]}


def _said(share: Any) -> dict[str, Any]:
    return {"let_cm2": share.let_cm2, "lettable_cm2": share.all_cm2, "let": share.let, "lettable": share.all,
            "closed": share.closed}
