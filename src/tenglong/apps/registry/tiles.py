"""Map tiles of the register: the rows that the acting user may see, live from the database.

A tile of plots that holds more than `MOST` of them carries grid cells instead, counted through an index alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scope_of, scoped
from tenglong.apps.registry.models import BuildingVersion, Division, ParcelVersion, PlotVersion, Revision, Zone
from tenglong.apps.registry.tiles_rows import Statement, counted, crowded, read, run, statements
from tenglong.domain.units import AREA_UNITS
from tenglong.store.cells import DEPTH, deinterleave
from tenglong.store.tiles import EXTENT, Coded, Layer, encode_layers, tile_box
from tenglong.store.tiles.encoder import Column
from tenglong.store.tiles.rings import squares
from tenglong.web.twins import Twin

#: plots in a tile above which it is served as a grid
MOST: Final = 4_000
#: a grid tile has 2^5 × 2^5 cells
GRID_DEPTH: Final = 5
MAX_ZOOM: Final = 20
#: below this zoom a tile carries what colours a shape and its ulid, no text and no labels: nobody could read them
DETAIL_ZOOM: Final = 14
#: cm² → mu × 10⁴ as a fraction
MU_E4: Final = 10_000 / AREA_UNITS["mu"]

#: columns of whole numbers; all others hold text
NUMBERS: Final = frozenset({"surveyed_cm2", "floors"})


@dataclass(frozen=True)
class Theme:
    """How a model becomes a layer: columns read, their names in the tile, and what the label layer carries."""

    name: str
    verb: str
    rows: Callable[[], QuerySet[Any]]
    columns: dict[str, str]
    labels: tuple[str, ...]
    detail: tuple[str, ...] = ()

    def read(self, z: int) -> dict[str, str]:
        """Columns for this zoom."""
        return {name: column for name, column in self.columns.items() if z >= DETAIL_ZOOM or name not in self.detail}


def _open(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.filter(valid_to__isnull=True)


THEMES: Final = {
    theme.name: theme for theme in (
        Theme("plots", "map.view", _open(PlotVersion), {
            "ulid": "plot__ulid", "code": "code", "name": "name", "status": "status", "stage": "stage", "land_use": "land_use",
            "control_line": "control_line", "title_status": "title_status", "acquisition": "acquisition",
            "town": "division_code", "zone": "zone_code", "mu_e4": "surveyed_cm2",
        }, ("ulid", "code", "name"), ("code", "name", "zone", "mu_e4")),
        Theme("parcels", "map.view", _open(ParcelVersion), {
            "ulid": "parcel__ulid", "code": "parcel__code", "title_status": "title_status", "acquisition": "acquisition",
        }, ("ulid", "code"), ("code",)),
        Theme("buildings", "map.view", _open(BuildingVersion), {
            "ulid": "building__ulid", "code": "building__code", "name": "name", "floors": "floors",
        }, ("ulid", "name"), ("code", "name")),
        Theme("zones", "map.view", _open(Zone), {"code": "code", "name": "name", "kind": "kind"}, ("name", "kind")),
        Theme("divisions", "map.view", _open(Division), {"code": "code", "name": "name", "level": "level"}, ("name", "level")),
    )
}


def tile(request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """`/tiles/<layer>/{z}/{x}/{y}.pbf`: 200 with bytes (maybe none), 304, or 400 in a sentence."""
    theme = THEMES.get(layer)
    if theme is None or z > MAX_ZOOM:
        return HttpResponse(_("没有这个图层或级别。"), status=404, content_type="text/plain; charset=utf-8")
    try:
        box = tile_box(z, x, y)
    except ValueError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    tag = _tag(request.user, theme)
    if tag and request.headers.get("If-None-Match") == tag:
        return _headed(HttpResponseNotModified(), tag, "")
    kind, content = _content(request.user, theme, z, x, y, box)
    return _headed(HttpResponse(content, content_type="application/vnd.mapbox-vector-tile"), tag, kind)


def _headed(response: HttpResponse, tag: str, kind: str) -> HttpResponse:
    """A tile is one person's: no shared cache may keep it, and the browser asks again when the revision is the same."""
    if tag:
        response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie"
    if kind:
        response["X-Tenglong-Tile"] = kind
    return response


