"""Map tiles of the register: the rows that the acting user may see, live from the database.

A tile of plots that holds more than `MOST` of them carries grid cells instead, counted through an index alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scope_of, scoped
from tenglong.apps.registry.models import BuildingVersion, Division, ParcelVersion, PlotVersion, Revision, Zone
from tenglong.domain.units import AREA_UNITS
from tenglong.store.cells import DEPTH, cell_range, deinterleave
from tenglong.store.spatial import store
from tenglong.store.tiles import Layer, encode_layers, tile_box

#: plots in a tile above which it is served as a grid
MOST: Final = 4_000
#: a grid tile has 2^5 × 2^5 cells
GRID_DEPTH: Final = 5
MAX_ZOOM: Final = 20
#: below this zoom a tile carries what colours a shape and its ulid, no text and no labels: nobody could read them
DETAIL_ZOOM: Final = 14
#: cm² → mu × 10⁴ as a fraction
MU_E4: Final = 10_000 / AREA_UNITS["mu"]

Row = Sequence[Any]


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


def revisions(request: HttpRequest) -> JsonResponse:
    """`{"plots": 17, …}`: the number that tile addresses carry; 0 for a layer never written."""
    held = dict(scoped(request.user, Revision.objects.filter(layer__in=THEMES)).values_list("layer", "number"))
    response = JsonResponse({name: held.get(name, 0) for name in THEMES})
    response["Cache-Control"] = "private, no-store"
    return response


def _revision(layer: str) -> int:
    return Revision.objects.filter(layer=layer).values_list("number", flat=True).first() or 0


def _content(user: Any, theme: Theme, z: int, x: int, y: int, box: tuple[float, float, float, float]) -> tuple[str, bytes]:
    rows = scoped(user, theme.rows(), theme.verb)
    if theme.name == "plots" and z < MAX_ZOOM - GRID_DEPTH and _crowded(rows, z, x, y):
        return "grid", encode_layers(z, x, y, [_grid(rows, z, x, y)])
    return theme.name, encode_layers(z, x, y, [_full(theme, rows, z, box)])


def _crowded(rows: QuerySet[Any], z: int, x: int, y: int) -> bool:
    """More than MOST plots have their centre in the tile; counts no further than that, in the index alone."""
    first, end = cell_range(z, x, y)
    inside = rows.filter(cell__gte=first, cell__lt=end).order_by()
    return bool(inside.values("cell")[MOST : MOST + 1])


def _full(theme: Theme, rows: QuerySet[Any], z: int, box: tuple[float, float, float, float]) -> Layer:
    """Every shape that meets the box, as it is."""
    wanted = theme.read(z)
    found = _with_shapes(rows.values_list("shape_id", *wanted.values()), box)
    if not found:
        return Layer(theme.name, np.zeros(0, dtype=object))
    columns = list(zip(*found, strict=True))
    attributes = {
        name: _mu_e4(column) if name == "mu_e4" else _text(column) for name, column in zip(wanted, columns[1:-1], strict=True)
    }
    labels = theme.labels if set(theme.labels) <= set(wanted) else ()
    return Layer(theme.name, columns[-1], attributes, labels)


def _mu_e4(column: Sequence[int | None]) -> list[int | None]:
    """cm² → mu × 10⁴, nearest."""
    up, down = MU_E4.numerator, MU_E4.denominator
    return [None if cm2 is None else (2 * cm2 * up + down) // (2 * down) for cm2 in column]


def _text(column: Sequence[Any]) -> Sequence[Any]:
    """Empty text is no attribute: the tile stays small."""
    return [None if value == "" else value for value in column]


def _with_shapes(rows: QuerySet[Any], box: tuple[float, float, float, float]) -> list[Row]:
    """Columns of `rows` (shape_id first) with the WKB of their shape behind, for shapes whose box meets `box`."""
    near, near_params = store().ids_sql(box)
    sql, params = rows.filter(shape_id__isnull=False).order_by().query.sql_with_params()
    column = re.match(r'SELECT ("\w+"\."shape_id")', sql)
    assert column is not None, sql
    inner = f"{sql} AND {column[1]} IN ({near})"
    with connection.cursor() as cursor:
        whole = f"SELECT v.*, s.wkb FROM ({_named(inner)}) v JOIN store_shape s ON s.id = v.shape_id"  # noqa: S608
        cursor.execute(whole, [*params, *near_params])
        return (
            [(*row[:-1], bytes(row[-1])) for row in cursor.fetchall()]
            if connection.vendor == "postgresql"
            else cursor.fetchall()
        )


def _named(sql: str) -> str:
    """Each selected column under a name of its own: two tables may both have a `code`."""
    head, tail = sql[len("SELECT "):].split(" FROM ", 1)
    listed = head.split(", ")
    names = ["shape_id", *(f"c{index}" for index in range(1, len(listed)))]
    picked = ", ".join(f"{re.sub(r' AS .*', '', column)} AS {name}" for column, name in zip(listed, names, strict=True))
    return f"SELECT {picked} FROM {tail}"  # noqa: S608


def _grid(rows: QuerySet[Any], z: int, x: int, y: int) -> Layer:
    """Cells with the number of plots, their mu × 10⁴; counted where the centre of the box lies."""
    first, end = cell_range(z, x, y)
    size = 1 << 2 * (DEPTH - z - GRID_DEPTH)
    sql, params = (
        rows.filter(cell__gte=first, cell__lt=end).order_by().values_list("cell", "surveyed_cm2").query.sql_with_params()
    )
    whole = f"SELECT cell / {size} AS place, count(*), sum(surveyed_cm2) FROM ({sql}) t GROUP BY 1"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(whole, params)
        found = cursor.fetchall()
    places, counts, areas = (np.array(column) for column in zip(*found, strict=True))
    across, down = deinterleave(places.astype(np.int64))
    side = 1 << z + GRID_DEPTH
    west, east = across / side * 360 - 180, (across + 1) / side * 360 - 180
    north, south = _latitudes(down / side), _latitudes((down + 1) / side)
    attributes: dict[str, Sequence[Any]] = {
        "plots": [int(count) for count in counts],
        "mu_e4": _mu_e4([int(cm2 or 0) for cm2 in areas]),
    }
    return Layer("plots_grid", shapely.box(west, south, east, north), attributes)


def _latitudes(fraction: Any) -> Any:
    return np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * fraction))))
