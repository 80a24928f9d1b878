"""The short way for what nearly every plot is: a polygon of one ring, read from its WKB without making a geometry.

A ring that crosses the rim of the tile, and every polygon with holes or parts, goes the long way through shapely.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.tiles.frame import BUFFER, EXTENT, Geometries, place, to_tile
from tenglong.store.tiles.rings import Rings, rings_of
from tenglong.store.tiles.varints import Ints

#: little-endian, polygon, one ring; the number of points follows
_HEAD: Final = b"\x01\x03\x00\x00\x00\x01\x00\x00\x00"
_SKIP: Final = len(_HEAD) + 4


def placed_rings(wkbs: Sequence[bytes], z: int, x: int, y: int) -> Rings:
    """Rings in tile units, clipped to the tile and its rim; `owner` is the index in `wkbs`."""
    plain = np.fromiter((wkb.startswith(_HEAD) for wkb in wkbs), dtype=bool, count=len(wkbs))
    short = np.flatnonzero(plain)
    found, crossing = _short(wkbs, short, z, x, y)
    long = np.concatenate((np.flatnonzero(~plain), crossing))
    if not len(long):
        return found
    moved, kept = place(np.asarray(shapely.from_wkb([wkbs[index] for index in long]), dtype=object), z, x, y)
    return found.and_then(rings_of(moved, long[kept]))


def placed(geometries: Geometries, z: int, x: int, y: int) -> Rings:
    """The same for geometries."""
    moved, kept = place(geometries, z, x, y)
    return rings_of(moved, kept)


def _short(wkbs: Sequence[bytes], rows: Ints, z: int, x: int, y: int) -> tuple[Rings, Ints]:
    """Rings wholly inside the rim, and the rows that cross it."""
    if not len(rows):
        none = np.zeros(0, dtype=np.int64)
        return Rings(none.reshape(0, 2), none, none.astype(bool), none, none), none
    bodies = [wkbs[row][_SKIP:] for row in rows.tolist()]
    count = np.fromiter(map(len, bodies), dtype=np.int64, count=len(bodies)) // 16
    moved = to_tile(np.frombuffer(b"".join(bodies), dtype="<f8").reshape(-1, 2), z, x, y)
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
