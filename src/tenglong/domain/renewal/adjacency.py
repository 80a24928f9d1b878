"""Which plots are neighbours: a shared edge, or facing fronts with nothing but a narrow road between.

From every edge one looks straight outwards. The part of the edge from which the first thing met, nearer than the road width,
is the front of another plot belongs to that pair. Diagonal corners do not face each other, and a plot that stands in between
hides what lies behind it. Edges that lie on each other (within TOUCH_M) count as shared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from tenglong.domain.geo.shapes import Floats, Ints, Mask, as_shapes, has_finite_coordinates, polygon_parts
from tenglong.domain.renewal.graph import Graph

#: two surveys of one boundary differ by this much (metres); overlaps up to OVERLAP_M are still a common boundary
TOUCH_M = 0.05
OVERLAP_M = 1.0
EDGES_AT_ONCE = 40_000
OWNERS = 1 << 31
SHOWN = 5
LEVEL = 1e-9


class UnusableShapes(ValueError):
    """Shapes that bound no area, or cross themselves; `places` are their indices."""

    def __init__(self, what: str, places: Ints) -> None:
        self.places = places
        shown = "、".join(str(place + 1) for place in places[:SHOWN].tolist())
        more = f" 等 {len(places)} 个" if len(places) > SHOWN else " 个"
        super().__init__(f"第 {shown}{more}地块{what}，不能判断相邻；请先用 tenglong check 检查并修好图形")


@dataclass(frozen=True)
class _Edges:
    """Straight boundary pieces with the plot on the left: start, unit direction, length, owner."""

    start: Floats
    along: Floats
    length: Floats
    owner: Ints
    over: Ints  # owner · OWNERS + other of every two plots that lie over each other, sorted

    def overlap(self, near: Ints, far: Ints) -> Mask:
        """Whether the plots of two edges lie over each other: only then is anything to be met inwards."""
        keys = self.owner[near].astype(np.int64) * OWNERS + self.owner[far]
        return np.isin(keys, self.over)

    @property
    def end(self) -> Floats:
        out: Floats = self.start + self.along * self.length[:, None]
        return out

    @property
    def outwards(self) -> Floats:
        return np.column_stack([self.along[:, 1], -self.along[:, 0]])

    def tree(self) -> shapely.STRtree:
        begin, end = self.start, self.end
        return shapely.STRtree(shapely.box(*np.minimum(begin, end).T, *np.maximum(begin, end).T))


@dataclass(frozen=True)
class _Views:
    """Stretches [low, high] of edge `edge` from which the front of plot `other` is met at distance near + slope · u."""

    edge: Ints
    other: Ints
    low: Floats
    high: Floats
    near: Floats
    slope: Floats


@dataclass(frozen=True)
class _Looks:
    """Stretches of `metres` along which plot `owner` meets plot `other` first; `touching` where nothing lies between."""

    owner: Ints
    other: Ints
    metres: Floats
    touching: Mask


def adjacency(shapes: Any, *, min_shared_m: float, road_m: float) -> Graph:
    """Neighbours among `shapes` (array of valid polygons or multipolygons in a metric plane, one per plot).

    Two plots are neighbours when the stretch along which they share an edge or face each other over a gap narrower than
    `road_m` is at least `min_shared_m` metres, seen from either side. Raises UnusableShapes.
    """
    if min_shared_m < 0 or road_m < 0:
        raise ValueError("最短共边和道路宽度须不小于 0 米")
    plots = as_shapes(shapes)
    _refuse_unusable(plots)
    edges = _edges_of(plots)
    tree = edges.tree()
    looks = [_look(edges, tree, first, road_m) for first in range(0, len(edges.owner), EDGES_AT_ONCE)]
    return _paired(len(plots), looks, min_shared_m)


def _refuse_unusable(plots: Any) -> None:
    missing = shapely.is_missing(plots) | shapely.is_empty(plots)
    areal = np.isin(shapely.get_type_id(plots), (3, 6))
    endless = ~has_finite_coordinates(plots)
    for what, wrong in (("没有图形", missing), ("不是面", ~missing & ~areal), ("的坐标不是有限的数", endless)):
        if wrong.any():
            raise UnusableShapes(what, np.flatnonzero(wrong))
    broken = ~shapely.is_valid(plots)
    if broken.any():
        raise UnusableShapes("图形自交或无效", np.flatnonzero(broken))


def _edges_of(plots: Any) -> _Edges:
    parts, row = polygon_parts(plots)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, step = points[:-1][same], np.diff(points, axis=0)[same]
    length = np.hypot(step[:, 0], step[:, 1])
    real = length > 0
    tree = shapely.STRtree(plots)
    one, two = np.hstack([tree.query(plots, predicate=how) for how in ("overlaps", "contains", "within")])
    over = np.unique(one.astype(np.int64) * OWNERS + two)
    return _Edges(start[real], step[real] / length[real, None], length[real], row[part[ring[:-1][same][real]]], over)


def _look(edges: _Edges, tree: shapely.STRtree, first: int, road_m: float) -> _Looks:
    """What is met from the edges first…first + EDGES_AT_ONCE."""
    rows = np.arange(first, min(first + EDGES_AT_ONCE, len(edges.owner)))
    edge, other, metres, distance = _nearest(_views(edges, tree, rows, max(road_m, TOUCH_M)))
    owner = edges.owner[edge]
    touching = distance <= TOUCH_M
    met = (owner != other) & (touching | (distance < road_m))
    return _Looks(owner[met], other[met], metres[met], touching[met])


def _views(edges: _Edges, tree: shapely.STRtree, rows: Ints, reach: float) -> _Views:
    """Every front that some stretch of an edge looks at within `reach`."""
    near, far = _candidates(edges, tree, rows, reach)
    facing = np.einsum("ij,ij->i", edges.along[near], edges.along[far]) < -LEVEL
    near, far = near[facing], far[facing]
    along, out = edges.along[near], edges.outwards[near]
    a, b = edges.start[far] - edges.start[near], edges.end[far] - edges.start[near]
    u_a, u_b = np.einsum("ij,ij->i", a, along), np.einsum("ij,ij->i", b, along)
    v_a, v_b = np.einsum("ij,ij->i", a, out), np.einsum("ij,ij->i", b, out)
    slope = (v_a - v_b) / (u_a - u_b)
    zero = v_a - slope * u_a
    low, high = np.clip(u_b, 0, None), np.minimum(u_a, edges.length[near])
    own = edges.owner[near] == edges.owner[far]  # at a sharp corner a plot's own far side lies just behind the edge
    least = np.where(own, 0.0, np.where(edges.overlap(near, far), -OVERLAP_M, -TOUCH_M))
    low, high = _within((low, high), zero, slope, (least, reach))
    kept = high > low
    return _Views(near[kept], edges.owner[far[kept]], low[kept], high[kept], zero[kept], slope[kept])


def _candidates(edges: _Edges, tree: shapely.STRtree, rows: Ints, reach: float) -> tuple[Ints, Ints]:
    """Pairs of edges whose boxes meet when the first is widened outwards by `reach` and inwards by OVERLAP_M."""
    begin, end, out = edges.start, edges.end, edges.outwards
    corners = np.stack([point[rows] + out[rows] * depth for point in (begin, end) for depth in (reach, -OVERLAP_M)])
    asked = shapely.box(*corners.min(axis=0).T, *corners.max(axis=0).T)
    near, far = tree.query(asked)
    return rows[near], far


def _within(span: tuple[Floats, Floats], zero: Floats, slope: Floats, limits: tuple[Floats, float]) -> tuple[Floats, Floats]:
    """Cut the spans to where least <= zero + slope · u <= most."""
    (low, high), (least, most) = span, limits
    flat = np.abs(slope) < LEVEL
    inside = (zero <= most) & (zero >= least)
    safe = np.where(flat, 1.0, slope)
    to_most, to_least = (most - zero) / safe, (least - zero) / safe
    low = np.where(flat, low, np.maximum(low, np.minimum(to_least, to_most)))
    high = np.where(flat, np.where(inside, high, low), np.minimum(high, np.maximum(to_least, to_most)))
    return low, high


def _nearest(views: _Views) -> tuple[Ints, Ints, Floats, Floats]:
    """Cut each edge at all ends of its views; on each piece the nearest front wins: edge, other, metres, distance."""
    order = np.argsort(views.edge, kind="stable")
    edge = views.edge[order]
    starts = np.flatnonzero(np.r_[True, edge[1:] != edge[:-1]]) if len(edge) else np.zeros(0, dtype=np.int64)
    size = np.diff(np.r_[starts, len(edge)])
    cuts, group = _cuts(views, order, starts, size)
    same = (group[1:] == group[:-1]) & (cuts[1:] > cuts[:-1])
    middle, piece, owner = ((cuts[1:] + cuts[:-1]) / 2)[same], np.diff(cuts)[same], group[:-1][same]
    reps = size[owner]
    which = np.repeat(np.arange(len(owner)), reps)
    view = order[np.arange(int(reps.sum())) - np.repeat(np.cumsum(reps) - reps, reps) + np.repeat(starts[owner], reps)]
    at = middle[which]
    covers = (views.low[view] < at) & (at < views.high[view])
    which, view, at = which[covers], view[covers], at[covers]
    distance = views.near[view] + views.slope[view] * at
    ranked = np.lexsort((views.other[view], distance, which))
    which, view, distance = which[ranked], view[ranked], distance[ranked]
    first = _firsts(which)
    return views.edge[view[first]], views.other[view[first]], piece[which[first]], distance[first]


def _cuts(views: _Views, order: Ints, starts: Ints, size: Ints) -> tuple[Floats, Ints]:
    """Ends of all views, sorted inside each edge, and the group (edge) each belongs to."""
    group = np.repeat(np.arange(len(starts)), size)
    ends = np.concatenate([views.low[order], views.high[order]])
    groups = np.concatenate([group, group])
    ranked = np.lexsort((ends, groups))
    return ends[ranked], groups[ranked]


def _firsts(values: Ints) -> Mask:
    first = np.ones(len(values), dtype=bool)
    first[1:] = values[1:] != values[:-1]
    return first


def _paired(n: int, looks: list[_Looks], min_shared_m: float) -> Graph:
    """Sum each direction, and keep the pairs of which one side looks long enough at the other."""
    if not looks:
        return Graph.of(n, [])
    owner, other, metres, touching = (
        np.concatenate([getattr(look, name) for look in looks]) for name in ("owner", "other", "metres", "touching"))
    names, place = np.unique(owner.astype(np.int64) * n + other, return_inverse=True)
    met = np.bincount(place, weights=metres, minlength=len(names))
    shared = np.bincount(place, weights=np.where(touching, metres, 0.0), minlength=len(names))
    long = met >= max(min_shared_m, LEVEL)
    return Graph.of(n, np.column_stack([names // max(n, 1), names % max(n, 1)])[long], shared[long])
