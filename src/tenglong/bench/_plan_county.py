"""A county made for the bench: points, their Delaunay neighbours, and candidates that lie in clusters, as old
industrial land does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.parts import Aim, Assembly, Budget, Candidate, Objective, Option, Problem

MU = 6_666_667
WAN = 1_000_000
ROUTES = ("收储", "提容", "兼并重组")
YEARS = (2026, 2027, 2028)
SIDE_M = 40_000.0


@dataclass(frozen=True)
class Size:
    """`plots` of which `candidates`; clusters of at most `members`."""

    plots: int
    candidates: int
    members: int


def planar(plots: int, rng: np.random.Generator) -> tuple[np.ndarray, Graph]:
    """Random points and the graph of their Delaunay triangles; metres of shared edge are made up."""
    points = rng.random((plots, 2)) * SIDE_M
    lines = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(points), only_edges=True))
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    tree = shapely.STRtree(shapely.points(points))
    first, second = (tree.nearest(shapely.points(ends[:, side])) for side in (0, 1))
    return points, Graph.of(plots, np.column_stack([first, second]), rng.uniform(20, 200, len(ends)).round(1))


def clustered(points: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Places of `count` points where old zones lie thickest, with noise."""
    centres = rng.random((max(8, len(points) // 60), 2)) * SIDE_M
    weight = rng.random(len(centres)) + 0.3
    field = np.zeros(len(points))
    for centre, each in zip(centres, weight, strict=True):
        field += each * np.exp(-((points - centre) ** 2).sum(axis=1) / (2 * (0.025 * SIDE_M) ** 2))
    field += rng.normal(0, 0.55, len(points)) * field.std()
    return np.sort(np.argsort(-field)[:count])


def county(size: Size, seed: int, *, rich: bool = False) -> Problem:
    """Most uplift under a fifth of the money that all would cost. `rich`: three routes and three yearly budgets
    instead of one each."""
    rng = np.random.default_rng(seed)
    points, graph = planar(size.plots, rng)
    places = clustered(points, size.candidates, rng)
    land = np.maximum(1.0, rng.lognormal(2.6, 0.7, size.candidates)).round(2)
    holders = rng.integers(1, 5, size.candidates)
    candidates = tuple(
        Candidate(
            f"P{place:05d}",
            round(mu * MU),
            f"镇{int(points[place, 0] // 10_000)}",
            x=float(points[place, 0]),
            y=float(points[place, 1]),
            holders=int(held),
        )
        for place, mu, held in zip(places.tolist(), land.tolist(), holders.tolist(), strict=True)
    )
    options = tuple(
        option for one, mu in zip(candidates, land.tolist(), strict=True) for option in _options(one, mu, rng, rich)
    )
    total = sum(one.cost for one in options) // (len(ROUTES) if rich else 1)
    years = YEARS if rich else YEARS[:1]
    budgets = tuple(Budget(total // 5 // len(years) // WAN * WAN, year) for year in years)
    return Problem(
        years,
        candidates,
        options,
        Objective(Aim.MOST_UPLIFT, years[-1] + 5 if rich else None),
        budgets,
        assembly=Assembly(8_000_00, 30 * MU, 3 * WAN),
        graph=graph.subgraph(places),
        max_members=size.members,
    )


def _options(one: Candidate, mu: float, rng: np.random.Generator, rich: bool) -> list[Option]:
    out = []
    for route in ROUTES if rich else ROUTES[:1]:
        cost = round(mu * rng.uniform(40, 120), 2)
        uplift = round(mu * rng.uniform(5, 30) * rng.uniform(0.6, 1.4), 2)
        out.append(
            Option(
                one.key,
                route,
                round(cost * 100) * WAN // 100,
                round(uplift * 100) * WAN // 100,
                months=int(rng.integers(3, 30)),
            )
        )
    return out
