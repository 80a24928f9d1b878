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
#: a shape that meets the tile and reaches no further than this beyond its edge is sent as it is: the map cuts it off where the
#: tile ends, and a few points more cost less than clipping. Map libraries take points up to half a tile outside
WHOLE: Final = EXTENT // 4
#: from this zoom on a tile is small enough for a short series in place of the projection
SERIES: Final = 10

Geometries = NDArray[np.object_]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


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


def to_tile(coordinates: Numbers, z: int, x: int, y: int) -> Numbers:
    """Degrees (n, 2) → tile units (n, 2), y downwards."""
    return np.column_stack(to_units(coordinates[:, 0], coordinates[:, 1], z, x, y))


def to_units(lon: Numbers, lat: Numbers, z: int, x: int, y: int) -> tuple[Numbers, Numbers]:
    """Degrees → tile units, y downwards."""
    across, down = mercator(lon, lat)
    size = 1 << z
    return (across * size - x) * EXTENT, (down * size - y) * EXTENT


def near_units(lon: Numbers, lat: Numbers, z: int, x: int, y: int) -> tuple[Numbers, Numbers]:
    """The same for points of about this tile, without a logarithm for each.

    The latitude's series about the middle of the tile to the third power: from `SERIES` on it is less than a hundredth of a
    unit off within a tile's width around the tile. Farther away it keeps the order of points: what lies outside stays outside.
    """
    if z < SERIES:
        return to_units(lon, lat, z, x, y)
    world = float((1 << z) * EXTENT)
    middle = _latitude((y + 0.5) / (1 << z))
    secant, tangent = 1 / np.cos(np.radians(middle)), np.tan(np.radians(middle))
    first = -world / (2 * np.pi) * secant
    h = np.radians(lat - middle)
    down = EXTENT / 2 + first * h * (1 + h * (tangent / 2 + h * ((secant**2 + tangent**2) / 6)))
    return lon * (world / 360) + (world / 2 - x * EXTENT), down


def beyond_rim(line: Numbers) -> Flags:
    """Of one of the two coordinates: which lie beyond the rim."""
    return (line < -BUFFER) | (line > EXTENT + BUFFER)


def against_rim(west: Numbers, north: Numbers, east: Numbers, south: Numbers) -> tuple[Flags, Flags]:
    """Of boxes in tile units: which meet the tile and its rim, and which of these are drawn whole."""
    low, high = -BUFFER, EXTENT + BUFFER
    meets = (east >= low) & (west <= high) & (south >= low) & (north <= high)
    low, high = -WHOLE, EXTENT + WHOLE
    return meets, meets & (west >= low) & (north >= low) & (east <= high) & (south <= high)


def place(geometries: Geometries, z: int, x: int, y: int) -> tuple[Geometries, NDArray[np.int64]]:
    """Geometries in tile units that meet the tile and its rim, and for each the index of the one it comes from.

    Only what reaches far beyond the tile is clipped to the rim.
    """
    moved: Any = shapely.transform(geometries, lambda pairs: to_tile(pairs, z, x, y))
    meets, whole = against_rim(*shapely.bounds(moved).T)
    crossing = meets & ~whole
    if crossing.any():
        moved[crossing] = _clip(moved[crossing], -BUFFER, EXTENT + BUFFER)
    kept = np.flatnonzero(meets)
    return moved[kept], kept


def _clip(geometries: Geometries, low: int, high: int) -> Geometries:
    """`clip_by_rect` is fast and needs valid input; what it refuses is mended once and clipped exactly."""
    try:
        return np.asarray(shapely.clip_by_rect(geometries, low, low, high, high), dtype=object)
    except shapely.errors.GEOSException:
        frame = shapely.box(low, low, high, high)
        return np.asarray(shapely.intersection(shapely.make_valid(geometries), frame), dtype=object)
