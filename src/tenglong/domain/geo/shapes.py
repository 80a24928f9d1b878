"""Geometry arrays, whatever hostile thing a file put into them, made safe to compute with.

All functions take and return numpy object arrays of shapely geometries (None allowed) and never loop per coordinate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

POINT, LINE, RING, POLYGON, MULTI_POLYGON, COLLECTION = 0, 1, 2, 3, 6, 7


def as_shapes(values: Any) -> Shapes:
    """Any sequence of geometries → object array of shape (n,), 2D, None kept."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    flat: Shapes = shapely.force_2d(out)
    return flat


def without(shapes: Shapes, mask: Mask) -> Shapes:
    """A copy with None where `mask` is true."""
    out = shapes.copy()
    out[mask] = None
    return out


def has_finite_coordinates(shapes: Shapes) -> Mask:
    """True where every coordinate is a finite number (None and empty count as finite)."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = owner[~np.isfinite(coordinates).all(axis=1)]
    finite = np.ones(len(shapes), dtype=bool)
    finite[bad] = False
    return finite


def polygon_parts(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Every polygon inside polygons, multipolygons and (nested) collections, and the row each came from."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    keep = (shapely.get_type_id(parts) == POLYGON) & ~shapely.is_empty(parts)
    return parts[keep], owner[keep]


def polygonal(shapes: Shapes) -> Shapes:
    """A valid areal copy of each row: invalid ones through make_valid, lines and points dropped, None where nothing is left."""
    out = as_shapes(shapes)
    out[~has_finite_coordinates(out)] = None
    types = shapely.get_type_id(out)
    areal = (types == POLYGON) | (types == MULTI_POLYGON) | (types == COLLECTION)
    out[~areal] = None
    broken = np.flatnonzero(areal & ~shapely.is_valid(out))
    out[broken] = shapely.make_valid(out[broken])
    mixed = np.flatnonzero(shapely.get_type_id(out) > POLYGON)
    out[mixed] = _collect(out[mixed])
    hollow = shapely.is_missing(out) | shapely.is_empty(out) | (shapely.get_type_id(out) < POLYGON)
    out[hollow] = None
    return out


def _collect(mixed: Shapes) -> Shapes:
    parts, owner = polygon_parts(mixed)
    out = np.full(len(mixed), None, dtype=object)
    if not len(parts):
        return out
    rows, place = np.unique(owner, return_inverse=True)
    out[rows] = shapely.multipolygons(parts, indices=place)
    # touching or overlapping members of a collection would make an invalid multipolygon
    for row in rows[~shapely.is_valid(out[rows])]:
        merged = polygon_parts(as_shapes([shapely.union_all(parts[owner == row])]))[0]
        out[row] = shapely.multipolygons(merged) if len(merged) else None
    return out


def rings_of(shapes: Shapes) -> tuple[Shapes, Ints, Mask]:
    """All rings of all polygons: ring, the row it belongs to, and whether it is a hole."""
    parts, owner = polygon_parts(shapes)
    rings, part = shapely.get_rings(parts, return_index=True)
    hole = np.ones(len(rings), dtype=bool)
    if len(rings):
        hole[np.unique(part, return_index=True)[1]] = False
    return rings, owner[part], hole
