"""The connectivity model of the site search admits every connected set and no other, however the plots are numbered.

The cuts are those of production (`site.cuts.broken`, on the grounds that `site.ground.grounds` builds); the truth is a plain
flood fill written here. Cuts are gathered from every subset: a subset is a solution of the whole model when no cut is broken by
it. So every subset that is no connected set must break a cut of its own, and no connected set may break anybody's.
"""

from __future__ import annotations

import random
from functools import cache
from math import inf

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site import branching
from tenglong.domain.renewal.site.cuts import Cut, broken, fractional
from tenglong.domain.renewal.site.ground import Ground, Wish, grounds
from tenglong.domain.renewal.site.relaxation import Relaxation

Pairs = list[tuple[int, int]]
#: connected sets of rook grids, as published for the number of polyomino-like subsets (non-empty)
KNOWN = {(2, 2): 13, (3, 3): 218, (4, 4): 11_506}


def rook(rows: int, columns: int) -> Pairs:
    right = [(r * columns + c, r * columns + c + 1) for r in range(rows) for c in range(columns - 1)]
    return right + [(r * columns + c, (r + 1) * columns + c) for r in range(rows - 1) for c in range(columns)]


def renumbered(pairs: Pairs, n: int, order: str) -> Pairs:
    names = list(range(n))
    if order == "backwards":
        names.reverse()
    elif order != "rows":
        random.Random(order).shuffle(names)
    return [(names[a], names[b]) for a, b in pairs]


def connected_masks(n: int, pairs: Pairs) -> NDArray[np.bool_]:
    """For every bit mask of n plots, whether a flood fill from its lowest bit reaches all of it."""
    masks = np.arange(1 << n)
    reached = masks & -masks
    around = [sum(1 << (b if a == place else a) for a, b in set(pairs) if place in (a, b)) for place in range(n)]
    while True:
        wider = reached.copy()
        for place in range(n):
            wider |= np.where(reached >> place & 1, around[place], 0)
        wider &= masks
        if np.array_equal(wider, reached):
            return (reached == masks) & (masks > 0)
        reached = wider


def ground_of(n: int, pairs: Pairs, land: list[int]) -> list[Ground]:
    return grounds(Graph.of(n, pairs), np.array(land), np.ones(n, dtype=np.int64), range(n), None)


def check(n: int, pairs: Pairs, land: list[int], least: int) -> int:
    """All solutions equal all connected sets that are large enough; returns how many there are."""
    (ground,) = ground_of(n, pairs, land)
    area = sum(land[place] * (np.arange(1 << n) >> place & 1) for place in range(n))
    truth = connected_masks(n, pairs) & (area >= least)
    cuts: set[Cut] = set()
    for mask in range(1, 1 << n):
        chosen = [place for place in range(n) if mask >> place & 1]
        found = broken(ground, chosen, least)
        assert bool(found) != truth[mask]
        assert not any(cut.holds(chosen) for cut in found)
        cuts.update(found)
    admitted = np.flatnonzero(truth).astype(np.uint32)
    for cut in cuts:
        plots, fence = sum(1 << place for place in cut.plots), sum(1 << place for place in cut.fence)
        assert not ((admitted & (plots | fence)) == plots).any()
    return len(admitted)


@cache
def planar(seed: int) -> tuple[int, Pairs]:
    """A connected planar graph: a triangulation of up to ten points with some edges taken out, numbered at random."""
    dice = np.random.default_rng(seed)
    n = int(dice.integers(4, 10))
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(dice.uniform(size=(n, 2)))))
    points, corner = np.unique(shapely.get_coordinates(triangles), axis=0, return_inverse=True)
    rings = corner.reshape(-1, 4).tolist()
    pairs = sorted({(min(a, b), max(a, b)) for ring in rings for a, b in zip(ring, ring[1:], strict=False)})
    n = len(points)
    for pair in [pairs[at] for at in dice.permutation(len(pairs))]:
        fewer = [one for one in pairs if one != pair]
        if dice.random() < 0.4 and Graph.of(n, fewer).is_connected(range(n)):
            pairs = fewer
    return n, renumbered(pairs, n, str(seed))


