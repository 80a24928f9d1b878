"""The short way for what nearly every plot is: a polygon of one ring, read from its WKB without making a geometry.

A ring that reaches far beyond the tile, and every polygon with holes or parts, goes the long way through shapely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.tiles.frame import Flags, Geometries, Numbers, against_rim, beyond_rim, near_units, place
from tenglong.store.tiles.rings import Rings, rings_of
from tenglong.store.tiles.varints import Ints, gaps, offsets

#: little-endian, polygon, one ring; the number of points follows
_HEAD: Final = b"\x01\x03\x00\x00\x00\x01\x00\x00\x00"
_HEAD_BEGIN: Final = int.from_bytes(_HEAD[:8], "little")
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

    def every(self, kind: str) -> NDArray[Any]:
        """What stands at each byte, read as this kind of number: `every("<f8")[9]` begins at byte 9."""
        size = np.dtype(kind).itemsize
        return np.ndarray(max(len(self.data) - size + 1, 0), kind, self.data, 0, (1,))

    def geometries(self, rows: Ints | None = None) -> Geometries:
        """As shapely geometries, all or these rows."""
        first, last = self.starts[:-1], self.starts[1:]
        if rows is not None:
            first, last = first[rows], last[rows]
        wkbs = [self.data[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return np.asarray(shapely.from_wkb(wkbs), dtype=object)


def placed_rings(held: Packed, z: int, x: int, y: int) -> Rings:
    """Rings in tile units that meet the tile and its rim; `owner` is the index of the shape."""
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


def _plain(held: Packed) -> Flags:
    """Which begin as a polygon of one ring and are as long as that ring says."""
    size = gaps(held.starts)
    out = size >= _SKIP
    if not out.any():
        return out
    first = held.starts[:-1][out]
    polygon = (held.every("<u8")[first] == _HEAD_BEGIN) & (held.every("u1")[first + 8] == _HEAD[8])
    points = held.every("<u4")[first + len(_HEAD)].astype(np.int64)
    out[out] = polygon & (points > 1) & (_SKIP + 16 * points == size[out])
    return out


def _pairs(held: Packed, rows: Ints) -> tuple[Numbers, Numbers, Ints]:
    """Longitudes and latitudes of plain shapes without the closing point, and how many each has."""
    count = (gaps(held.starts)[rows] - _SKIP) // 16 - 1
    at = np.repeat(held.starts[rows] + _SKIP - 16 * offsets(count)[:-1], count)
    at += np.arange(0, 16 * len(at), 16)
    pairs = held.every("V16")[at].view("<f8")
    return np.ascontiguousarray(pairs[::2]), np.ascontiguousarray(pairs[1::2]), count


def _short(held: Packed, rows: Ints, z: int, x: int, y: int) -> tuple[Rings, Ints]:
    """Rings that need no clipping, and the rows that do."""
    if not len(rows):
        none = np.zeros(0, np.int32)
        return Rings.plain(none, none, rows, rows), rows
    lon, lat, count = _pairs(held, rows)
    across, down = near_units(lon, lat, z, x, y)
    meets, whole = _against_rim(across, down, offsets(count))
    if not whole.all():
        stays = np.repeat(whole, count)
        across, down, count = across[stays], down[stays], count[whole]
    rings = Rings.plain(np.rint(across).astype(np.int32), np.rint(down).astype(np.int32), count, rows[whole])
    return rings, rows[meets & ~whole]


def _against_rim(across: Numbers, down: Numbers, starts: Ints) -> tuple[Flags, Flags]:
    """Which rings meet the rim, which are drawn whole. Most have no point beyond it: only the others' boxes are asked for."""
    meets = np.ones(len(starts) - 1, dtype=bool)
    whole = meets.copy()
    beyond = np.flatnonzero(beyond_rim(across) | beyond_rim(down))
    if len(beyond):
        some = np.unique(np.searchsorted(starts, beyond, side="right") - 1)
        begins = offsets(gaps(starts)[some])
        points = np.repeat(starts[some] - begins[:-1], gaps(begins)) + np.arange(begins[-1])
        across, down, first = across[points], down[points], begins[:-1]
        meets[some], whole[some] = against_rim(
            np.minimum.reduceat(across, first), np.minimum.reduceat(down, first),
            np.maximum.reduceat(across, first), np.maximum.reduceat(down, first),
        )
    return meets, whole
