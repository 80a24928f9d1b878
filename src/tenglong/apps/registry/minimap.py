"""Small maps as SVG drawn by the server: no WebGL, no script, the same on paper."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from django.urls import reverse
from shapely.geometry.base import BaseGeometry

from tenglong.apps.registry import queries
from tenglong.store.spatial import read, store

WIDTH, HEIGHT = 400.0, 260.0
MOST_NEIGHBOURS = 400


@dataclass(frozen=True)
class Frame:
    """Degrees → picture: x shrinks by the cosine of the latitude, y points down."""

    minx: float
    maxy: float
    scale: float
    squeeze: float

    def path(self, shape: BaseGeometry) -> str:
        """SVG path data of a polygon or multipolygon, one decimal."""
        rings: list[str] = []
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type != "Polygon":
                continue
            for ring in (part.exterior, *part.interiors):
                points = " ".join(f"{self.x(lon):.1f},{self.y(lat):.1f}" for lon, lat, *_rest in ring.coords)
                rings.append(f"M{points}Z")
        return "".join(rings)

    def x(self, lon: float) -> float:
        return (lon - self.minx) * self.scale * self.squeeze

    def y(self, lat: float) -> float:
        return (self.maxy - lat) * self.scale


def frame_of(
    box: tuple[float, float, float, float], width: float = WIDTH, height: float = HEIGHT, margin: float = 0.35
) -> Frame:
    """A frame that shows `box` in the middle with `margin` of its size around."""
    minx, miny, maxx, maxy = box
    squeeze = math.cos(math.radians((miny + maxy) / 2))
    wide, high = max((maxx - minx) * squeeze, 1e-6) * (1 + 2 * margin), max(maxy - miny, 1e-6) * (1 + 2 * margin)
    scale = min(width / wide, height / high)
    left = (minx + maxx) / 2 - width / scale / squeeze / 2
    top = (miny + maxy) / 2 + height / scale / 2
    return Frame(left, top, scale, squeeze)


def of_plot(user: Any, version: Any) -> dict[str, Any] | None:
    """The plot and the neighbours that the user may see; None without a boundary."""
    if version.shape_id is None:
        return None
    own = read([version.shape_id]).get(version.shape_id)
    if own is None:
        return None
    shape = shapely.from_wkb(own)
    frame = frame_of(shape.bounds)
    return {"width": WIDTH, "height": HEIGHT, "here": frame.path(shape), "others": _neighbours(user, version, frame)}


def _neighbours(user: Any, version: Any, frame: Frame) -> list[dict[str, str]]:
    box = (frame.minx, frame.maxy - HEIGHT / frame.scale, frame.minx + WIDTH / frame.scale / frame.squeeze, frame.maxy)
    found = {number: wkb for number, wkb in store().in_box("plots", box)[:MOST_NEIGHBOURS] if number != version.shape_id}
    seen = queries.plots(user).filter(shape_id__in=list(found)).values_list("shape_id", "plot__ulid", "code", "name")
    return [
        {
            "path": frame.path(shapely.from_wkb(bytes(found[number]))),
            "label": name or code,
            "url": reverse("registry:plot", args=[ulid]),
        }
        for number, ulid, code, name in seen
        if number is not None
    ]


@dataclass(frozen=True)
class Drawn:
    """One plot of an overview."""

    wkb: bytes
    label: str
    url: str
    colour: str


def overview(
    plots: Iterable[Drawn], outlines: Iterable[bytes] = (), width: float = 1000, height: float = 700
) -> dict[str, Any]:
    """Many plots in one picture, for browsers without WebGL."""
    drawn = [(shapely.from_wkb(plot.wkb), plot) for plot in plots]
    borders = [shapely.from_wkb(wkb) for wkb in outlines]
    west, south, east, north = shapely.total_bounds([shape for shape, _plot in drawn] or borders or [shapely.Point(120, 30)])
    frame = frame_of((float(west), float(south), float(east), float(north)), width, height, 0.05)
    return {
        "width": width,
        "height": height,
        "borders": [frame.path(shape) for shape in borders],
        "plots": [
            {"path": frame.path(shape), "label": plot.label, "url": plot.url, "colour": plot.colour} for shape, plot in drawn
        ],
    }