@pytest.mark.parametrize("order", ["rows", "backwards", "a", "b"])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 4), (2, 2), (2, 3), (2, 4), (3, 3)])
def test_all_solutions_on_small_grids_are_the_connected_sets(rows: int, columns: int, order: str) -> None:
    n = rows * columns
    pairs = renumbered(rook(rows, columns), n, order)
    count = check(n, pairs, [1] * n, 1)
    assert count == KNOWN.get((rows, columns), count)
    check(n, pairs, [1] * n, (n + 1) // 2)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["rows", "backwards", "a", "b"])
@pytest.mark.parametrize(("rows", "columns"), [(3, 4), (4, 4)])
def test_all_solutions_on_larger_grids_are_the_connected_sets(rows: int, columns: int, order: str) -> None:
    n = rows * columns
    pairs = renumbered(rook(rows, columns), n, order)
    count = check(n, pairs, [1] * n, 1)
    assert count == KNOWN.get((rows, columns), count)


def test_all_solutions_on_fifty_planar_graphs_are_the_connected_sets() -> None:
    judge_planar(range(50))


@pytest.mark.slow
def test_all_solutions_on_a_thousand_planar_graphs_are_the_connected_sets() -> None:
    judge_planar(range(1_000))


def judge_planar(seeds: range) -> None:
    for seed in seeds:
        n, pairs = planar(seed)
        land = [random.Random(seed + place).choice([1, 2, 5]) for place in range(n)]
        assert check(n, pairs, land, 1) > 0
        check(n, pairs, land, sum(land) // 2)


@pytest.mark.parametrize("seed", range(40))
def test_cuts_from_fractional_answers_spare_every_connected_set(seed: int) -> None:
    n, pairs = planar(seed)
    (ground,) = ground_of(n, pairs, [1] * n)
    dice = random.Random(seed)
    truth = [mask for mask in np.flatnonzero(connected_masks(n, pairs)).tolist() if mask.bit_count() >= 3]
    for _ in range(20):
        value = [dice.choice([0.0, 0.2, 0.5, 0.9, 1.0]) for _ in range(n)]
        for violation, cut in fractional(ground, value, 3):
            outside = sum(value[place] for place in cut.fence)
            assert sum(value[place] for place in cut.plots) - (len(cut.plots) - 1) - outside == pytest.approx(violation)
            assert all(cut.holds([place for place in range(n) if mask >> place & 1]) for mask in truth)


@pytest.mark.parametrize("order", ["rows", "a"])
@pytest.mark.parametrize(("rows", "columns"), [(1, 4), (2, 2), (2, 3)])
def test_branch_and_cut_lists_each_connected_set_once(
        rows: int, columns: int, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof itself, without the guesses of growth, each answer forbidden before the next."""
    monkeypatch.setattr(branching, "_grow", lambda *_: None)
    n = rows * columns
    pairs = renumbered(rook(rows, columns), n, order)
    (ground,) = ground_of(n, pairs, [1] * n)
    relaxation, listed = Relaxation(ground, Wish(1)), list[int]()
    while True:
        root = relaxation.tightened(enough=inf, until=inf)
        _, found = branching.proved(relaxation, root, inf, gap=0, until=inf, stop=lambda: False)
        if found is None:
            break
        listed.append(sum(1 << int(ground.names[place]) for place in found.places))
        relaxation.forbid(found.places)
    assert len(listed) == len(set(listed))
    assert sorted(listed) == np.flatnonzero(connected_masks(n, pairs)).tolist()


def test_separate_land_makes_separate_grounds() -> None:
    assert [len(one) for one in ground_of(5, [(0, 3), (3, 1)], [1] * 5)] == [3, 1, 1]
