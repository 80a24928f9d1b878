"""The short way for what nearly every plot is: a polygon of one ring, read from its WKB without making a geometry.

A ring that crosses the rim of the tile, and every polygon with holes or parts, goes the long way through shapely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.tiles.frame import BUFFER, EXTENT, Geometries, place, to_tile
from tenglong.store.tiles.rings import Rings, rings_of
from tenglong.store.tiles.varints import Ints, offsets

#: little-endian, polygon, one ring; the number of points follows
_HEAD: Final = b"\x01\x03\x00\x00\x00\x01\x00\x00\x00"
_SKIP: Final = len(_HEAD) + 4


@dataclass(frozen=True)
class Packed:
    """WKB of many shapes, one behind the other: shape i is `data[starts[i]:starts[i + 1]]`."""

    data: bytes
    starts: Ints

    @staticmethod
    def of(wkbs: Sequence[bytes]) -> Packed:
        return Packed(b"".join(wkbs), offsets(np.fromiter(map(len, wkbs), dtype=np.int64, count=len(wkbs))))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def geometries(self, rows: Ints | None = None) -> Geometries:
        """As shapely geometries, all or these rows."""
        first, last = self.starts[:-1], self.starts[1:]
        if rows is not None:
            first, last = first[rows], last[rows]
        wkbs = [self.data[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return np.asarray(shapely.from_wkb(wkbs), dtype=object)


def placed_rings(held: Packed, z: int, x: int, y: int) -> Rings:
    """Rings in tile units, clipped to the tile and its rim; `owner` is the index of the shape."""
    plain = _plain(held)
    found, crossing = _short(held, np.flatnonzero(plain), z, x, y)
    long = np.concatenate((np.flatnonzero(~plain), crossing))
    if not len(long):
        return found
    moved, kept = place(held.geometries(long), z, x, y)
    return found.and_then(rings_of(moved, long[kept]))


def placed(geometries: Any, z: int, x: int, y: int) -> Rings:
    """The same for geometries."""
    moved, kept = place(np.asarray(geometries, dtype=object), z, x, y)
    return rings_of(moved, kept)


def _plain(held: Packed) -> NDArray[np.bool_]:
    """Which begin as a polygon of one ring and are as long as that ring says."""
    size = np.diff(held.starts)
    long = size >= _SKIP
    letters = np.frombuffer(held.data, dtype=np.uint8)
    heads = letters[held.starts[:-1][long][:, None] + np.arange(_SKIP)]
    polygon = (heads[:, : len(_HEAD)] == np.frombuffer(_HEAD, dtype=np.uint8)).all(axis=1)
    points = np.ascontiguousarray(heads[:, len(_HEAD) :]).view("<u4").ravel().astype(np.int64)
    out = np.zeros(len(size), dtype=bool)
    out[long] = polygon & (_SKIP + 16 * points == size[long])
    return out


def _pairs(held: Packed, rows: Ints) -> tuple[NDArray[np.float64], Ints]:
    """Coordinates (n, 2) of plain shapes and how many each has."""
    size = np.diff(held.starts)
    count = (size[rows] - _SKIP) // 16
    letters = np.frombuffer(held.data, dtype=np.uint8)
    keep = np.ones(len(letters), dtype=bool)
    keep[(held.starts[rows][:, None] + np.arange(_SKIP)).ravel()] = False
    if len(rows) < len(held):
        plain = np.zeros(len(held), dtype=bool)
        plain[rows] = True
        keep &= np.repeat(plain, size)
    return letters[keep].view("<f8").reshape(-1, 2), count


def _short(held: Packed, rows: Ints, z: int, x: int, y: int) -> tuple[Rings, Ints]:
    """Rings wholly inside the rim, and the rows that cross it."""
    if not len(rows):
        none = np.zeros(0, dtype=np.int64)
        return Rings(none.reshape(0, 2), none, none.astype(bool), none, none), none
    pairs, count = _pairs(held, rows)
    moved = to_tile(pairs, z, x, y)
    starts = np.cumsum(count) - count
    low, high = np.minimum.reduceat(moved, starts), np.maximum.reduceat(moved, starts)
    meets, inside = _against_rim(low, high)
    point_kept = np.repeat(inside, count)
    point_kept[starts + count - 1] = False  # the closing point
    ring = np.repeat(np.cumsum(inside) - 1, count)[point_kept]
    number = np.arange(int(inside.sum()))
    rings = Rings(np.rint(moved[point_kept]).astype(np.int64), ring, np.ones(len(number), dtype=bool), number, rows[inside])
    return rings, rows[meets & ~inside]


def _against_rim(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    near, far = -BUFFER, EXTENT + BUFFER
    meets = np.asarray(((high >= near) & (low <= far)).all(axis=1))
    return meets, np.asarray(((low >= near) & (high <= far)).all(axis=1))
