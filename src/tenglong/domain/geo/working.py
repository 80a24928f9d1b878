"""A planar metre geometry to do topology in, and the way back to lon/lat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from tenglong.domain.geo import crs_names
from tenglong.domain.geo.shapes import Floats, Shapes, has_finite_coordinates, without


@dataclass(frozen=True)
class Working:
    """`shapes` are in metres of `crs`, moved by a whole-metre `origin`.

    The shift is lossless (subtracting a nearby whole number only frees bits of the mantissa), so corners that were shared
    stay shared, and zone-prefixed eastings such as 40 584 169 keep their last digits through overlay.
    """

    shapes: Shapes
    crs: str
    origin: tuple[float, float]
    planar_source: bool = True

    def lonlat(self, points: Floats) -> Floats:
        """(n, 2) working coordinates → (n, 2) lon/lat in EPSG:4490; NaN when nobody knows the CRS."""
        xy = np.asarray(points, dtype=float) + self.origin
        if not self.crs:
            return np.full_like(xy, np.nan)
        lon, lat = crs_names.transformer(self.crs, crs_names.LONLAT).transform(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat])


def transform(shapes: Shapes, source: str, target: str) -> Shapes:
    """Every coordinate moved from `source` to `target`, x = east; points outside the projection become infinite."""
    if crs_names.parse(source) == crs_names.parse(target):
        return shapes
    change = crs_names.transformer(source, target)
    moved: Shapes = shapely.transform(shapes, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    return moved


def planar_crs(shapes: Shapes, crs: str | None) -> str:
    """The file's own CRS when it measures metres on the ground, else the 3° zone of the middle of the data.

    Web Mercator is not taken: at 30° N its areas are a third too large.
    """
    if not crs:
        return ""
    parsed = crs_names.parse(crs)
    metric = parsed.is_projected and all(axis.unit_conversion_factor == 1 for axis in parsed.axis_info)
    if metric and parsed.to_epsg() != 3857:
        return crs
    x, y = middle(shapes)
    lon, _ = crs_names.transformer(crs, crs_names.LONLAT).transform(x, y)
    return crs_names.gk3(int(round(lon / 3)) * 3 if np.isfinite(lon) else 120)


def middle(shapes: Shapes) -> tuple[float, float]:
    """Median of the middles of the rows: a few rows far away (axes swapped, a slip of a digit) do not move it."""
    boxes = shapely.bounds(shapes)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return (float("nan"), float("nan"))
    return float(np.median(boxes[:, [0, 2]])), float(np.median(boxes[:, [1, 3]]))


def working(shapes: Shapes, crs: str | None, target: str | None = None, origin: tuple[float, float] | None = None) -> Working:
    """Shapes in metres. `target` and `origin` put a second data set into the frame of the first.

    Without any CRS the numbers are taken as metres as they stand.
    """
    plane = planar_crs(shapes, crs) if target is None else target
    flat = without(shapes, ~has_finite_coordinates(shapes))
    moved = transform(flat, crs, plane) if crs and plane else flat
    moved = without(moved, ~has_finite_coordinates(moved))
    shift = origin if origin is not None else _origin(moved)
    return Working(shapely.transform(moved, lambda xy: xy - shift), plane, shift, bool(crs) and plane == crs)


def _origin(shapes: Shapes) -> tuple[float, float]:
    box = shapely.total_bounds(shapes)
    return (float(np.floor(box[0])), float(np.floor(box[1]))) if np.isfinite(box).all() else (0.0, 0.0)
