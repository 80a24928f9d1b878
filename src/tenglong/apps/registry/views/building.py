"""A building: what it is, where it stands, who is in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenglong.apps.registry import queries
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.history import values_of
from tenglong.apps.registry.places import plot_labels, town_names
from tenglong.apps.registry.record_tabs import forest
from tenglong.apps.registry.views._common import as_json, asked_day, or_404
from tenglong.web import formats

FIELDS = ("name", "floors", "floor_cm2", "built_year", "structure", "use")


@require_GET
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(queries.building, request.user, ulid, on)
    rows = list(queries.occupancies(request.user, on, building_id=version.building_id).order_by("valid_from", "pk"))
    facts = [(name, formats.shown(name, getattr(version, name))) for name in FIELDS if name != "floor_cm2"]
    context = {
        "version": version,
        "ulid": ulid,
        "on": on,
        "town": town_names(request.user).get(version.division_code, version.division_code),
        "facts": facts,
        "plot": plot_labels(request.user, [version.plot_id], on).get(version.plot_id or 0),
        "forest": forest(request.user, rows, on),
        "rows": rows,
        "units": premises.units(request.user, on).filter(building_id=version.building_id).order_by("-floor", "number"),
    }
    return render(request, "registry/building.html", context)


@require_GET
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(queries.building, request.user, ulid, on)
    return as_json({"ulid": ulid, "on": on, "code": version.building.code, **values_of(version)})
