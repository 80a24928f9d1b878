"""The integer problem of a window by CP-SAT: whole numbers throughout, so its bound is exact. For small windows and
for a gap of nought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import gcd
from typing import Any, Final

import numpy as np
from ortools.sat.python import cp_model

from tenglong.domain.renewal.portfolio.compiled import Whole
from tenglong.domain.renewal.portfolio.watch import Watch
from tenglong.domain.renewal.portfolio.window import Pick, Solved, Window

WORKERS: Final = 2
Tell = Callable[[int, int], None]


class Exact:
    """One CP-SAT model over a window."""

    def __init__(self, window: Window, forbidden: Sequence[Sequence[int]] = ()) -> None:
        self.window, self.stage = window, window.stage
        self.model = cp_model.CpModel()
        self.x = [self.model.new_bool_var("") for _ in range(len(window))]
        self._pack()
        self.misses = self._couple()
        for choices in forbidden:
            if (cut := window.cut(choices)) is not None:
                self.model.add(self._sum(cut) <= len(choices) - 1)
        self._aim()

    def _pack(self) -> None:
        must = self.window.problem.must
        for plot, columns in self.window.packs().items():
            literals = [self.x[at] for at in columns]
            if must[plot]:
                self.model.add_exactly_one(literals)
            elif len(literals) > 1:
                self.model.add_at_most_one(literals)
        if self.window.uncovered():
            self.model.add_bool_or([])
        for others, columns in self.window.stand_ins():
            terms = [self.x[at] for at in others + columns]
            self.model.add(cp_model.LinearExpr.weighted_sum(terms, [1] * len(others) + [-1] * len(columns)) <= 0)

    def _sum(self, coef: Whole) -> Any:
        used = np.flatnonzero(coef)
        return cp_model.LinearExpr.weighted_sum([self.x[at] for at in used.tolist()], coef[used].tolist()) if len(used) else 0

    def _couple(self) -> list[tuple[Any, int]]:
        misses: list[tuple[Any, int]] = []
        for row in self.window.problem.rows:
            total = self._sum(self.window.terms(row.coef))
            if self.stage.soft and row.weight is not None:
                miss = self.model.new_int_var(0, row.most, "")
                misses.append((miss, row.weight))
                self.model.add(total - miss <= row.rhs)
            elif not isinstance(total, int):
                self.model.add(total <= row.rhs)
            elif row.rhs < 0:
                self.model.add_bool_or([])
        if self.stage.shortfall_cap is not None:
            missed = cp_model.LinearExpr.weighted_sum([miss for miss, _ in misses], [weight for _, weight in misses])
            self.model.add(missed <= self.stage.shortfall_cap)
        return misses

    def _aim(self) -> None:
        self.divisor = 1
        if self.stage.soft and self.stage.shortfall_cap is None:
            self.divisor = gcd(*(weight for _, weight in self.misses)) or 1
            self.model.maximize(
                -cp_model.LinearExpr.weighted_sum(
                    [miss for miss, _ in self.misses], [weight // self.divisor for _, weight in self.misses]
                )
            )
            return
        gains = self.window.gains()
        self.divisor = int(np.gcd.reduce(gains)) if len(gains) and gains.any() else 1
        total = self._sum(gains // self.divisor)
        if not isinstance(total, int):
            self.model.maximize(total)

    def hint(self, picks: Sequence[Pick]) -> None:
        """Where to look first."""
        years = self.window.problem.years
        chosen = {pick.cluster * years + pick.year for pick in picks}
        taken = {choice for pick in picks for choice in pick.choices}
        wanted = [place in chosen for place in self.window.alive.place.tolist()]
        wanted += [choice in taken for choice in self.window.alive.other.tolist()]
        for literal, value in zip(self.x, wanted, strict=True):
            self.model.add_hint(literal, value)

    def solve(self, watch: Watch, *, gap: float, tell: Tell = lambda value, bound: None) -> Solved:
        """`gap`: stop when bound − value is at most this many units of the objective."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = max(watch.left(), 0.05)
        solver.parameters.absolute_gap_limit = max(gap / self.divisor, 0.0)
        solver.parameters.relative_gap_limit = 0.0
        with watch.stopping(solver.stop_search):
            status = solver.solve(self.model, _Teller(self.divisor, tell))
        if status == cp_model.INFEASIBLE:
            return Solved(None, None, (), True)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Solved(None, None, (), False)
        aims = self.model.has_objective()
        bound = round(solver.best_objective_bound) * self.divisor if aims else 0
        value = round(solver.objective_value) * self.divisor if aims else 0
        on = [at for at, literal in enumerate(self.x) if solver.boolean_value(literal)]
        return Solved(value, bound, self.window.picks(on), status == cp_model.OPTIMAL)


class _Teller(cp_model.CpSolverSolutionCallback):
    def __init__(self, divisor: int, tell: Tell) -> None:
        super().__init__()
        self._tell, self._divisor = tell, divisor

    def on_solution_callback(self) -> None:
        self._tell(round(self.objective_value) * self._divisor, round(self.best_objective_bound) * self._divisor)
