"""Quantised rings and lines as MVT commands, feature by feature, without a Python loop over points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.tiles.frame import Geometries
from tenglong.store.tiles.varints import Ints, zigzag

MOVE, LINE, CLOSE = 1, 2, 7


@dataclass(frozen=True)
class Commands:
    """Command integers of all features in one row: feature i owns `values[starts[i]:starts[i + 1]]`, `owner[i]` its index."""

    values: Ints
    starts: Ints
    owner: Ints


@dataclass(frozen=True)
class Rings:
    """Rings of many polygons: whole tile units without the closing point, ring number per point; per ring whether it is an
    exterior, the polygon it belongs to and the feature. Rings of a feature stand together, exteriors before their holes."""

    points: Ints
    ring: Ints
    outer: NDArray[np.bool_]
    part: Ints
    owner: Ints

    def and_then(self, other: Rings) -> Rings:
        parts = int(self.part[-1]) + 1 if len(self.part) else 0
        return Rings(
            np.concatenate((self.points, other.points)), np.concatenate((self.ring, other.ring + len(self.outer))),
            np.concatenate((self.outer, other.outer)), np.concatenate((self.part, other.part + parts)),
            np.concatenate((self.owner, other.owner)),
        )


def squares(west: Ints, north: Ints, side: int) -> Rings:
    """One square per corner, in tile units."""
    count = len(west)
    corners = np.array([(0, 0), (side, 0), (side, side), (0, side)], dtype=np.int64)
    points = (np.column_stack((west, north))[:, None, :] + corners).reshape(-1, 2)
    number = np.arange(count)
    return Rings(points, np.repeat(number, 4), np.ones(count, dtype=bool), number, number)


def rings_of(geometries: Geometries, source: Ints) -> Rings:
    """Rings of polygons and multipolygons in tile units; `source` is the feature of each geometry."""
    parts, index = shapely.get_parts(geometries, return_index=True)
    solid = shapely.get_type_id(parts) == 3
    parts, index = parts[solid], index[solid]
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.r_[True, part[1:] != part[:-1]] if len(part) else np.zeros(0, dtype=bool)
    points, ring = _quantised(rings)
    return Rings(points, ring, outer, part.astype(np.int64), source[index[part]].astype(np.int64))


def polygons(found: Rings) -> Commands:
    """Commands of polygons (y down). Rings that vanish in the grid are dropped, with their feature when nothing is left;
    exteriors come out clockwise as seen (positive surveyor's area), holes the other way."""
    points, ring, area = _cleaned(found.points, found.ring, len(found.outer))
    alive = area != 0
    # a hole without its exterior is no hole
    dead = np.zeros(int(found.part[-1]) + 1 if len(found.part) else 0, dtype=bool)
    dead[found.part[found.outer & ~alive]] = True
    alive &= ~dead[found.part]
    points, ring, area, kept = _only(points, ring, area, alive)
    points = _turned(points, ring, (area > 0) != found.outer[kept])
    return _commands(points, ring, found.owner[kept])


def _quantised(rings: Any) -> tuple[Ints, Ints]:
    """Whole tile units without the closing point; index of the ring per point."""
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.r_[ring[1:] != ring[:-1], True] if len(ring) else np.zeros(0, dtype=bool)
    return np.rint(pairs[~last]).astype(np.int64), ring[~last].astype(np.int64)


def _cleaned(points: Ints, ring: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    """Repeated points out; doubled area per ring, positive when clockwise as seen; 0 for a ring of fewer than 3 points."""
    first = _first(ring)
    before = _rolled(points, ring, first)
    fresh = (points != before).any(axis=1)
    if not fresh.all():
        points, ring = points[fresh], ring[fresh]
        if not len(ring):
            return points, ring, np.zeros(count, np.int64)
        first = _first(ring)
        before = _rolled(points, ring, first)
    cross = before[:, 0] * points[:, 1] - points[:, 0] * before[:, 1]
    area = np.zeros(count, np.int64)
    np.add.at(area, ring[first], np.add.reduceat(cross, np.flatnonzero(first)))
    area[np.bincount(ring, minlength=count) < 3] = 0
    return points, ring, area


def _first(ring: Ints) -> NDArray[np.bool_]:
    return np.r_[True, ring[1:] != ring[:-1]] if len(ring) else np.zeros(0, dtype=bool)


def _rolled(points: Ints, ring: Ints, first: NDArray[np.bool_]) -> Ints:
    """The point before each, going round the ring."""
    before = np.roll(points, 1, axis=0)
    starts = np.flatnonzero(first)
    before[starts] = points[np.r_[starts[1:], len(ring)] - 1] if len(starts) else before[starts]
    return before


def _only(points: Ints, ring: Ints, area: Ints, alive: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints, Ints]:
    """Rings that live, numbered anew; the last value holds their old numbers."""
    kept = np.flatnonzero(alive)
    if len(kept) == len(alive):
        return points, ring, area, kept
    new = np.cumsum(alive) - 1
    stays = alive[ring]
    return points[stays], new[ring[stays]], area[kept], kept


def _turned(points: Ints, ring: Ints, wrong: NDArray[np.bool_]) -> Ints:
    """Points of the rings marked `wrong` in reverse."""
    if not wrong.any():
        return points
    starts = np.flatnonzero(_first(ring))
    ends = np.r_[starts[1:], len(ring)] - 1
    place = np.arange(len(ring))
    flipped = starts[ring] + ends[ring] - place
    return points[np.where(wrong[ring], flipped, place)]


def _commands(points: Ints, ring: Ints, feature_of_ring: Ints) -> Commands:
    """MoveTo(1) · LineTo(n - 1) · ClosePath per ring; the cursor runs through a feature and starts at 0 in the next."""
    if not len(ring):
        return Commands(np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64))
    first = _first(ring)
    starts = np.flatnonzero(first)
    count = np.diff(np.r_[starts, len(ring)])
    new_feature = np.r_[True, feature_of_ring[1:] != feature_of_ring[:-1]]
    previous = np.roll(points, 1, axis=0)
    # ClosePath leaves the cursor at the last point of the ring
    previous[starts[new_feature]] = 0
    delta = zigzag(points - previous)
    size = 2 * count + 3
    offset = np.r_[0, np.cumsum(size)]
    out = np.empty(int(offset[-1]), dtype=np.int64)
    within = np.arange(len(ring)) - starts[ring]
    # behind the first point stands the LineTo command
    at = offset[ring] + 1 + 2 * within + (within > 0)
    out[at], out[at + 1] = delta[:, 0], delta[:, 1]
    out[offset[:-1]] = MOVE | 1 << 3
    out[offset[:-1] + 3] = LINE | (count - 1) << 3
    out[offset[1:] - 1] = CLOSE | 1 << 3
    begins = np.flatnonzero(new_feature)
    return Commands(out, np.r_[offset[begins], offset[-1]], feature_of_ring[begins])


def points(pairs: NDArray[np.float64], owner: Ints) -> Commands:
    """One point per feature, in tile units."""
    whole = zigzag(np.rint(pairs).astype(np.int64).reshape(-1, 2))
    out = np.empty((len(whole), 3), dtype=np.int64)
    out[:, 0] = MOVE | 1 << 3
    out[:, 1:] = whole
    return Commands(out.ravel(), np.arange(len(whole) + 1, dtype=np.int64) * 3, owner)