def _tag(user: Any, theme: Theme) -> str:
    """Changes with the data and with what the user may see. None for an enterprise: its rows follow its occupancies."""
    scope = scope_of(user, theme.verb)
    if scope.enterprise_ids:
        return ""
    seen = [
        scope.kind,
        scope.own_rows,
        *(sorted(map(str, part)) for part in (scope.divisions, scope.zones, scope.department_ids)),
    ]
    return f'"{theme.name}-{_revision(theme.name)}-{user.pk}-{hashlib.sha256(repr(seen).encode()).hexdigest()[:12]}"'


def revisions(request: HttpRequest) -> Twin:
    """`{"plots": 17, …}`: the number that tile addresses carry; 0 for a layer never written."""
    held = dict(scoped(request.user, Revision.objects.filter(layer__in=THEMES)).values_list("layer", "number"))
    response = Twin({name: held.get(name, 0) for name in THEMES})
    response["Cache-Control"] = "private, no-store"
    return response


def _revision(layer: str) -> int:
    found = run("SELECT number FROM registry_revision WHERE layer = %s", [layer])
    return int(found[0][0]) if found else 0


def _content(user: Any, theme: Theme, z: int, x: int, y: int, box: tuple[float, float, float, float]) -> tuple[str, bytes]:
    scope = scope_of(user, theme.verb)
    if scope.kind == "none":
        return theme.name, b""

    def of(*columns: str) -> Statement | None:
        """Rules read the scope and today's date alone: equal scopes on a day ask the same."""
        key = (theme.name, scope, timezone.localdate())
        placed = {f"{columns[0]}__isnull": False}
        return statements.of(key, lambda: scoped(user, theme.rows().filter(**placed), theme.verb), columns)

    if theme.name == "plots" and z < MAX_ZOOM - GRID_DEPTH:
        held = of("cell", "surveyed_cm2")
        if held and crowded(held, z, x, y, MOST):
            return "grid", encode_layers(z, x, y, [_grid(held, z, x, y)])
    rows = of("shape_id", *theme.read(z).values())
    return theme.name, encode_layers(z, x, y, [_full(theme, rows, z, box)]) if rows else b""


def _full(theme: Theme, rows: Statement, z: int, box: tuple[float, float, float, float]) -> Layer:
    """Every shape that meets the box, as it is."""
    wanted = theme.read(z)
    found = read(rows, box, NUMBERS)
    if found is None:
        return Layer(theme.name, np.zeros(0, dtype=object))
    attributes: dict[str, Column] = {name: found.columns[column] for name, column in wanted.items()}
    if "mu_e4" in wanted:
        attributes["mu_e4"] = _measured(attributes["mu_e4"])
    labels = theme.labels if set(theme.labels) <= set(wanted) else ()
    return Layer(theme.name, found.shapes, attributes, labels)


def _measured(column: Column) -> Column:
    """Rounded areas may meet, so the figures are counted anew."""
    return _mu_e4([column[row] for row in range(len(column.numbers))] if isinstance(column, Coded) else cast(Any, column))


def _mu_e4(column: Sequence[int | None]) -> list[int | None]:
    """cm² → mu × 10⁴, nearest."""
    up, down = MU_E4.numerator, MU_E4.denominator
    return [None if cm2 is None else (2 * cm2 * up + down) // (2 * down) for cm2 in column]


def _grid(rows: Statement, z: int, x: int, y: int) -> Layer:
    """Cells with the number of plots, their mu × 10⁴; counted where the centre of the box lies."""
    places, counts, areas = counted(rows, z, x, y, 1 << 2 * (DEPTH - z - GRID_DEPTH))
    across, down = deinterleave(places)
    side = EXTENT >> GRID_DEPTH
    shapes = squares((across - (x << GRID_DEPTH)) * side, (down - (y << GRID_DEPTH)) * side, side)
    return Layer("plots_grid", shapes, {"plots": counts.tolist(), "mu_e4": _mu_e4(areas.tolist())})
