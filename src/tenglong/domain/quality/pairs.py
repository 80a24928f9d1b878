"""Which areas overlap, and by how much: bounding boxes, then exact interiors, then areas, in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from tenglong.domain.geo.shapes import Floats, Ints, Shapes
from tenglong.domain.quality.registry import NotApplicable

ROWS_PER_QUERY = 20_000
PAIRS_PER_TASK = 20_000
INTERIORS_MEET = "T********"


class TooManyPairs(NotApplicable):
    """More overlapping pairs than one report can carry."""


@dataclass(frozen=True)
class Pairs:
    """Row indices and the shared area (m²) of each pair, ordered by (first, second)."""

    first: Ints
    second: Ints
    area: Floats

    def __len__(self) -> int:
        return len(self.first)

    def __iter__(self) -> Iterator[tuple[int, int, float]]:
        return zip(self.first.tolist(), self.second.tolist(), self.area.tolist(), strict=True)


def overlapping(shapes: Shapes, min_area: float, *, workers: int = 2, limit: int = 1_000_000) -> Pairs:
    """Every unordered pair of rows of one layer whose interiors share at least `min_area`; first < second."""
    rows = np.flatnonzero(~shapely.is_missing(shapes))
    return _search(shapes, rows, shapes, rows, min_area, workers, limit, same=True)


def crossing(left: Shapes, right: Shapes, min_area: float, *, workers: int = 2, limit: int = 1_000_000) -> Pairs:
    """Every (left row, right row) that share more area than `min_area`."""
    left_rows, right_rows = np.flatnonzero(~shapely.is_missing(left)), np.flatnonzero(~shapely.is_missing(right))
    return _search(left, left_rows, right, right_rows, min_area, workers, limit, same=False)


def _search(left: Shapes, left_rows: Ints, right: Shapes, right_rows: Ints, min_area: float, workers: int, limit: int, *,
            same: bool) -> Pairs:
    """Memory stays bounded: the index is asked for a slice of rows at a time. Raises TooManyPairs above `limit`."""
    tree = shapely.STRtree(right[right_rows])
    boxes = shapely.bounds(right)
    own_boxes = boxes if same else shapely.bounds(left)
    found: list[Pairs] = []
    total = 0
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for start in range(0, len(left_rows), ROWS_PER_QUERY):
            asked = left_rows[start:start + ROWS_PER_QUERY]
            near = tree.query(left[asked])
            first, second = asked[near[0]], right_rows[near[1]]
            keep = _shared_box(own_boxes[first], boxes[second]) >= min_area
            if same:
                keep &= first < second
            found.append(_measure(pool, left, first[keep], right, second[keep], min_area))
            total += len(found[-1])
            if total > limit:
                raise TooManyPairs(f"重叠的图形超过 {limit} 对，请先删除重复图层后再检查")
    return _joined(found)


def _shared_box(a: Floats, b: Floats) -> Floats:
    """Area of the common part of boxes; a shared area can never be larger, so this filter loses nothing."""
    width = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    shared: Floats = np.clip(width, 0, None) * np.clip(height, 0, None)
    return shared


def _measure(pool: ThreadPoolExecutor, left: Shapes, first: Ints, right: Shapes, second: Ints, min_area: float) -> Pairs:
    def task(part: slice) -> tuple[Ints, Ints, Floats]:
        a, b = first[part], second[part]
        meet = shapely.relate_pattern(left[a], right[b], INTERIORS_MEET)
        a, b = a[meet], b[meet]
        area = shared_area(left[a], right[b])
        keep = area >= min_area
        return a[keep], b[keep], area[keep]

    parts = [slice(at, at + PAIRS_PER_TASK) for at in range(0, len(first), PAIRS_PER_TASK)]
    return _joined([Pairs(*result) for result in pool.map(task, parts)])


def shared_area(a: Shapes, b: Shapes) -> Floats:
    """m² of the intersection, pair by pair; a pair that GEOS refuses is measured again on a micrometre grid."""
    try:
        area: Floats = shapely.area(shapely.intersection(a, b))
    except shapely.errors.GEOSException:
        if len(a) > 1:
            return np.concatenate([shared_area(a[i:i + 1], b[i:i + 1]) for i in range(len(a))])
        area = shapely.area(shapely.intersection(a, b, grid_size=1e-6))
    return area


def _joined(pieces: list[Pairs]) -> Pairs:
    if not pieces:
        return Pairs(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))
    first, second, area = (np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("first", "second", "area"))
    order = np.lexsort((second, first))
    return Pairs(first[order], second[order], area[order])


def in_threads(function: Callable[[Any], Any], values: Shapes, workers: int) -> Any:
    """`function` over slices of `values`, joined in order."""
    if len(values) <= PAIRS_PER_TASK:
        return function(values)
    slices = [values[at:at + PAIRS_PER_TASK] for at in range(0, len(values), PAIRS_PER_TASK)]
    with ThreadPoolExecutor(max(1, workers)) as pool:
        return np.concatenate(list(pool.map(function, slices)))
