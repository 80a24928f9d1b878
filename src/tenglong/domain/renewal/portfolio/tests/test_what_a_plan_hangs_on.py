"""Sensitivity: every bar is the plan solved again with one thing changed; what moves it most comes first."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tenglong.domain.renewal.portfolio.parts import Aim, Budget, Candidate, Capacity, Objective, Option, Problem, Target
from tenglong.domain.renewal.portfolio.solve import solve
from tenglong.domain.renewal.portfolio.tornado import COSTS, UPLIFT, tornado

MU, WAN = 6_666_667, 1_000_000


def problem(aim: Aim) -> Problem:
    candidates = tuple(Candidate(f"P{at}", (at + 2) * MU) for at in range(6))
    options = tuple(Option(one.key, "收储", (50 + 17 * at) * WAN, (9 + 4 * at % 7) * WAN, relocation_m2=100)
                    for at, one in enumerate(candidates))
    return Problem((2026,), candidates, options, Objective(aim), (Budget(250 * WAN),), (Target(12 * MU),),
                   capacities=(Capacity(1_000),))


def test_every_end_of_a_bar_is_the_plan_solved_with_that_one_thing_changed() -> None:
    given = replace(problem(Aim.MOST_UPLIFT), targets=(Target(5 * MU),))
    bars = {bar.what: bar for bar in tornado(given, share=Fraction(1, 5), gap=0.0)}
    assert set(bars) == {given.budgets[0].words(), given.targets[0].words(), given.capacities[0].words(), COSTS, UPLIFT}
    for factor, side in ((4, "low"), (6, "high")):
        money = solve(replace(given, budgets=(Budget(250 * WAN * factor // 5),)), gap=0.0)
        dear = solve(replace(given, options=tuple(replace(one, cost=one.cost * factor // 5) for one in given.options)), gap=0.0)
        assert getattr(bars[given.budgets[0].words()], side).value == money.value
        assert getattr(bars[COSTS], side).value == dear.value
    assert bars[given.capacities[0].words()].swing == (0.0, 0.0)
    swings = [bar.swing for bar in tornado(given)]
    assert swings == sorted(swings, reverse=True)


def test_an_end_without_a_plan_says_so_and_comes_first() -> None:
    given = problem(Aim.CHEAPEST)
    assert solve(given).found
    first = tornado(given)[0]
    assert not (first.low.found and first.high.found)
    assert "没有方案" in first.words(Aim.CHEAPEST)


def test_a_shortfall_is_told_beside_the_uplift() -> None:
    given = replace(problem(Aim.LEAST_SHORTFALL), targets=(Target(27 * MU),))
    bars = {bar.what: bar for bar in tornado(given)}
    budget = bars[given.budgets[0].words()]
    assert budget.low.shortfall > budget.high.shortfall
    assert "目标缺口" in budget.words(Aim.LEAST_SHORTFALL)


def test_what_time_does_not_allow_is_told_as_open() -> None:
    bars = tornado(problem(Aim.MOST_UPLIFT), time_limit_s=0.0)
    assert len(bars) == 5 and all(not bar.low.solved and "没有算完" in bar.words(Aim.MOST_UPLIFT) for bar in bars)
