"""Quantised rings and lines as MVT commands, feature by feature, without a Python loop over points.

Across and down are two arrays, not one of pairs: every step runs along memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.tiles.frame import Geometries
from tenglong.store.tiles.varints import Ints, Units, gaps, offsets, zigzag

MOVE, LINE, CLOSE = 1, 2, 7
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Commands:
    """Command integers of all features in one row: feature i owns `values[starts[i]:starts[i + 1]]`, `owner[i]` its index."""

    values: Units
    starts: Ints
    owner: Ints


@dataclass(frozen=True)
class Rings:
    """Rings of many polygons: whole tile units without the closing point, ring after ring; per ring how many points it has,
    whether it is an exterior, the polygon it belongs to and the feature. Rings of a feature stand together, exteriors before
    their holes."""

    x: Units
    y: Units
    count: Ints
    outer: Flags
    part: Ints
    owner: Ints

    @staticmethod
    def plain(x: Units, y: Units, count: Ints, owner: Ints) -> Rings:
        """One exterior per feature."""
        return Rings(x, y, count, np.ones(len(count), dtype=bool), np.arange(len(count)), owner)

    def and_then(self, other: Rings) -> Rings:
        parts = int(self.part[-1]) + 1 if len(self.part) else 0
        return Rings(
            np.concatenate((self.x, other.x)), np.concatenate((self.y, other.y)), np.concatenate((self.count, other.count)),
            np.concatenate((self.outer, other.outer)), np.concatenate((self.part, other.part + parts)),
            np.concatenate((self.owner, other.owner)),
        )

    def only(self, kept: Flags) -> Rings:
        """These rings alone."""
        if kept.all():
            return self
        stays = np.repeat(kept, self.count)
        return Rings(self.x[stays], self.y[stays], self.count[kept], self.outer[kept], self.part[kept], self.owner[kept])

    def points(self, kept: Flags) -> Rings:
        """These points alone; a ring may be left with none."""
        if kept.all():
            return self
        count = gaps(offsets(kept)[offsets(self.count)])
        return Rings(self.x[kept], self.y[kept], count, self.outer, self.part, self.owner)


def squares(west: Ints, north: Ints, side: int) -> Rings:
    """One square per corner, in tile units."""
    x = (west[:, None] + np.array([0, side, side, 0])).astype(np.int32)
    y = (north[:, None] + np.array([0, 0, side, side])).astype(np.int32)
    return Rings.plain(x.ravel(), y.ravel(), np.full(len(west), 4), np.arange(len(west)))


def rings_of(geometries: Geometries, source: Ints) -> Rings:
    """Rings of polygons and multipolygons in tile units; `source` is the feature of each geometry."""
    parts, index = shapely.get_parts(geometries, return_index=True)
    solid = shapely.get_type_id(parts) == 3
    parts, index = parts[solid], index[solid]
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.r_[True, part[1:] != part[:-1]] if len(part) else np.zeros(0, dtype=bool)
    x, y, count = _quantised(rings)
    return Rings(x, y, count, outer, part.astype(np.int64), source[index[part]].astype(np.int64))


def polygons(found: Rings) -> Commands:
    """Commands of polygons (y down). Rings that vanish in the grid are dropped, with their feature when nothing is left;
    exteriors come out clockwise as seen (positive surveyor's area), holes the other way."""
    held, area = _cleaned(found)
    return _commands(_turned(held, (area > 0) != held.outer))


def _quantised(rings: Any) -> tuple[Units, Units, Ints]:
    """Whole tile units without the closing point; points per ring."""
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    count = np.bincount(ring, minlength=len(rings))
    inner = np.ones(len(pairs), dtype=bool)
    inner[offsets(count)[1:] - 1] = False
    whole = np.rint(pairs[inner]).astype(np.int32)
    return np.ascontiguousarray(whole[:, 0]), np.ascontiguousarray(whole[:, 1]), np.maximum(count - 1, 0)


def _cleaned(found: Rings) -> tuple[Rings, Ints]:
    """Repeated points out, then rings that enclose nothing, then holes without their exterior; doubled area per ring,
    positive when clockwise as seen."""
    starts = offsets(found.count)
    found = found.points((found.x != before(found.x, starts)) | (found.y != before(found.y, starts)))
    found = found.only(found.count >= 3)
    area = areas(found)
    alive = area != 0
    if alive.all():
        return _with_exterior(found, area)
    return _with_exterior(found.only(alive), area[alive])


def _with_exterior(found: Rings, area: Ints) -> tuple[Rings, Ints]:
    if found.outer.all():
        return found, area
    has = np.zeros(int(found.part[-1]) + 1, dtype=bool)
    has[found.part[found.outer]] = True
    kept = has[found.part]
    return found.only(kept), area[kept]


def before(line: Units, starts: Ints) -> Units:
    """The value of the point before each, going round its ring."""
    out = np.empty_like(line)
    out[1:] = line[:-1]
    held = starts[:-1] < starts[1:]
    out[starts[:-1][held]] = line[starts[1:][held] - 1]
    return out


def areas(found: Rings) -> Ints:
    """Doubled area of each ring, positive when clockwise as seen. No ring may be empty."""
    if not len(found.count):
        return np.zeros(0, dtype=np.int64)
    starts = offsets(found.count)
    cross = before(found.x, starts) * found.y
    cross -= found.x * before(found.y, starts)
    out: Ints = np.add.reduceat(cross, starts[:-1], dtype=np.int64)
    return out


def _turned(found: Rings, wrong: Flags) -> Rings:
    """The rings marked `wrong` in reverse."""
    if not wrong.any():
        return found
    ends = offsets(found.count)
    place = np.arange(len(found.x))
    flipped = np.repeat(ends[:-1] + ends[1:] - 1, found.count) - place
    order = flipped if wrong.all() else np.where(np.repeat(wrong, found.count), flipped, place)
    return Rings(found.x[order], found.y[order], found.count, found.outer, found.part, found.owner)


def _commands(found: Rings) -> Commands:
    """MoveTo(1) · LineTo(n - 1) · ClosePath per ring; the cursor runs through a feature and starts at 0 in the next."""
    if not len(found.x):
        return Commands(np.zeros(0, np.int32), np.zeros(1, np.int64), np.zeros(0, np.int64))
    starts = offsets(found.count)[:-1]
    begins = np.flatnonzero(np.r_[True, found.owner[1:] != found.owner[:-1]])
    offset = offsets(2 * found.count + 3)
    out = np.empty(int(offset[-1]), dtype=np.int32)
    # behind the first point stands the LineTo command
    at = np.repeat(offset[:-1] - 2 * starts + 2, found.count)
    at += np.arange(0, 2 * len(found.x), 2)
    at[starts] -= 1
    out[at] = zigzag(_steps(found.x, starts[begins]))
    at += 1
    out[at] = zigzag(_steps(found.y, starts[begins]))
    out[offset[:-1]] = MOVE | 1 << 3
    out[offset[:-1] + 3] = LINE | (found.count - 1) << 3
    out[offset[1:] - 1] = CLOSE | 1 << 3
    return Commands(out, np.append(offset[begins], offset[-1]), found.owner[begins])


def _steps(line: Units, features: Ints) -> Units:
    """From point to point; ClosePath leaves the cursor at the last point of a ring, a new feature begins at 0."""
    out = np.empty_like(line)
    np.subtract(line[1:], line[:-1], out=out[1:])
    out[features] = line[features]
    return out


def points(pairs: NDArray[np.float64], owner: Ints) -> Commands:
    """One point per feature, in tile units."""
    out = np.empty((len(pairs), 3), dtype=np.int32)
    out[:, 0] = MOVE | 1 << 3
    out[:, 1:] = zigzag(np.rint(pairs).astype(np.int32).reshape(-1, 2))
    return Commands(out.ravel(), np.arange(len(pairs) + 1, dtype=np.int64) * 3, owner)
