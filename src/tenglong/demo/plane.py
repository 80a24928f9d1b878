"""Plane geometry in metres (CGCS2000, 3° Gauss-Krüger, central meridian 120°E) and its way to lon/lat.

Neighbours share every vertex of a common edge, so no projection can open a sliver between them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import Polygon

Point = tuple[float, float]
Ring = list[Point]
PLANE = "EPSG:4549"
GEOGRAPHIC = "EPSG:4490"
GRID = 3  # decimals of a metre kept: millimetres

_to_geographic = Transformer.from_crs(PLANE, GEOGRAPHIC, always_xy=True)
_to_plane = Transformer.from_crs(GEOGRAPHIC, PLANE, always_xy=True)
_ellipsoid = Geod(ellps="GRS80", f=1 / 298.257222101)


def to_lonlat(shapes: Sequence[shapely.Geometry]) -> list[Polygon]:
    """Plane metres → lon/lat, all shapes in one projection call."""
    return list(shapely.transform(np.array(shapes, dtype=object), _geographic))


def _geographic(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(_to_geographic.transform(xy[:, 0], xy[:, 1]))


def plane_point(lon: float, lat: float) -> Point:
    x, y = _to_plane.transform(lon, lat)
    return float(x), float(y)


def geodesic_cm2(shape: Polygon) -> int:
    """Area on the ellipsoid of a lon/lat polygon in whole cm²."""
    area, _ = _ellipsoid.geometry_area_perimeter(shape)
    return round(abs(area) * 10_000)


def ring_area(ring: Ring) -> float:
    """Signed area (shoelace)."""
    xy = np.array(ring)
    return float(np.dot(xy[:, 0], np.roll(xy[:, 1], -1)) - np.dot(np.roll(xy[:, 0], -1), xy[:, 1])) / 2


def halve(ring: Ring, angle: float, ratio: float) -> tuple[Ring, Ring]:
    """Cut a convex ring across direction `angle` (radians), leaving about `ratio` of its length on the first side."""
    normal = np.array([np.cos(angle), np.sin(angle)])
    along = np.array(ring) @ normal
    level = along.min() + (along.max() - along.min()) * ratio
    first: Ring = []
    second: Ring = []
    for index, point in enumerate(ring):
        following = (index + 1) % len(ring)
        here, there = along[index] - level, along[following] - level
        (first if here <= 0 else second).append(point)
        if (here <= 0) != (there <= 0):
            part = here / (here - there)
            crossing = tuple(a + (b - a) * part for a, b in zip(point, ring[following], strict=True))
            first.append(crossing)
            second.append(crossing)
    return first, second


def divide(ring: Ring, count: int, rng: np.random.Generator) -> list[Ring]:
    """`count` convex pieces by slightly skew cuts across the longer side."""
    if count == 1:
        return [ring]
    left = count // 2
    xy = np.array(ring)
    width, height = np.ptp(xy, axis=0)
    angle = (0.0 if width >= height else np.pi / 2) + rng.uniform(-0.04, 0.04)
    first, second = halve(ring, angle, left / count * rng.uniform(0.86, 1.14))
    return divide(first, left, rng) + divide(second, count - left, rng)


def shrink(ring: Ring, factor: float) -> Ring:
    """The ring drawn evenly towards its middle: inside it when it is convex and `factor` is below 1."""
    xy = np.array(ring)
    middle = xy.mean(axis=0)
    return [(float(x), float(y)) for x, y in middle + (xy - middle) * factor]


def place(ring: Ring, scale: float, angle: float, origin: Point) -> Ring:
    """Scaled, turned and moved, rounded to the millimetre grid."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    xy = np.round((np.array(ring) * scale) @ turn.T + np.array(origin), GRID)
    return [(float(x), float(y)) for x, y in xy]


def node(rings: Sequence[Ring], tolerance: float = 0.004) -> list[Ring]:
    """Insert every vertex of the others that lies on an edge: neighbours then share vertices exactly."""
    points = np.unique(np.array([point for ring in rings for point in ring]), axis=0)
    return [_node_one(ring, points, tolerance) for ring in rings]


def _node_one(ring: Ring, points: np.ndarray, tolerance: float) -> Ring:
    out: Ring = []
    for index, start in enumerate(ring):
        out.append(start)
        a, b = np.array(start), np.array(ring[(index + 1) % len(ring)])
        edge = b - a
        length = float(np.hypot(*edge))
        if length == 0:
            continue
        along = (points - a) @ edge / length
        off = np.abs((points[:, 0] - a[0]) * edge[1] - (points[:, 1] - a[1]) * edge[0]) / length
        on_edge = (off <= tolerance) & (along > tolerance) & (along < length - tolerance)
        order = np.argsort(along[on_edge])
        out += [(float(x), float(y)) for x, y in points[on_edge][order]]
    return out
