"""A maximum under linear rows that grow: relaxed by GLOP with a bound that holds, in whole numbers by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp  # type: ignore[import-untyped]
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]

Floats = NDArray[np.float64]
Entries = Sequence[tuple[int, float]]
EMPTY: Final = (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED)
ENDED: Final = (mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.FEASIBLE)
SAFE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Relaxed:
    """`value` per column, `dual` per row (≥ 0 where a row binds from above), `reduced` gain per column; no point that keeps
    the rows is worth more than `bound`, whatever the accuracy of the solver was."""

    value: Floats
    dual: Floats
    reduced: Floats
    bound: float


@dataclass(frozen=True, eq=False)
class Integer:
    """`value` None: nothing found (none exists when `empty`); `bound` is of what was alive."""

    value: Floats | None
    bound: float
    empty: bool


class Programme:
    """Columns 0 ≤ x ≤ upper with a gain; rows lower ≤ a·x ≤ upper."""

    def __init__(self) -> None:
        self.gain: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._coef: list[float] = []
        self._solver = pywraplp.Solver.CreateSolver("GLOP")  # by far less to say between two solves than through MathOpt
        self._solver.Objective().SetMaximization()
        self._x: list[pywraplp.Variable] = []
        self._rows: list[pywraplp.Constraint] = []

    def column(self, gain: float, upper: float = 1.0, whole: bool = False) -> int:
        self.gain.append(gain)
        self.upper.append(upper)
        self.whole.append(whole)
        one = self._solver.NumVar(0.0, upper, "")
        if gain:
            self._solver.Objective().SetCoefficient(one, gain)
        self._x.append(one)
        return len(self.gain) - 1

    def row(self, entries: Entries, high: float, low: float = -np.inf) -> int:
        at = len(self.high)
        self.low.append(low)
        self.high.append(high)
        made = self._solver.Constraint(low, high)
        for column, coef in entries:
            self._row.append(at)
            self._column.append(column)
            self._coef.append(coef)
            made.SetCoefficient(self._x[column], coef)
        self._rows.append(made)
        return at

    def relaxed(self, seconds: float) -> Relaxed | None:
        """None: no point keeps the rows. Raises TimeoutError."""
        self._solver.SetTimeLimit(max(10, int(seconds * 1000)))
        status = self._solver.Solve()
        if status == pywraplp.Solver.INFEASIBLE:
            return None
        if status != pywraplp.Solver.OPTIMAL:
            raise TimeoutError(f"GLOP {status}")
        dual = np.array([row.dual_value() for row in self._rows])
        return self._proven(np.array([one.solution_value() for one in self._x]), dual)

    def _proven(self, value: Floats, dual: Floats) -> Relaxed:
        low, high = np.array(self.low), np.array(self.high)
        dual = np.where((dual > 0) & ~np.isfinite(high), 0.0, np.where((dual < 0) & ~np.isfinite(low), 0.0, dual))
        reduced = np.array(self.gain)
        np.subtract.at(reduced, np.array(self._column), np.array(self._coef) * dual[np.array(self._row)])
        side = np.where(dual > 0, np.where(np.isfinite(high), high, 0.0), np.where(np.isfinite(low), low, 0.0))
        bound = float((dual * side).sum() + (np.maximum(reduced, 0.0) * np.array(self.upper)).sum())
        return Relaxed(value, dual, reduced, bound + abs(bound) * SAFE)

    def integer(self, gone: NDArray[np.bool_], gap: float, seconds: float) -> Integer:
        """Best point without the columns `gone`. Stops when bound − value is at most `gap`."""
        model = mathopt.Model()
        model.objective.is_maximize = True
        kept = np.flatnonzero(~gone).tolist()
        x = {at: model.add_variable(lb=0.0, ub=self.upper[at], is_integer=self.whole[at]) for at in kept}
        for at in kept:
            if self.gain[at]:
                model.objective.set_linear_coefficient(x[at], self.gain[at])
        rows = [model.add_linear_constraint(lb=low, ub=high) for low, high in zip(self.low, self.high, strict=True)]
        for row, column, coef in zip(self._row, self._column, self._coef, strict=True):
            if column in x:
                rows[row].set_coefficient(x[column], coef)
        params = mathopt.SolveParameters(
            time_limit=timedelta(seconds=max(seconds, 0.05)), relative_gap_tolerance=0.0, absolute_gap_tolerance=max(gap, 0.0)
        )
        return self._read(mathopt.solve(model, mathopt.SolverType.HIGHS, params=params), x)

    def _read(self, result: mathopt.SolveResult, x: dict[int, mathopt.Variable]) -> Integer:
        reason = result.termination.reason
        if reason in EMPTY:
            return Integer(None, -np.inf, reason == mathopt.TerminationReason.INFEASIBLE)
        bound = result.termination.objective_bounds.dual_bound
        bound = bound + abs(bound) * SAFE if np.isfinite(bound) else np.inf
        if reason not in ENDED or not result.has_primal_feasible_solution():
            return Integer(None, bound, False)
        value = np.zeros(len(self.gain))
        value[list(x)] = result.variable_values(list(x.values()))
        return Integer(value, bound, False)
