"""Where a tile lies, and geometries in its own coordinates (4096 units, y downwards)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.store.cells import mercator

EXTENT: Final = 4096
#: drawn beyond the edge so that outlines do not show at tile borders
BUFFER: Final = 64

Geometries = NDArray[np.object_]


def tile_box(z: int, x: int, y: int, buffer: int = BUFFER) -> tuple[float, float, float, float]:
    """(minx, miny, maxx, maxy) in degrees, widened by `buffer` tile units. Raises ValueError outside the world."""
    size = 1 << max(0, min(z, 24))
    if not (0 <= z <= 24 and 0 <= x < size and 0 <= y < size):
        raise ValueError(f"没有瓦片 {z}/{x}/{y}")
    rim = buffer / EXTENT
    north, south = _latitude((y - rim) / size), _latitude((y + 1 + rim) / size)
    return (x - rim) / size * 360 - 180, south, (x + 1 + rim) / size * 360 - 180, north


def _latitude(fraction: float) -> float:
    return float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * fraction)))))


def to_tile(coordinates: NDArray[np.float64], z: int, x: int, y: int) -> NDArray[np.float64]:
    """Degrees (n, 2) → tile units (n, 2), y downwards."""
    across, down = mercator(coordinates[:, 0], coordinates[:, 1])
    size = 1 << z
    return np.column_stack(((across * size - x) * EXTENT, (down * size - y) * EXTENT))


def place(geometries: Geometries, z: int, x: int, y: int) -> tuple[Geometries, NDArray[np.int64]]:
    """Geometries in tile units clipped to the tile and its rim, and for each the index of the one it comes from.

    Only what crosses the rim is clipped: most shapes of a tile lie wholly inside it.
    """
    moved: Any = shapely.transform(geometries, lambda pairs: to_tile(pairs, z, x, y))
    box = shapely.bounds(moved)
    low, high = -BUFFER, EXTENT + BUFFER
    meets = (box[:, 2] >= low) & (box[:, 0] <= high) & (box[:, 3] >= low) & (box[:, 1] <= high)
    crossing = meets & ((box[:, 0] < low) | (box[:, 1] < low) | (box[:, 2] > high) | (box[:, 3] > high))
    if crossing.any():
        moved[crossing] = _clip(moved[crossing], low, high)
    kept = np.flatnonzero(meets)
    return moved[kept], kept


def _clip(geometries: Geometries, low: int, high: int) -> Geometries:
    """`clip_by_rect` is fast and needs valid input; what it refuses is mended once and clipped exactly."""
    try:
        return np.asarray(shapely.clip_by_rect(geometries, low, low, high, high), dtype=object)
    except shapely.errors.GEOSException:
        frame = shapely.box(low, low, high, high)
        return np.asarray(shapely.intersection(shapely.make_valid(geometries), frame), dtype=object)
