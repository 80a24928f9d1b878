"""The integer problem of a window by HiGHS: on thousands of columns and a budget row it closes in a second where
CP-SAT needs minutes.

Floating point: what it finds is added up again in whole numbers by the caller, and its bound is raised by more than
its tolerance.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]

from tenglong.domain.renewal.portfolio.watch import Watch
from tenglong.domain.renewal.portfolio.window import Solved, Window

MARGIN: Final = 4e-6  # above the tolerance of HiGHS, 1e-6
SAFE: Final = 1e-9  # of the bound
WANTED: Final = 1_000.0
ENDED: Final = (mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.FEASIBLE)
EMPTY: Final = (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED)


class Mip:
    """One HiGHS model over a window; rows and objective are scaled to about 1 and 1,000."""

    def __init__(
        self, window: Window, forbidden: Sequence[Sequence[int]] = (), fixed: Collection[int] = (), *, margin: float = 0.0
    ) -> None:
        """`fixed`: places (cluster · years + year) that are taken as chosen. `margin`: share of its largest
        coefficient by which each
        row is tightened, so that the plan holds in whole numbers too; the bound is then of no use."""
        self.margin = margin
        self.window, self.stage = window, window.stage
        self.model = mathopt.Model()
        self.x = [self.model.add_binary_variable() for _ in range(len(window))]
        for at in np.flatnonzero(np.isin(window.alive.place, list(fixed))).tolist():
            self.x[at].lower_bound = 1.0
        self.gains = window.gains().astype(np.float64)
        self._pack()
        misses = self._couple()
        for choices in forbidden:
            if (cut := window.cut(choices)) is not None:
                self._row(cut.astype(np.float64), len(choices) - 1.0)
        self._aim(misses)

    def _pack(self) -> None:
        must = self.window.problem.must
        for plot, columns in self.window.packs().items():
            total = mathopt.fast_sum(self.x[at] for at in columns)
            self.model.add_linear_constraint(expr=total, lb=1.0 if must[plot] else -np.inf, ub=1.0)
        for others, columns in self.window.stand_ins():
            used = mathopt.fast_sum(self.x[at] for at in others) - mathopt.fast_sum(self.x[at] for at in columns)
            self.model.add_linear_constraint(expr=used, ub=0.0)
        if self.window.uncovered():
            self.model.add_linear_constraint(lb=1.0)

    def _row(self, coef: NDArray[np.float64], upper: float, miss: mathopt.Variable | None = None) -> float:
        """Returns what the row was divided by; `miss` counts in the divided units."""
        size = max(1.0, float(np.abs(coef).max())) if len(coef) else 1.0
        used = np.flatnonzero(coef)
        total = mathopt.fast_sum(
            value * self.x[at] for at, value in zip(used.tolist(), (coef[used] / size).tolist(), strict=True)
        )
        self.model.add_linear_constraint(
            expr=total if miss is None else total - miss, ub=upper / size - (self.margin if miss is None else 0.0)
        )
        return size

    def _couple(self) -> list[tuple[mathopt.Variable, float]]:
        """Shortfall columns with the weight of one divided unit."""
        misses = []
        for row in self.window.problem.rows:
            soft = self.stage.soft and row.weight is not None
            miss = self.model.add_variable(lb=0.0) if soft else None
            size = self._row(self.window.terms(row.coef).astype(np.float64), float(row.rhs), miss)
            if miss is not None:
                misses.append((miss, float(row.weight or 0) * size))
        cap = self.stage.shortfall_cap
        if cap is not None:
            size = max(weight for _, weight in misses)
            self.model.add_linear_constraint(
                expr=mathopt.fast_sum(weight / size * miss for miss, weight in misses), ub=cap / size - self.margin
            )
        return misses

    def _aim(self, misses: list[tuple[mathopt.Variable, float]]) -> None:
        short = self.stage.soft and self.stage.shortfall_cap is None
        largest = max((weight for _, weight in misses), default=1.0) if short else float(np.abs(self.gains).max(initial=1.0))
        self.unit = WANTED / largest
        if short:
            self.model.maximize(mathopt.fast_sum(-weight * self.unit * miss for miss, weight in misses))
        else:
            self.model.maximize(
                mathopt.fast_sum(gain * self.unit * x for gain, x in zip(self.gains.tolist(), self.x, strict=True))
            )

    def solve(self, watch: Watch, *, gap: float, seconds: float = np.inf) -> Solved:
        """`gap`: stop when bound − value is at most this many units of the objective. The value is for the caller to add up."""
        params = mathopt.SolveParameters(
            time_limit=timedelta(seconds=max(min(watch.left(), seconds), 0.05)),
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=max(gap * self.unit, 0.0),
        )
        result = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=params)
        reason = result.termination.reason
        if reason in EMPTY:
            return Solved(None, None, (), reason == mathopt.TerminationReason.INFEASIBLE)
        dual = result.termination.objective_bounds.dual_bound / self.unit
        bound = floor(dual + abs(dual) * SAFE) if np.isfinite(dual) else None
        if reason not in ENDED or not result.has_primal_feasible_solution():
            return Solved(None, bound, (), False)
        values = result.variable_values(self.x)
        on = [at for at, value in enumerate(values) if value > 0.5]
        return Solved(0, bound, self.window.picks(on), reason == mathopt.TerminationReason.OPTIMAL)
