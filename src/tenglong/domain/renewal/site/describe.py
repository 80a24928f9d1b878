"""What a site looks like: its outline, how compact it is, and which plots hold it together."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph

#: beyond half a road, so that fronts across the widest road still close
CLOSING_M = 0.5


@dataclass(frozen=True)
class Looks:
    """`compactness` = 4π · area ÷ perimeter² of the outline with inner roads closed: 1 for a circle, 0.785 for a square.

    `filled`: share of the convex hull that the outline covers. `span_m`: greatest distance between the middles of two plots.
    `joints`: plots without which the rest falls apart.
    """

    outline: shapely.Geometry
    compactness: float
    filled: float
    span_m: float
    joints: tuple[int, ...]


def looks(shapes: Any, graph: Graph, plots: NDArray[np.int64], *, road_m: float) -> Looks:
    """Of a connected site among `shapes` (metric plane, one per plot of `graph`)."""
    members = np.asarray(shapes, dtype=object)[plots]
    reach = road_m / 2 + CLOSING_M
    closed = shapely.buffer(shapely.buffer(shapely.union_all(members), reach, join_style="mitre"), -reach, join_style="mitre")
    around, area = float(shapely.length(shapely.boundary(closed))), float(shapely.area(closed))
    hull = float(shapely.area(shapely.convex_hull(closed)))
    return Looks(shapely.union_all(members), min(1.0, 4 * pi * area / around**2) if around else 0.0,
                 area / hull if hull else 0.0, _span(members), joints(graph, plots))


def _span(members: Any) -> float:
    middles = shapely.get_coordinates(shapely.centroid(members))
    return float(np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1)).max())


def joints(graph: Graph, plots: NDArray[np.int64]) -> tuple[int, ...]:
    """Members whose loss leaves the other members in two or more pieces."""
    members = set(plots.tolist())
    return tuple(one for one in sorted(members) if len(members) > 2 and not graph.is_connected(sorted(members - {one})))


def together(chances: NDArray[np.float64]) -> float:
    """Chance that every plot agrees, were they independent of each other."""
    return float(np.prod(chances))
