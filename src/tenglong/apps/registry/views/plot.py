"""一地一档."""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tenglong.apps.registry import minimap, queries
from tenglong.apps.registry.history import since, values_of
from tenglong.apps.registry.places import town_names
from tenglong.apps.registry.sources import source_names
from tenglong.apps.registry.views._common import as_json, asked_day, or_404, tab_context
from tenglong.store.spatial import read
from tenglong.web import formats

#: the fact sheet, in the order people ask
FIELDS = (
    "survey_number",
    "name",
    "address",
    "zone_code",
    "status",
    "stage",
    "control_line",
    "land_use",
    "acquisition",
    "title_status",
    "surveyed_cm2",
    "stated_cm2",
    "stated_text",
)


@require_GET
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(queries.plot, request.user, ulid, on)
    past = list(queries.plot_history(request.user, ulid))
    older = [row for row in past if row.valid_from <= version.valid_from]
    context = {
        "version": version,
        "ulid": ulid,
        "on": on,
        "town": town_names(request.user).get(version.division_code, version.division_code),
        "figures": figures(request.user, version, on),
        "minimap": minimap.of_plot(request.user, version),
        "since": since(older, source_names(request.user, past)),
        "facts": fact_sheet(request.user, version),
        "dates": slider(past, on),
        "codes": queries.plot_codes(request.user, version.plot_id),
        **tab_context(request, "plot", version),
    }
    return render(request, "registry/plot.html", context)


def figures(user: Any, version: Any, on: date | None) -> dict[str, Any]:
    """The three numbers that matter: surveyed area, share occupied, enterprises."""
    used = queries.occupancies(user, on, plot_id=version.plot_id)
    occupied = used.exclude(role="idle").aggregate(total=Sum("area_cm2"))["total"]
    share = round(100 * occupied / version.surveyed_cm2) if occupied and version.surveyed_cm2 else None
    firms = used.exclude(enterprise=None).values("enterprise").distinct().count()
    return {"occupied": occupied, "share": share, "firms": firms, "relations": used.count()}


def fact_sheet(user: Any, version: Any) -> list[tuple[str, str]]:
    """Field and what to print, in the order people ask; the zone by its name."""
    zones = dict(queries.zones(user).filter(code=version.zone_code).values_list("code", "name"))
    shown = {name: formats.shown(name, getattr(version, name)) for name in FIELDS}
    shown["zone_code"] = zones.get(version.zone_code, shown["zone_code"])
    return [(name, text) for name, text in shown.items() if name != "stated_text" or version.stated_text]


def slider(past: list[Any], on: date | None) -> dict[str, Any]:
    """First day, today and the days on which something changed, as offsets for the “as of” slider."""
    today = timezone.localdate()
    first = min((row.valid_from for row in past), default=today)
    last = max(today, first)
    return {
        "first": first,
        "last": last,
        "span": max(1, (last - first).days),
        "at": ((on or last) - first).days,
        "marks": sorted({(row.valid_from - first).days for row in past if row.valid_from <= last}),
    }


@require_GET
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    """The same record as data: raw values (cm², codes), geometry as GeoJSON in EPSG:4490."""
    on = asked_day(request)
    version = or_404(queries.plot, request.user, ulid, on)
    history = queries.plot_history(request.user, ulid)
    used = queries.occupancies(request.user, on, plot_id=version.plot_id)
    return as_json(
        {
            "ulid": ulid,
            "on": on,
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
            "lock_version": version.lock_version,
            **values_of(version),
            "geometry": geometry_of(version),
            "figures": figures(request.user, version, on),
            "codes": list(queries.plot_codes(request.user, version.plot_id).values("system", "code", "valid_from", "valid_to")),
            "occupancies": list(
                used.values("enterprise__ulid", "role", "area_cm2", "floor_cm2", "valid_from", "valid_to", "contract")
            ),
            "history": [{"valid_from": row.valid_from, "valid_to": row.valid_to, **values_of(row)} for row in history],
        }
    )


def geometry_of(version: Any) -> Any:
    """GeoJSON geometry, None without a boundary."""
    import json

    wkb = read([version.shape_id]).get(version.shape_id) if version.shape_id else None
    return json.loads(shapely.to_geojson(shapely.from_wkb(wkb))) if wkb else None
