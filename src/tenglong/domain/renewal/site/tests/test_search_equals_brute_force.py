"""The site search against all subsets of small counties."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from time import monotonic

import numpy as np
import pytest

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site import Aim, phasing, search
from tenglong.domain.renewal.site.ground import Wish, grounds


def county(dice: random.Random, n: int) -> tuple[Graph, list[int], list[int]]:
    """Plots on a strip three wide, some borders closed, in random order; a few cost nothing, a few are large."""
    order = dice.sample(range(n), n)
    pairs = [(order[a], order[b]) for a in range(n) for b in (a + 1, a + 3)
             if b < n and not (b == a + 1 and b % 3 == 0) and dice.random() < 0.85]
    land = [dice.choice([3, 5, 8, 13, 40]) * 1_000_000 for _ in range(n)]
    return Graph.of(n, pairs), land, [dice.choice([0, 7, 50, 90, 200, 333]) * 10_000 for _ in range(n)]


def subsets(graph: Graph) -> Iterator[frozenset[int]]:
    for bits in range(1, 1 << graph.n):
        chosen = frozenset(place for place in range(graph.n) if bits >> place & 1)
        if graph.is_connected(sorted(chosen)):
            yield chosen


def lightest(graph: Graph, land: list[int], weight: list[int], least: int, gate: set[int] | None,
             bans: list[tuple[frozenset[int], int]]) -> int | None:
    weights = [sum(weight[place] for place in chosen) for chosen in subsets(graph)
               if sum(land[place] for place in chosen) >= least and (gate is None or gate & chosen)
               and all(sum(land[place] for place in plots & chosen) <= most for plots, most in bans)]
    return min(weights, default=None)


@pytest.mark.parametrize("seed", range(60))
def test_each_alternative_is_the_lightest_that_is_left(seed: int) -> None:
    dice = random.Random(seed)
    graph, land, cost = county(dice, dice.randint(1, 10))
    owners = [dice.randint(0, 3) for _ in land]
    least = dice.choice([1, 20, 45, 80]) * 1_000_000
    gate = set(dice.sample(range(graph.n), dice.randint(1, graph.n))) if dice.random() < 0.4 else None
    weight = [one + 5_000 * households for one, households in zip(cost, owners, strict=True)]
    found = search(graph, land, cost, owners, None, min_cm2=least, alternatives=3, owner_fen=5_000, gap=0, time_limit_s=20,
                   gate=sorted(gate) if gate is not None else None)
    bans: list[tuple[frozenset[int], int]] = []
    for site in found.sites:
        plots = frozenset(site.plots.tolist())
        assert graph.is_connected(sorted(plots))
        assert site.land_cm2 == sum(land[place] for place in plots) >= least
        assert site.weight == sum(weight[place] for place in plots) == lightest(graph, land, weight, least, gate, bans)
        assert site.bound <= site.weight
        assert site.gap < 1e-5
        bans.append((plots, int(site.land_cm2 * 0.7)))
    if len(found.sites) < 3:
        assert lightest(graph, land, weight, least, gate, bans) is None
    if not found.sites:
        assert found.unmet is not None
        assert found.unmet.why in ("land", "gate", "none")


@pytest.mark.parametrize("seed", range(40))
def test_a_greatest_span_holds_for_every_two_plots(seed: int) -> None:
    dice = random.Random(seed)
    graph, land, cost = county(dice, dice.randint(2, 10))
    middles = np.array([[dice.uniform(0, 100), dice.uniform(0, 100)] for _ in range(graph.n)])
    least, span = 20_000_000, dice.choice([30.0, 60.0, 90.0])
    fits = [chosen for chosen in subsets(graph) if sum(land[place] for place in chosen) >= least
            and all(np.hypot(*(middles[a] - middles[b])) <= span for a in chosen for b in chosen)]
    best = min((sum(cost[place] for place in chosen) for chosen in fits), default=None)
    found = search(graph, land, cost, None, None, min_cm2=least, gap=0, time_limit_s=20, middles=middles, span_m=span)
    assert [site.weight for site in found.sites] == ([] if best is None else [best])
    assert all(frozenset(site.plots.tolist()) in fits and site.gap < 1e-5 for site in found.sites)


@pytest.mark.parametrize("seed", range(25))
def test_phases_are_connected_and_their_cost_is_never_below_the_bound(seed: int) -> None:
    dice = random.Random(seed)
    graph, land, cost = county(dice, dice.randint(2, 7))
    phases = tuple(dice.choice([3, 6, 13]) * 1_000_000 for _ in range(dice.choice([2, 3])))
    best = None
    for told in product(range(len(phases) + 1), repeat=graph.n):
        parts = [[place for place, phase in enumerate(told) if phase == number] for number in range(1, len(phases) + 1)]
        large = all(sum(land[place] for place in part) >= least for part, least in zip(parts, phases, strict=True))
        whole = sorted(sum(parts, []))
        if large and all(map(graph.is_connected, parts)) and graph.is_connected(whole):
            price = sum(cost[place] for place in whole)
            best = price if best is None else min(best, price)
    found = search(graph, land, cost, None, None, min_cm2=1, phases=phases, gap=0, time_limit_s=20)
    if best is None:
        assert not found.sites
        return
    site = found.sites[0]
    assert site.weight == best
    assert site.bound <= best
    assert sorted(place for part in site.phases for place in part.tolist()) == site.plots.tolist()
    assert all(graph.is_connected(part) for part in site.phases)
    assert all(sum(land[place] for place in part.tolist()) >= least for part, least in zip(site.phases, phases, strict=True))


def test_plots_without_a_needed_figure_are_left_out_and_counted() -> None:
    graph = Graph.of(4, [(0, 1), (1, 2), (2, 3)])
    found = search(graph, [10, 10, 10, 10], [5, None, 5, 5], None, [3, 3, 3, 30], min_cm2=10, within=12,
                   allowed=np.array([True, True, True, True]), alternatives=2)
    assert found.eligible.left_out == {"没有成本": 1, "12 个月内腾不出": 1}
    assert sorted(site.plots.tolist() for site in found.sites) == [[0], [2]]
    assert [site.owners for site in found.sites] == [None, None]


def test_fewest_households_come_first_and_land_decides_between_equals() -> None:
    graph = Graph.of(4, [(0, 1), (2, 3)])
    land = [500_000, 700_000, 500_000, 650_000]
    found = search(graph, land, None, [2, 1, 1, 2], None, min_cm2=1_100_000)
    assert found.eligible.aim is Aim.OWNERS
    assert found.sites[0].plots.tolist() == [2, 3]


def test_too_little_connected_land_is_told_with_the_largest_piece() -> None:
    found = search(Graph.of(4, [(0, 1)]), [10, 10, 15, 4], None, None, None, min_cm2=21)
    assert (found.sites, found.unmet is not None) == ([], True)
    assert (found.unmet.why, found.unmet.largest_cm2, found.unmet.largest.tolist()) == ("land", 20, [0, 1])  # type: ignore[union-attr]
    nobody = search(Graph.of(1, []), [10], None, None, None, min_cm2=5, allowed=np.array([False]))
    assert nobody.unmet is not None
    assert nobody.unmet.why == "nothing"


@pytest.mark.parametrize(("words", "wrong"), [
    ("大于 0", {"min_cm2": 0}), ("备选", {"min_cm2": 5, "alternatives": 0}), ("没有腾退时间", {"min_cm2": 5, "within": 3}),
    ("没有户数", {"min_cm2": 5, "aim": Aim.OWNERS}), ("大于 0", {"min_cm2": 5, "phases": (5, 0)}),
])
def test_wrong_wishes_are_refused_with_a_sentence(words: str, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=words):
        search(Graph.of(2, [(0, 1)]), [10, 10], [1, 1], None, None, **wrong)  # type: ignore[arg-type]


def test_figures_of_another_length_or_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="成本有 1 个，地块有 2 个"):
        search(Graph.of(2, [(0, 1)]), [10, 10], [1], None, None, min_cm2=5)
    with pytest.raises(ValueError, match="不能是负数"):
        search(Graph.of(2, [(0, 1)]), [10, 10], [1, -1], None, None, min_cm2=5)


@pytest.mark.parametrize("seed", range(6))
def test_another_solver_finds_no_lighter_site_on_a_larger_grid(seed: int) -> None:
    dice = random.Random(seed)
    wide, n = 6, 30
    pairs = [(a, b) for a in range(n) for b in (a + 1, a + wide) if b < n and not (b == a + 1 and b % wide == 0)]
    graph, land = Graph.of(n, pairs), [dice.randint(5, 40) * 1_000_000 for _ in range(n)]
    cost = [dice.randint(1, 900) * 1_000 for _ in range(n)]
    least = sum(land) // 4
    (site,) = search(graph, land, cost, None, None, min_cm2=least, gap=0, time_limit_s=30).sites
    (ground,) = grounds(graph, np.array(land), np.array(cost), range(n), None)
    other = phasing.proved(phasing.Exact(ground, Wish(least), (), ()), None, 0, gap=0, until=monotonic() + 30).best
    assert other is not None
    assert (site.weight, site.gap < 1e-5) == (other.price, True)
