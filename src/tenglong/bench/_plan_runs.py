"""One measured solve in a process of its own, so that memory is its own and the solver's chatter stays out of the output."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]

from tenglong.bench._plan_county import Size, county
from tenglong.domain.renewal.clusters import connected_sets
from tenglong.domain.renewal.portfolio.compiled import cluster_bonus, compile_problem
from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.solve import solve_compiled
from tenglong.domain.renewal.portfolio.watch import Watch

GAP = 1e-4


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds, the value found, the gap proven, the clusters there were, peak memory in MiB."""

    seconds: float
    busy: float
    value: float
    gap: float
    clusters: int
    memory: float


def alone(what: Callable[..., Measured], *given: Any) -> Measured:
    """`what(*given)` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_hush) as pool:
        return pool.submit(what, *given).result()


def _hush() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def ours(size: Size, seed: int, rich: bool, limit: float) -> Measured:
    """The planner: enumerating, dropping, pricing and searching are all inside the clock."""
    problem = county(size, seed, rich=rich)
    start, busy = time.perf_counter(), time.process_time()
    compiled = compile_problem(problem)
    answer = solve_compiled(compiled, Watch(limit), GAP)
    spent = time.perf_counter() - start, time.process_time() - busy
    return Measured(*spent, answer.value if answer.found else 0.0, _or_inf(answer.gap), compiled.enumerated, peak())


def plain(size: Size, seed: int, limit: float) -> Measured:
    """The same problem as one integer programme: a column per cluster, a row per plot and one for the budget, given
    to HiGHS."""
    problem = county(size, seed)
    start, busy = time.perf_counter(), time.process_time()
    model, count = _packing(problem)
    params = mathopt.SolveParameters(time_limit=timedelta(seconds=limit), relative_gap_tolerance=GAP)
    bounds = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params).termination.objective_bounds
    spent = time.perf_counter() - start, time.process_time() - busy
    value = bounds.primal_bound if np.isfinite(bounds.primal_bound) else 0.0
    return Measured(*spent, value * 1e6, (bounds.dual_bound - value) / max(value, 1.0), count, peak())


def _packing(problem: Problem) -> tuple[mathopt.Model, int]:
    assert problem.graph is not None
    clusters = connected_sets(problem.graph, range(problem.graph.n), max_members=problem.max_members)
    each = {option.candidate: option for option in problem.options}
    cost, uplift = (np.array([getattr(each[one.key], name) for one in problem.candidates]) for name in ("cost", "uplift"))
    gain = (clusters.total(uplift) + cluster_bonus(problem, problem.graph, clusters)) / 1e6
    model = mathopt.Model()
    x = [model.add_binary_variable() for _ in range(len(clusters))]
    plots = [model.add_linear_constraint(ub=1.0) for _ in problem.candidates]
    for member, owner in zip(clusters.member.tolist(), clusters.owner().tolist(), strict=True):
        plots[member].set_coefficient(x[owner], 1.0)
    money = model.add_linear_constraint(ub=problem.budgets[0].amount / 1e6)
    for variable, value in zip(x, (clusters.total(cost) / 1e6).tolist(), strict=True):
        money.set_coefficient(variable, value)
    model.maximize(mathopt.fast_sum(value * variable for value, variable in zip(gain.tolist(), x, strict=True)))
    return model, len(clusters)


def _or_inf(gap: float | None) -> float:
    return float("inf") if gap is None else gap


def peak() -> float:
    """Peak memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
