"""Quadkey cells: one integer per place, so that a map tile is a range of integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: depth of the cell kept with a plot; a z20 cell is about 38 m at the equator
DEPTH: Final = 20
#: web mercator ends here
MAX_LATITUDE: Final = 85.0511287798


def mercator(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees → web mercator as fractions of the world, (0, 0) at the north-west."""
    sine = np.sin(np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE)))
    return lon / 360.0 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)


def cells(boxes: Sequence[tuple[float, float, float, float] | None]) -> list[int | None]:
    """Cell of the centre of each box (degrees); None where there is no box."""
    held = [index for index, box in enumerate(boxes) if box is not None]
    out: list[int | None] = [None] * len(boxes)
    if not held:
        return out
    table = np.asarray([boxes[index] for index in held], dtype=np.float64)
    x, y = mercator((table[:, 0] + table[:, 2]) / 2, (table[:, 1] + table[:, 3]) / 2)
    size = 1 << DEPTH
    codes = interleave(np.clip(x * size, 0, size - 1).astype(np.int64), np.clip(y * size, 0, size - 1).astype(np.int64))
    for index, code in zip(held, codes.tolist(), strict=True):
        out[index] = code
    return out


def cell_range(z: int, x: int, y: int) -> tuple[int, int]:
    """First cell of tile z/x/y and the first one behind it."""
    code = int(interleave(np.array([x]), np.array([y]))[0])
    shift = 2 * (DEPTH - z)
    return code << shift, (code + 1) << shift


def interleave(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Morton code: bits of y above bits of x."""
    return _spread(x) | (_spread(y) << 1)


def deinterleave(code: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The inverse of `interleave`."""
    return _gather(code), _gather(code >> 1)


_STEPS: Final = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(value: NDArray[np.int64]) -> NDArray[np.int64]:
    out = value.astype(np.int64)
    for shift, mask in _STEPS:
        out = (out | (out << shift)) & mask
    return out


def _gather(value: NDArray[np.int64]) -> NDArray[np.int64]:
    out = value.astype(np.int64) & _STEPS[-1][1]
    masks = [*reversed(_STEPS[:-1]), (0, 0x00000000FFFFFFFF)]
    for (shift, _), (_, mask) in zip(reversed(_STEPS), masks, strict=True):
        out = (out | (out >> shift)) & mask
    return out
