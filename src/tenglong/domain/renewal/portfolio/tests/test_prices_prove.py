"""Any prices prove a bound; a cluster is dropped only when a split of it is worth as much."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tenglong.bench._plan_county import Size, county
from tenglong.domain.renewal.clusters import connected_sets
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.compiled import compile_problem
from tenglong.domain.renewal.portfolio.dominated import undominated
from tenglong.domain.renewal.portfolio.parts import Aim, Budget, Candidate, Objective, Option, Problem, Target
from tenglong.domain.renewal.portfolio.prices import Pricer
from tenglong.domain.renewal.portfolio.solve import first_stage, solve
from tenglong.domain.renewal.portfolio.study import Study

MU = 6_666_667
WAN = 1_000_000


def test_random_prices_never_bound_below_the_best_plan() -> None:
    problem = county(Size(300, 40, 3), 1, rich=True)
    best = solve(problem, gap=0.0).value
    compiled = compile_problem(problem)
    pricer = Pricer(compiled, first_stage(compiled))
    rng = np.random.default_rng(0)
    bounds = []
    for _ in range(50):
        prices = pricer.prices(rng.normal(0, 1, compiled.plots) * 2e8, rng.normal(0.3, 0.5, len(compiled.rows)), 0.0)
        bounds.append(prices.bound)
    assert min(bounds) >= best


@pytest.mark.parametrize("seed", range(8))
def test_a_cluster_is_dropped_exactly_when_a_split_matches_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [pair for pair in combinations(range(8), 2) if rng.random() < 0.4]
    clusters = connected_sets(Graph.of(8, pairs), range(8), max_members=4)
    bonus = np.where(clusters.sizes > 1, rng.integers(-5, 9, len(clusters)), 0).astype(np.int64)
    keep = undominated(clusters, bonus, 8)
    worth = {tuple(cluster.tolist()): int(value) for cluster, value in zip(clusters, bonus, strict=True)}

    def best(members: tuple[int, ...]) -> float:
        return max(worth.get(members, -np.inf), split(members))

    def split(members: tuple[int, ...]) -> float:
        first, rest = members[0], members[1:]
        found = [-np.inf]
        for size in range(len(rest)):
            for others in combinations(rest, size):
                left = tuple(other for other in rest if other not in others)
                found.append(best((first, *others)) + best(left))
        return max(found)

    assert keep.tolist() == [split(members) < value for members, value in worth.items()]


def test_the_price_of_money_is_what_more_money_brings() -> None:
    """Plots of one size and falling uplift: with money for two of three, the next 万元 brings what the third does per 万元."""
    candidates = tuple(Candidate(key, 10 * MU) for key in "甲乙丙")
    options = tuple(Option(key, "收储", 100 * WAN, uplift * WAN) for key, uplift in zip("甲乙丙", (50, 40, 20), strict=True))
    problem = Problem((2026,), candidates, options, Objective(Aim.MOST_UPLIFT), (Budget(250 * WAN),))
    answer = solve(problem)
    (money,) = Study(problem, answer).binding()
    assert money.brings == pytest.approx(0.2 * WAN) and money.unit == "1 万元" and money.slack == 50 * WAN
    worth = {one.key: one for one in Study(problem, answer).importance(["甲"])}
    assert (worth["甲"].at_least, worth["甲"].at_most) == (30 * WAN, 30 * WAN)


def test_the_price_of_a_target_is_what_one_mu_less_saves() -> None:
    candidates = tuple(Candidate(key, 10 * MU) for key in "甲乙")
    options = tuple(Option(key, "收储", cost * WAN) for key, cost in zip("甲乙", (100, 300), strict=True))
    problem = Problem((2026,), candidates, options, Objective(Aim.CHEAPEST), targets=(Target(15 * MU),))
    answer = solve(problem)
    assert answer.value == 400 * WAN
    (target,) = Study(problem, answer).binding()
    assert target.brings == pytest.approx(30 * WAN, rel=1e-3) and target.unit == "1 亩"
