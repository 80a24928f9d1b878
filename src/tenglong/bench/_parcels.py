"""A county of adjoining parcels with known defects: jittered grid, shared edges, nine points a ring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.domain.survey.table import Batch

SPACING, JITTER = 25.0, 4.0
ORIGIN = (584000.0, 3320000.0)
#: ring of one cell on the half-step grid
RING = ((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0))
#: vertex 3 of the ring lies in the middle of the edge towards the next column
MIDDLE = 3
#: defects stand on every third cell each way, so that none touches another
APART = 3
SHARES = {
    "overlap": 0.003, "gap": 0.003, "invalid-geometry": 0.0015, "duplicate-geometry": 0.0015, "contained": 0.0015,
    "sliver": 0.0005,
}

Defect = tuple[str, int, int]


@dataclass
class County:
    """Shapes in EPSG:4549, and the defects as (rule, row, other row), rows counted from 1."""

    shapes: NDArray[np.object_]
    defects: set[Defect] = field(default_factory=set)

    def batch(self) -> Batch:
        rows = list(range(1, len(self.shapes) + 1))
        return Batch("parcels", "synthetic", rows, [f"P{row:06d}" for row in rows], {}, geometry=self.shapes, crs="EPSG:4549")


def make(count: int, seed: int) -> County:
    """`count` parcels, about 1.1 % of them with a defect; the same seed gives the same county."""
    random = np.random.default_rng(seed)
    extras = sum(int(count * SHARES[name]) for name in ("duplicate-geometry", "contained", "sliver"))
    cells = count - extras
    columns = int(np.ceil(np.sqrt(cells)))
    rings = _rings(cells, columns, random)
    places = _places(cells, columns, random)
    defects: set[Defect] = set()
    for rule, sign in (("overlap", 1.0), ("gap", -1.0)):
        for cell in _take(places, int(count * SHARES[rule])):
            depth = sign * random.uniform(0.05, 1.5)
            _push(rings, cell, depth)
            defects.add((rule, cell + 1, cell + 2))
    spiked = _take(places, int(count * SHARES["invalid-geometry"]))
    shapes = shapely.polygons(rings)
    for cell in spiked:
        shapes[cell] = _spike(rings[cell])
        defects.add(("invalid-geometry", cell + 1, 0))
    added = _extras(rings, places, count, defects, cells)
    return County(np.concatenate([shapes, np.array(added, dtype=object)]), defects)


def _rings(cells: int, columns: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Row after row; cell k and k+1 share the edge in the middle of which vertex 3 of k lies."""
    side = 2 * columns + 1
    step = np.arange(side) * SPACING
    grid = np.stack(np.meshgrid(step, step, indexing="ij"), axis=-1) + ORIGIN
    points = grid + random.uniform(-JITTER, JITTER, (side, side, 2))
    across, along = (np.arange(cells) % columns) * 2, (np.arange(cells) // columns) * 2
    return np.stack([points[across + dx, along + dy] for dx, dy in RING], axis=1)


def _places(cells: int, columns: int, random: np.random.Generator) -> list[int]:
    """Inner cells far from each other, in random order."""
    across, along = np.arange(cells) % columns, np.arange(cells) // columns
    inner = (across % APART == 1) & (along % APART == 1) & (across < columns - 2) & (along < along[-1] - 1)
    chosen: list[int] = random.permutation(np.flatnonzero(inner)).tolist()
    return chosen


def _take(places: list[int], number: int) -> list[int]:
    taken, places[:] = places[:number], places[number:]
    return taken


def _push(rings: NDArray[np.float64], cell: int, depth: float) -> None:
    """Move the middle of the eastern edge of one side only: outwards overlaps the neighbour, inwards leaves a gap."""
    before, after = rings[cell, MIDDLE - 1], rings[cell, MIDDLE + 1]
    along = (after - before) / np.linalg.norm(after - before)
    rings[cell, MIDDLE] += np.array([along[1], -along[0]]) * depth


def _spike(ring: NDArray[np.float64]) -> Any:
    """A path into the middle and back: invalid, yet it covers what it covered."""
    middle = ring[:-1].mean(axis=0)
    return shapely.Polygon(np.concatenate([ring[:2], middle[None], ring[1:2], ring[2:]]))


def _extras(rings: NDArray[np.float64], places: list[int], count: int, defects: set[Defect], cells: int) -> list[Any]:
    """Rows that do not belong there, at the end of the file: copies, islands, strips."""
    added: list[Any] = []
    for rule in ("duplicate-geometry", "contained", "sliver"):
        for cell in _take(places, int(count * SHARES[rule])):
            middle = rings[cell][:-1].mean(axis=0)
            if rule == "duplicate-geometry":
                added.append(shapely.Polygon(np.roll(rings[cell][:-1], 3, axis=0)[::-1]))
            elif rule == "contained":
                added.append(shapely.Polygon((rings[cell] - middle) * 0.3 + middle))
            else:
                added.append(shapely.box(*(middle - (8, 0.1)), *(middle + (8, 0.1))))
                defects.add(("sliver", cells + len(added), 0))
            defects.add(("duplicate-geometry" if rule == "duplicate-geometry" else "contained", cell + 1, cells + len(added)))
    return added
