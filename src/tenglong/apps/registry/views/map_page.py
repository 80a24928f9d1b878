"""一张图."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.registry import minimap, queries
from tenglong.apps.registry.lists import read_box
from tenglong.apps.registry.map_words import words
from tenglong.apps.registry.models import Revision
from tenglong.apps.registry.palette import FIELDS, UNKNOWN, classes_of
from tenglong.apps.registry.places import town_names
from tenglong.apps.registry.views._common import as_json, may, or_404
from tenglong.apps.registry.views.plot import figures, geometry_of
from tenglong.store.spatial import read, store
from tenglong.web import layers, vendor

#: plots drawn by the server when the browser has no WebGL
MOST_DRAWN = 6000
#: plots one box may pick
MOST_PICKED = 2000


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page; `?plot=<ulid>` opens one, `?pick=` several, `?layer=` shows one that is off, `?plain=1` is without WebGL."""
    box = extent(request.user, request.GET.getlist("pick") or request.GET.getlist("plot"))
    shown = [replace(one, visible=True) if one.id in request.GET.getlist("layer") else one
             for one in layers.for_user(may(request))]
    config = {
        "library": vendor.url("maplibre-gl", "maplibre-gl.mjs"),
        "box": box,
        "revision": revision(request.user),
        "layers": [layer.as_json() for layer in shown],
        "fields": {name: classes_of(request.user, name) for name in FIELDS},
        "plot": request.GET.get("plot", ""),
        "labels": {name: str(label) for name, label in FIELDS.items()},
        "picked": request.GET.getlist("pick")[:MOST_PICKED],
        "today": timezone.localdate().isoformat(),
        "urls": {
            "outlines": reverse("registry:outlines"),
            "revision": reverse("registry:revision"),
            "counts": reverse("registry:map-counts"),
            "pick": reverse("registry:map-pick"),
            "suggest": reverse("registry:suggest"),
            "side": reverse("registry:map-side", args=["ULID"]),
            "plot": reverse("registry:plot", args=["ULID"]),
            "list": reverse("registry:plots"),
            "merge": reverse("registry:plot-merge"),
        },
    }
    plain = drawn(request) if request.GET.get("plain") == "1" else None
    return render(
        request,
        "registry/map.html",
        {
            "nothing": not queries.plots(request.user).exists(),
            "config": config,
            "plain": plain,
            "fields": FIELDS,
            "strings": words(),
            "extra_layers": [layer for layer in shown if layer.id != "plots"],
        },
    )


def drawn(request: HttpRequest) -> dict[str, Any]:
    """SVG of the plots coloured by status, for browsers without WebGL; says how many were left out."""
    found = queries.plots(request.user).filter(shape_id__isnull=False).order_by("code")
    rows = list(found.values_list("shape_id", "plot__ulid", "code", "name", "status")[:MOST_DRAWN])
    shapes = read(row[0] for row in rows if row[0] is not None)
    colours = {item["key"]: item["colour"] for item in classes_of(request.user, "status")}
    plots = [
        minimap.Drawn(shapes[pk], name or code, reverse("registry:plot", args=[ulid]), colours.get(status, UNKNOWN))
        for pk, ulid, code, name, status in rows
        if pk in shapes
    ]
    towns = queries.divisions(request.user, level="town").values_list("shape_id", flat=True)
    outlines = read(pk for pk in towns if pk is not None)
    return {**minimap.overview(plots, outlines.values()), "total": found.count(), "shown": len(plots)}


def extent(user: Any, ulids: list[str]) -> list[float] | None:
    """Box of the named plots, else of all that the user may see; None when nothing has a boundary."""
    found = queries.plots(user).filter(shape_id__isnull=False)
    if ulids:
        found = found.filter(plot__ulid__in=ulids[:MOST_PICKED])
    wkbs = read(pk for pk in found.values_list("shape_id", flat=True)[:MOST_DRAWN] if pk is not None).values()
    shapes = shapely.from_wkb(list(wkbs))
    return [float(value) for value in shapely.total_bounds(shapes)] if len(shapes) else None


def revision(user: Any) -> int:
    return scoped(user, Revision.objects.filter(layer="plots")).values_list("number", flat=True).first() or 0


@require_GET
def revision_json(request: HttpRequest) -> HttpResponse:
    """Polled by the map: a higher number means that tiles are stale."""
    answer = as_json({"revision": revision(request.user)})
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Legend: plots and mu per class of `?by=`, through the scoped door."""
    by = request.GET.get("by", "status")
    if by not in FIELDS:
        return as_json({"message": _("不能按这一项着色")}, 400)
    return as_json({"by": by, "classes": classes_of(request.user, by)})


@require_GET
def outlines(request: HttpRequest) -> HttpResponse:
    """Outlines of towns as GeoJSON: the grey base when there is no base map."""
    found = queries.divisions(request.user).filter(shape_id__isnull=False)
    rows = list(found.values_list("shape_id", "code", "name", "level"))
    shapes = read(row[0] for row in rows if row[0] is not None)
    features = [_feature(shapes[pk], code, name, level) for pk, code, name, level in rows if pk in shapes]
    return as_json({"type": "FeatureCollection", "features": features})


def _feature(wkb: bytes, code: str, name: str, level: str) -> dict[str, Any]:
    import json

    shape = shapely.from_wkb(wkb)
    at = shape.representative_point()
    properties = {"code": code, "name": name, "level": level, "lon": at.x, "lat": at.y}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}


@require_GET
def pick(request: HttpRequest) -> HttpResponse:
    """Plots that meet a box (`?box=minx,miny,maxx,maxy` in degrees): keys, count and mu."""
    box = read_box(request.GET.get("box", ""))
    if box is None:
        return as_json({"message": _("框选范围应为四个数")}, 400)
    ids = store().box_ids("plots", box)
    ulids: list[str] = []
    area = 0
    for start in range(0, len(ids), 900):
        found = queries.plots(request.user).filter(shape_id__in=ids[start : start + 900])
        ulids.extend(found.values_list("plot__ulid", flat=True))
        area += found.aggregate(total=Sum("surveyed_cm2"))["total"] or 0
    return as_json({"ulids": ulids[:MOST_PICKED], "count": len(ulids), "cm2": area, "limit": MOST_PICKED})


@require_GET
def side(request: HttpRequest, ulid: str) -> HttpResponse:
    """Side panel of one plot, as a fragment."""
    version = or_404(queries.plot, request.user, ulid)
    used = queries.occupancies(request.user, plot_id=version.plot_id).exclude(enterprise=None)
    firms = queries.enterprises(request.user).filter(enterprise_id__in=used.values("enterprise_id")).order_by("name")[:12]
    return render(
        request,
        "registry/parts/map_side.html",
        {
            "version": version,
            "ulid": ulid,
            "figures": figures(request.user, version, None),
            "firms": firms,
            "town": town_names(request.user).get(version.division_code, version.division_code),
        },
    )


@require_GET
def geometry(request: HttpRequest, ulid: str) -> HttpResponse:
    """One plot's boundary as GeoJSON."""
    version = or_404(queries.plot, request.user, ulid)
    return as_json({"type": "Feature", "properties": {"ulid": ulid, "code": version.code}, "geometry": geometry_of(version)})
