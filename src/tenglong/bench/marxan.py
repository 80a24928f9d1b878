"""`tenglong bench marxan`: an invented instance in the shape of the well-known Marxan example, at two boundary penalties."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]

from tenglong.bench._marxan_data import texts
from tenglong.bench._plan_runs import Measured, alone, peak
from tenglong.bench.result import Alternative, BenchOptions, BenchResult
from tenglong.domain.renewal.portfolio.marxan import Reserve, read_reserve
from tenglong.domain.renewal.portfolio.reserve import ReserveModel, solve_reserve
from tenglong.domain.renewal.portfolio.watch import Watch

TARGET, GAP, LIMIT, PENALTIES = 0.3, 0.005, 10.0, (0.1, 1.0)


def run(options: BenchOptions) -> BenchResult:
    """`runs` invented instances; the data are made outside the clock."""
    result = BenchResult(
        "marxan",
        "1,751 个单元、17 种要素、5,029 条共边（数据为虚构），目标 30%，证明差距不超过 0.5%",
        limits={_name(penalty): LIMIT for penalty in PENALTIES},
    )
    for penalty in PENALTIES:
        found = [_solved(options.seed + number, penalty, number, result, options) for number in range(options.runs)]
        options.say(f"{_name(penalty)}：对照，一个整数规划")
        theirs = alone(plain, options.seed, penalty)
        note = f"同一实例；对照证明到 {theirs.gap:.2%}，内存峰值 {theirs.memory:.0f} MiB，本程序 {found[0].memory:.0f} MiB"
        result.alternatives.append(
            Alternative(f"一个整数规划（HiGHS），{_name(penalty)}", found[0].seconds, theirs.seconds, note)
        )
    return result


def _name(penalty: float) -> str:
    return f"边界惩罚 {penalty:g}"


def _solved(seed: int, penalty: float, number: int, result: BenchResult, options: BenchOptions) -> Measured:
    options.say(f"{_name(penalty)}：第 {number + 1} 个实例")
    found = alone(ours, seed, penalty)
    result.seconds.setdefault(_name(penalty), []).append(found.seconds)
    result.facts[f"{_name(penalty)}，第 {number + 1} 个"] = (
        f"{found.seconds:.2f} 秒（处理器 {found.busy:.2f} 秒），合计 {found.value:,.1f}，已证明差距 {found.gap:.2%}，"
        f"内存峰值 {found.memory:.0f} MiB"
    )
    if not found.gap <= GAP or found.seconds > LIMIT:
        result.failures.append(f"{_name(penalty)} 第 {number + 1} 个：{found.seconds:.1f} 秒，差距 {found.gap:.2%}")
    return found


def _reserve(seed: int) -> Reserve:
    return read_reserve(texts(seed), TARGET)


def ours(seed: int, penalty: float) -> Measured:
    """The planner, in a process of its own."""
    reserve = _reserve(seed)
    start, busy = time.perf_counter(), time.process_time()
    answer = solve_reserve(reserve, penalty, Watch(60.0), GAP)
    gap = float("inf") if answer.gap is None else answer.gap
    return Measured(
        time.perf_counter() - start, time.process_time() - busy, answer.value, gap, int(answer.chosen.sum()), peak()
    )


def plain(seed: int, penalty: float) -> Measured:
    """The same as one integer programme given to HiGHS."""
    reserve = _reserve(seed)
    start, busy = time.perf_counter(), time.process_time()
    model = ReserveModel(reserve, penalty, np.full(len(reserve.cost), -1.0), whole=True)
    params = mathopt.SolveParameters(time_limit=timedelta(seconds=60), relative_gap_tolerance=GAP)
    bounds = mathopt.solve(model.model, mathopt.SolverType.HIGHS, params=params).termination.objective_bounds
    gap = (bounds.primal_bound - bounds.dual_bound) / max(abs(bounds.primal_bound), 1e-9)
    return Measured(time.perf_counter() - start, time.process_time() - busy, bounds.primal_bound, gap, 0, peak())
