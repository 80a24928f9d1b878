"""One linear programme that grows: rows once, columns as they are priced in. GLOP through MathOpt keeps its basis
between solves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]

Floats = NDArray[np.float64]


class Unsolved(RuntimeError):
    """The linear programme was not solved to its end."""


class GrowingLp:
    """Maximise; rows are `lower ≤ a·x ≤ upper`, columns are `0 ≤ x ≤ upper`."""

    def __init__(self) -> None:
        self.model = mathopt.Model()
        self.model.objective.is_maximize = True
        self.rows: list[mathopt.LinearConstraint] = []
        self.columns: list[mathopt.Variable] = []
        self._solver: mathopt.IncrementalSolver | None = None
        self._primal: dict[mathopt.Variable, float] = {}

    def add_row(self, lower: float, upper: float) -> int:
        self.rows.append(self.model.add_linear_constraint(lb=lower, ub=upper))
        return len(self.rows) - 1

    def add_column(self, gain: float, entries: Iterable[tuple[int, float]], upper: float = np.inf) -> int:
        column = self.model.add_variable(lb=0.0, ub=upper)
        if gain:
            self.model.objective.set_linear_coefficient(column, gain)
        for row, coefficient in entries:
            if coefficient:
                self.rows[row].set_coefficient(column, coefficient)
        self.columns.append(column)
        return len(self.columns) - 1

    def set_gain(self, column: int, gain: float) -> None:
        self.model.objective.set_linear_coefficient(self.columns[column], gain)

    def close(self, column: int, upper: float = 0.0) -> None:
        self.columns[column].upper_bound = upper

    def set_upper(self, row: int, upper: float) -> None:
        self.rows[row].upper_bound = upper

    def set_lower(self, row: int, lower: float) -> None:
        self.rows[row].lower_bound = lower

    def solve(self, seconds: float) -> tuple[float, Floats]:
        """Optimum and the dual of each row (≥ 0 for a row that binds from above). Raises Unsolved."""
        if self._solver is None:
            self._solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        limit = mathopt.SolveParameters(time_limit=timedelta(seconds=max(seconds, 0.01)))
        result = self._solver.solve(params=limit)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            raise Unsolved(str(result.termination.reason.name))
        self._primal = result.variable_values()
        duals = result.dual_values()
        return result.objective_value(), np.array([duals[row] for row in self.rows])

    def value_of(self, column: int) -> float:
        """Value of a column in the last solve (0 for one added since)."""
        return self._primal.get(self.columns[column], 0.0)
