"""Narrow ground that belongs to nobody: enclosed gaps, and gaps between two rows that face each other.

An edge with a row on both sides cannot bound uncovered ground, so it is dropped first (exact equality of corners).
What is left is noded and polygonised: a face whose inner point lies in no row is an enclosed gap. On clean data little is left,
and on bad data the cost is that of noding the remaining edges; the number of gaps is at most the number of faces.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from tenglong.domain.geo.shapes import Floats, Ints, Shapes, polygon_parts

#: boundary counts as shared with a gap within a millimetre
TOUCH = 0.001
#: rows that only meet at corners have less than two gap widths of boundary near each other
FACING_WIDTHS = 3.0


@dataclass(frozen=True)
class Gap:
    """`rows` by falling length of common boundary; `width` is 2 × area ÷ perimeter (m)."""

    rows: tuple[int, ...]
    area: float
    width: float
    place: tuple[float, float]
    lengths: tuple[float, ...] = field(default=(), compare=False)


def find(shapes: Shapes, max_width: float, min_area: float) -> list[Gap]:
    """All gaps not wider than `max_width` m and not smaller than `min_area` m², ordered by row."""
    rows = np.flatnonzero(~shapely.is_missing(shapes))
    if len(rows) == 0 or max_width <= 0:
        return []
    edges, owner = _free_edges(shapes)
    tree = shapely.STRtree(shapes[rows])
    enclosed = _uncovered_faces(edges, tree, max_width, min_area)
    gaps = _described(enclosed, shapes, rows, tree)
    gaps += _facing(shapes, np.unique(owner), tree, enclosed, max_width, min_area)
    return sorted(gaps, key=lambda gap: (gap.rows, gap.place))


def _free_edges(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Edges that have no row on their other side, as two-point lines, and the row of each."""
    parts, owner = polygon_parts(shapes)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    _, node = np.unique(coordinates[:, 0] + 1j * coordinates[:, 1], return_inverse=True)
    a, b = node[starts].astype(np.int64), node[starts + 1].astype(np.int64)
    forward, backward = a * len(node) + b, b * len(node) + a
    keep = ~np.isin(forward, backward) & (a != b)
    _, once = np.unique(forward[keep], return_index=True)
    kept = starts[keep][once]
    ends = np.stack([coordinates[kept], coordinates[kept + 1]], axis=1)
    return shapely.linestrings(ends) if len(kept) else np.zeros(0, dtype=object), owner[part[ring[starts[keep]]]]


def _uncovered_faces(edges: Shapes, tree: shapely.STRtree, max_width: float, min_area: float) -> Shapes:
    if not len(edges):
        return np.zeros(0, dtype=object)
    noded = shapely.get_parts(shapely.union_all(edges))
    faces = shapely.get_parts(shapely.polygonize(noded))
    area = shapely.area(faces)
    narrow = faces[(area >= min_area) & (mean_width(faces) <= max_width)]
    covered = tree.query(shapely.point_on_surface(narrow), predicate="intersects")[0]
    open_ground: Shapes = np.delete(narrow, np.unique(covered))
    return open_ground


def mean_width(polygons: Shapes) -> Floats:
    """2 × area ÷ perimeter: the width of a strip, half the side of a square; 0 for nothing."""
    perimeter = shapely.length(polygons)
    width: Floats = np.divide(2 * shapely.area(polygons), perimeter, out=np.zeros(len(polygons)), where=perimeter > 0)
    return width


def _described(faces: Shapes, shapes: Shapes, rows: Ints, tree: shapely.STRtree) -> list[Gap]:
    near = tree.query(faces, predicate="dwithin", distance=TOUCH)
    boundary, around = shapely.boundary(faces)[near[0]], shapely.buffer(shapes[rows][near[1]], TOUCH, quad_segs=2)
    length = shapely.length(shapely.intersection(boundary, around))
    order = np.lexsort((rows[near[1]], -np.round(length, 3), near[0]))
    places = shapely.get_coordinates(shapely.point_on_surface(faces))
    areas, widths = shapely.area(faces), mean_width(faces)
    starts = np.searchsorted(near[0][order], np.arange(len(faces) + 1))
    out = []
    for face in range(len(faces)):
        mine = order[starts[face]:starts[face + 1]]
        touching = mine[length[mine] > TOUCH * 4]
        out.append(Gap(tuple(rows[near[1][touching]].tolist()), float(areas[face]), float(widths[face]),
                       (float(places[face, 0]), float(places[face, 1])), tuple(length[touching].tolist())))
    return out


def _facing(shapes: Shapes, candidates: Ints, tree: shapely.STRtree, enclosed: Shapes, max_width: float, min_area: float
            ) -> list[Gap]:
    """Two rows along each other at most `max_width` apart, the strip between them open at an end."""
    own = shapely.STRtree(shapes[candidates])
    near = own.query(shapes[candidates], predicate="dwithin", distance=max_width)
    first, second = candidates[near[0]], candidates[near[1]]
    keep = first < second
    first, second = first[keep], second[keep]
    apart = shapely.distance(shapes[first], shapes[second])
    first, second = first[apart > TOUCH], second[apart > TOUCH]
    side, length = _side(shapes[first], shapes[second], max_width)
    other = _side(shapes[second], shapes[first], max_width)[1]
    keep = np.minimum(length, other) >= FACING_WIDTHS * max_width
    first, second, side, length = first[keep], second[keep], side[keep], np.minimum(length, other)[keep]
    bridge = shapely.shortest_line(_middle(side), shapes[second])
    middle = shapely.line_interpolate_point(bridge, 0.5, normalized=True)
    width = shapely.length(bridge)
    taken = np.zeros(len(first), dtype=bool)
    taken[tree.query(middle, predicate="intersects")[0]] = True
    if len(enclosed):
        taken[shapely.STRtree(enclosed).query(middle, predicate="intersects")[0]] = True
    taken |= (width <= TOUCH) | (width > max_width) | (width * length < min_area)
    places = shapely.get_coordinates(middle)
    return [Gap((int(first[i]), int(second[i])), float(width[i] * length[i]), float(width[i]),
                (float(places[i, 0]), float(places[i, 1]))) for i in np.flatnonzero(~taken)]


def _side(a: Shapes, b: Shapes, width: float) -> tuple[Shapes, Floats]:
    """The part of the boundary of `a` within `width` of `b`, and its length."""
    side = shapely.intersection(shapely.boundary(a), shapely.buffer(b, width, quad_segs=4))
    return side, shapely.length(side)


def _middle(lines: Shapes) -> Shapes:
    """A point in the middle of the longest piece of each (multi)line."""
    merged = shapely.line_merge(lines)
    parts, owner = shapely.get_parts(merged, return_index=True)
    order = np.lexsort((shapely.length(parts), owner))
    last = np.flatnonzero(np.diff(owner[order], append=-1))
    longest: Shapes = parts[order][last]
    points: Shapes = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    return points
