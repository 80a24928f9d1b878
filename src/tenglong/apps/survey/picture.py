"""Small pictures drawn on the server: where the file lies, and where its defects are. They need neither WebGL nor a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from tenglong.apps.survey.models import ImportBatch
from tenglong.domain.geo.crs_names import LONLAT, transformer

WIDTH, HEIGHT, MARGIN = 640, 360, 12
MOST_POINTS = 1_500


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    tone: str = "error"
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class Picture:
    """SVG path data of outlines and shapes, and dots, in a box of WIDTH × HEIGHT."""

    outlines: str
    shapes: str
    dots: tuple[Dot, ...]
    extent: str
    width: int = WIDTH
    height: int = HEIGHT


class Frame:
    """lon/lat → picture, the degree of longitude shortened at this latitude, north up."""

    def __init__(self, box: Sequence[float]) -> None:
        minx, miny, maxx, maxy = box
        self.squeeze = float(np.cos(np.radians((miny + maxy) / 2))) or 1.0
        wide, high = max((maxx - minx) * self.squeeze, 1e-6), max(maxy - miny, 1e-6)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self.left, self.top = minx, maxy
        self.dx = (WIDTH - wide * self.scale) / 2
        self.dy = (HEIGHT - high * self.scale) / 2

    def points(self, lonlat: Any) -> Any:
        xy = np.asarray(lonlat, dtype=float).reshape(-1, 2)
        x = (xy[:, 0] - self.left) * self.squeeze * self.scale + self.dx
        y = (self.top - xy[:, 1]) * self.scale + self.dy
        return np.round(np.column_stack([x, y]), 1)

    def path(self, shapes: Sequence[Any]) -> str:
        """Rings as one `d` attribute; too many points are thinned."""
        parts = []
        for shape in shapes:
            for ring in shapely.get_rings(shapely.simplify(shape, 1 / self.scale)):
                places = self.points(shapely.get_coordinates(ring))
                parts.append("M" + "L".join(f"{x} {y}" for x, y in places) + "Z")
        return "".join(parts)


def of_candidate(batch: ImportBatch, outlines: Sequence[Any]) -> Picture | None:
    """The file's points where the chosen (else the best) system puts them, among the county's towns."""
    best = next((one for one in batch.crs_candidates if one["id"] == batch.crs), None) or next(iter(batch.crs_candidates), None)
    table = next((one for one in batch.tables if one["name"] == batch.table_name), None)
    if best is None or table is None:
        return None
    points = np.asarray(table["points"] or [], dtype=float).reshape(-1, 2)
    if len(points):
        crs, _bar, swapped = str(best["id"]).partition("|")
        xy = points[:, ::-1] if swapped else points
        lon, lat = transformer(crs, LONLAT).transform(xy[:, 0], xy[:, 1])
        points = np.column_stack([lon, lat])
    else:
        points = np.array([[best["lon"], best["lat"]]])
    return draw(outlines, [], [(lon, lat, "ok", "", "") for lon, lat in points])


def draw(outlines: Sequence[Any], shapes: Sequence[Any], dots: Sequence[tuple[float, float, str, str, str]]) -> Picture | None:
    """`dots`: lon, lat, tone, title, link. None when there is nothing to show."""
    focus = [shape for shape in shapes if shape is not None]
    places = np.array([dot[:2] for dot in dots], dtype=float).reshape(-1, 2)
    boxes = [shapely.total_bounds(focus)] if focus else []
    boxes += [np.concatenate([places.min(axis=0), places.max(axis=0)])] if len(places) else []
    if not boxes:
        return None
    table = np.array(boxes)
    box = [*table[:, :2].min(axis=0), *table[:, 2:].max(axis=0)]
    pad = max(box[2] - box[0], box[3] - box[1], 0.002) * 0.08
    frame = Frame((box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad))
    put = frame.points(places)
    marks = tuple(Dot(float(x), float(y), dot[2], dot[3], dot[4]) for (x, y), dot in zip(put, dots, strict=True))
    extent = f"{box[0]:.4f}–{box[2]:.4f}°E，{box[1]:.4f}–{box[3]:.4f}°N"
    return Picture(frame.path(outlines), frame.path(focus), marks[:MOST_POINTS], extent)
