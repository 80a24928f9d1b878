"""Must-show 3: on at most 18 binary decisions the plan is the best of all plans, 500 times."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tenglong.domain.renewal.portfolio import search
from tenglong.domain.renewal.portfolio.answer import Status
from tenglong.domain.renewal.portfolio.check import faults_of
from tenglong.domain.renewal.portfolio.compiled import compile_problem
from tenglong.domain.renewal.portfolio.parts import Aim, Problem
from tenglong.domain.renewal.portfolio.solve import solve_compiled
from tenglong.domain.renewal.portfolio.watch import Watch

INSTANCES = 500


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
BINARY: int = beside("plan_worlds").BINARY


def expected(problem: Problem) -> tuple[int, int] | None:
    """(shortfall in the solver's units, net) of the best plan; None when there is none."""
    oracle = Oracle(problem)
    soft = problem.objective.aim is Aim.LEAST_SHORTFALL
    weights = [(row.divisor, row.weight) for row in compile_problem(problem).rows if row.weight is not None] if soft else None
    good, short, net = oracle.values(weights)
    if not good.any():
        return None
    least = short[good].min()
    return int(least), int(net[good & (short == least)].max())


def kinds(problem: Problem) -> list[str]:
    out = [type(part).__name__ for part in problem.rules()] + [problem.objective.aim]
    out += [name for name in ("assembly", "compactness", "graph") if getattr(problem, name) is not None]
    out += ["lock in" if one.lock.inside else "lock out" for one in problem.candidates if one.lock]
    out += ["expected"] * problem.objective.expected + ["until"] * (problem.objective.until is not None)
    return out


def check(seeds: range) -> Counter[str]:
    """Solves each world and compares; returns the kinds of parts seen."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        problem = World(seed).problem()
        seen.update(set(kinds(problem)))
        compiled = compile_problem(problem)
        assert len(compiled.plot) <= BINARY
        answer = solve_compiled(compiled, Watch(30.0), 0.0)
        wanted = expected(problem)
        assert answer.found == (wanted is not None), f"seed {seed}"
        if wanted is None:
            assert answer.status is Status.NONE
            seen["none"] += 1
            continue
        assert answer.status is Status.PROVEN
        assert (-answer.value if problem.objective.aim is Aim.CHEAPEST else answer.value) == wanted[1], f"seed {seed}"
        if problem.objective.aim is Aim.LEAST_SHORTFALL:
            units = 10**12 * sum(one.weight for one in problem.targets)
            assert np.isclose(answer.proofs[0].value * units, wanted[0], rtol=1e-12), f"seed {seed}"
            seen["missed"] += wanted[0] > 0
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_the_plan_is_the_best_of_all_plans(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows are made tiny in most parts, so that they must be widened as they are in a county; the last two parts
    go through HiGHS."""
    monkeypatch.setattr(search, "FIRST_WINDOW", (10**6, 1, 2, 4, 8)[part])
    monkeypatch.setattr(search, "SMALL", 0 if part > 2 else search.SMALL)
    seen = check(range(part * INSTANCES // 5, (part + 1) * INSTANCES // 5))
    every = {
        "Budget",
        "Target",
        "Share",
        "Capacity",
        "MinContiguous",
        "assembly",
        "compactness",
        "graph",
        "lock in",
        "lock out",
        "none",
    }
    assert every | {"expected", "until", "missed", *Aim} <= set(seen)


def test_the_plan_is_the_best_of_all_plans_on_a_few_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FIRST_WINDOW", 2)
    assert check(range(1_000, 1_025))["Budget"] > 10


def test_random_worlds_are_mostly_problems_that_pass_the_check() -> None:
    faulty = sum(bool(list(faults_of(World(seed).problem()))) for seed in range(100))
    assert faulty < 50
