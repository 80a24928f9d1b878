"""What is asked of a plan afterwards, against trying everything: next best, worth of a plot, conflicts, the frontier."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tenglong.domain.renewal.portfolio.answer import Answer, Status
from tenglong.domain.renewal.portfolio.check import ProblemError
from tenglong.domain.renewal.portfolio.codec import from_json, to_json
from tenglong.domain.renewal.portfolio.compiled import compile_problem
from tenglong.domain.renewal.portfolio.conflict import conflict
from tenglong.domain.renewal.portfolio.parts import Aim, LockedPlot, Part, Problem
from tenglong.domain.renewal.portfolio.solve import solve_compiled
from tenglong.domain.renewal.portfolio.study import Study, frontier
from tenglong.domain.renewal.portfolio.watch import Watch

WORLDS = 60


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


Oracle: Any = beside("plan_oracle").Oracle
World: Any = beside("plan_worlds").World


def solved(seed: int) -> tuple[Problem, Answer]:
    problem = World(seed).problem()
    return problem, solve_compiled(compile_problem(problem), Watch(30.0), 0.0)


def ranked(problem: Problem) -> list[int]:
    """Net values of all plans with the least shortfall, best first."""
    soft = problem.objective.aim is Aim.LEAST_SHORTFALL
    weights = [(row.divisor, row.weight) for row in compile_problem(problem).rows if row.weight is not None] if soft else None
    good, short, net = Oracle(problem).values(weights)
    if not good.any():
        return []
    return sorted(net[good & (short == short[good].min())].tolist(), reverse=True)


def sign(problem: Problem) -> int:
    return -1 if problem.objective.aim is Aim.CHEAPEST else 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [seed for seed in range(WORLDS) if seed % 3 != 2])
def test_next_best_plans_are_the_next_best_of_all(seed: int) -> None:
    problem, answer = solved(seed)
    if not answer.found:
        return
    found = [round(sign(problem) * one.value) for one in Study(problem, answer, gap=0.0).next_best(3)]
    assert found == ranked(problem)[1:4]


@pytest.mark.slow
def test_the_worth_of_a_plot_is_what_solving_without_it_costs() -> None:
    checked = 0
    for seed in range(WORLDS):
        problem, answer = solved(seed)
        if not answer.found or problem.objective.aim is Aim.LEAST_SHORTFALL or not answer.chosen:
            continue
        study = Study(problem, answer, gap=0.0)
        quick = study.importance()
        for bound, exact in zip(quick, study.importance([one.key for one in quick]), strict=True):
            if not exact.solved:
                assert problem.candidates[problem.index(exact.key)].lock is not None
                continue
            rest = ranked(_less(problem, exact.key))
            assert exact.lost == (not rest)
            if rest:
                loss = round(sign(problem) * answer.value) - rest[0]
                assert exact.at_least == exact.at_most == loss
                assert bound.at_least <= loss and (bound.at_most is None or loss <= bound.at_most)
                checked += 1
    assert checked > 40


def _less(problem: Problem, key: str) -> Problem:
    return replace(problem, options=tuple(one for one in problem.options if one.candidate != key))


@pytest.mark.slow
def test_a_conflict_is_irreducible() -> None:
    told = 0
    for seed in range(100):
        problem = World(seed).problem()
        answer = solve_compiled(compile_problem(problem), Watch(30.0), 0.0)
        if answer.status is not Status.NONE:
            continue
        parts = conflict(problem)
        told += 1
        assert parts and not ranked(_only(problem, parts)), seed
        for part in parts:
            assert ranked(_only(problem, [other for other in parts if other is not part])), (seed, part)
    assert told > 5


def _only(problem: Problem, parts: list[Part]) -> Problem:
    """The problem with no rule or lock but these (and the targets of a least shortfall)."""
    rules = [part for part in parts if not isinstance(part, LockedPlot)]
    keys = {part.key for part in parts if isinstance(part, LockedPlot)}
    soft = problem.objective.aim is Aim.LEAST_SHORTFALL
    return replace(
        problem,
        candidates=tuple(one if one.key in keys else replace(one, lock=None) for one in problem.candidates),
        budgets=tuple(one for one in problem.budgets if one in rules),
        targets=problem.targets if soft else tuple(one for one in problem.targets if one in rules),
        shares=tuple(one for one in problem.shares if one in rules),
        capacities=tuple(one for one in problem.capacities if one in rules),
        min_contiguous=problem.min_contiguous if problem.min_contiguous in rules else None,
    )


def test_each_point_of_the_frontier_is_the_best_plan_for_that_money() -> None:
    seen = 0
    for seed in range(1, WORLDS, 3):
        problem = World(seed).problem()
        total = sum(one.amount for one in problem.budgets)
        if total <= 0:
            continue
        points = frontier(problem, [total // 2, total, total * 2], gap=0.0)
        for point in points:
            budgets = tuple(replace(one, amount=one.amount * point.budget // total) for one in problem.budgets)
            best = ranked(replace(problem, budgets=budgets))
            assert [round(point.answer.value)] == best[:1] if best else point.answer.status is Status.NONE
            seen += 1
    assert seen > 20


def test_a_problem_comes_back_from_json_as_it_was() -> None:
    for seed in range(50):
        problem = World(seed).problem()
        again = from_json(to_json(problem))
        assert to_json(again) == to_json(problem)
        assert again.candidates == problem.candidates and again.options == problem.options and again.rules() == problem.rules()
        first, second = compile_problem(problem), compile_problem(again)
        assert np.array_equal(first.bonus, second.bonus) and np.array_equal(first.net, second.net)


def test_json_with_an_unknown_part_is_refused_by_name() -> None:
    with pytest.raises(ProblemError, match="不认识的部分：plots"):
        from_json({"years": [2026], "plots": []})
