"""The cheapest set of units with a boundary penalty, with a proven gap: the relaxed problem bounds it, small integer
problems near it
find the set.

z ≥ |x_i − x_j| per shared edge makes the relaxation tight (it is a cut problem but for the few target rows), so most
units come out
whole; the integer problem is asked over the others first, then over their surroundings, and only then over all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]

from tenglong.domain.renewal.portfolio.answer import Status
from tenglong.domain.renewal.portfolio.marxan import LOCKED_IN, LOCKED_OUT, Floats, Reserve
from tenglong.domain.renewal.portfolio.watch import Progress, Watch

Mask = NDArray[np.bool_]
WHOLE: Final = 1e-5
SAFE: Final = 1e-7  # of the bound: above the tolerance of the solver
RINGS: Final = (0, 1, 2)
NEAR_S: Final = 2.0  # for one small problem
MET: Final = 1e-9


@dataclass(frozen=True, eq=False)
class ReserveAnswer:
    """`chosen` per unit; `value` = cost + penalty · boundary of it, no set is worth less than `bound`. `gap` is of
    the value."""

    reserve: Reserve
    status: Status
    chosen: Mask
    value: float
    bound: float
    gap: float | None
    seconds: float
    missing: tuple[str, ...] = ()

    def as_json(self, penalty: float) -> dict[str, Any]:
        """Keys are stable."""
        reserve = self.reserve
        held = reserve.held(self.chosen)
        return {
            "status": str(self.status),
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "seconds": round(self.seconds, 3),
            "cost": float(reserve.cost[self.chosen].sum()),
            "boundary": reserve.boundary(self.chosen),
            "penalty": penalty,
            "chosen": [name for name, taken in zip(reserve.names, self.chosen.tolist(), strict=True) if taken],
            "features": [
                {"feature": name, "target": float(target), "held": float(amount)}
                for name, target, amount in zip(reserve.features, reserve.target, held, strict=True)
            ],
            "missing": list(self.missing),
        }


def solve_reserve(reserve: Reserve, penalty: float, watch: Watch, gap: float = 0.005) -> ReserveAnswer:
    """Features whose target cannot be reached by all units that are not locked out are named, with status NONE."""
    reach = reserve.held(reserve.status != LOCKED_OUT)
    short = tuple(
        name for name, most, asked in zip(reserve.features, reach, reserve.target, strict=True) if most < asked * (1 - MET)
    )
    nothing = np.zeros(len(reserve.cost), dtype=bool)
    if short:
        return ReserveAnswer(reserve, Status.NONE, nothing, 0.0, 0.0, None, watch.spent(), short)
    return _Rounds(reserve, penalty, watch, gap).run()


class _Rounds:
    def __init__(self, reserve: Reserve, penalty: float, watch: Watch, gap: float) -> None:
        self.reserve, self.penalty, self.watch, self.gap = reserve, penalty, watch, gap
        self.best: Mask | None = None
        self.value = np.inf
        self.bound = -np.inf

    def run(self) -> ReserveAnswer:
        relaxed = self._relaxed()
        if relaxed is not None:
            fixed = np.where(np.abs(relaxed - relaxed.round()) < WHOLE, relaxed.round(), -1.0)
            for rings in RINGS:
                if self._done():
                    break
                self._near(fixed, rings)
        if not self._done():
            self._whole()
        return self._answer()

    def _done(self) -> bool:
        near = self.best is not None and self.value - self.bound <= self.gap * abs(self.value)
        return near or self.watch.over()

    def _relaxed(self) -> Floats | None:
        model = ReserveModel(self.reserve, self.penalty, np.full(len(self.reserve.cost), -1.0), whole=False)
        result = model.solve(self.watch.left(), 0.0)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        self._lower(result.objective_value())
        return model.values(result)

    def _near(self, fixed: Floats, rings: int) -> None:
        """Units that came out whole stay, but for those within so many steps of one that did not."""
        free = fixed < 0
        edges = self.reserve.edges
        for _ in range(rings):
            touched = free[edges[:, 0]] | free[edges[:, 1]]
            free[edges[touched].ravel()] = True
        model = ReserveModel(self.reserve, self.penalty, np.where(free, -1.0, fixed), whole=True)
        self._take(model, model.solve(min(NEAR_S, self.watch.left()), self.gap / 4))

    def _whole(self) -> None:
        model = ReserveModel(self.reserve, self.penalty, np.full(len(self.reserve.cost), -1.0), whole=True)
        result = model.solve(self.watch.left(), self.gap * 0.9)
        self._take(model, result)
        dual = result.termination.objective_bounds.dual_bound
        if np.isfinite(dual):
            self._lower(dual)

    def _lower(self, bound: float) -> None:
        self.bound = max(self.bound, bound - abs(bound) * SAFE)

    def _take(self, model: ReserveModel, result: Any) -> None:
        if not result.has_primal_feasible_solution():
            return
        chosen = model.values(result) > 0.5
        met = self.reserve.held(chosen) >= self.reserve.target * (1 - MET)
        value = self.reserve.worth(chosen, self.penalty)
        if met.all() and value < self.value:
            self.best, self.value = chosen, value
            share = max(0.0, (value - self.bound) / max(abs(value), MET))
            self.watch.tell(Progress("费用与边界", round(value), round(self.bound), share, self.watch.spent()))

    def _answer(self) -> ReserveAnswer:
        if self.best is None:
            nothing = np.zeros(len(self.reserve.cost), dtype=bool)
            return ReserveAnswer(self.reserve, Status.UNKNOWN, nothing, 0.0, self.bound, None, self.watch.spent())
        share = max(0.0, (self.value - self.bound) / max(abs(self.value), MET))
        status = Status.PROVEN if share <= self.gap else Status.STOPPED
        return ReserveAnswer(self.reserve, status, self.best, self.value, self.bound, share, self.watch.spent())


class ReserveModel:
    """`fixed`: 0 or 1 for a settled unit, −1 for a free one. Edges between settled units are constants and left out."""

    def __init__(self, reserve: Reserve, penalty: float, fixed: Floats, *, whole: bool) -> None:
        self.reserve, self.fixed = reserve, fixed.copy()
        self.fixed[reserve.status == LOCKED_IN] = 1.0
        self.fixed[reserve.status == LOCKED_OUT] = 0.0
        self.model = mathopt.Model()
        self.free = np.flatnonzero(self.fixed < 0)
        self.x: dict[int, Any] = {at: self.model.add_variable(lb=0.0, ub=1.0, is_integer=whole) for at in self.free.tolist()}
        gain = reserve.cost + penalty * reserve.own
        terms = [float(gain[at]) * unit for at, unit in self.x.items()]
        constant = float(gain[self.fixed == 1.0].sum())
        edge_terms, edge_constant = self._edges(penalty)
        self._targets()
        self.model.minimize(mathopt.fast_sum([*terms, *edge_terms]) + constant + edge_constant)

    def _edges(self, penalty: float) -> tuple[list[Any], float]:
        terms: list[Any] = []
        constant = 0.0
        for (a, b), length in zip(self.reserve.edges.tolist(), (self.reserve.lengths * penalty).tolist(), strict=True):
            one, other = self.x.get(a), self.x.get(b)
            if length == 0:
                continue
            if one is None and other is None:
                constant += length * abs(self.fixed[a] - self.fixed[b])
            elif one is not None and other is not None:
                cut = self.model.add_variable(lb=0.0)
                self.model.add_linear_constraint(cut - one + other >= 0.0)
                self.model.add_linear_constraint(cut + one - other >= 0.0)
                terms.append(length * cut)
            else:  # |x − 0| is x, |x − 1| is 1 − x
                unit, settled = (one, self.fixed[b]) if one is not None else (other, self.fixed[a])
                constant += length * settled
                terms.append(length * (1.0 - 2.0 * settled) * unit)
        return terms, constant

    def _targets(self) -> None:
        reserve = self.reserve
        already = reserve.held(self.fixed == 1.0)
        order = np.argsort(reserve.feature, kind="stable")
        parts: Sequence[NDArray[np.int64]] = np.split(
            order, np.searchsorted(reserve.feature[order], np.arange(1, len(reserve.features)))
        )
        for feature, rows in enumerate(parts):
            open_rows = [at for at in rows.tolist() if int(reserve.unit[at]) in self.x]
            total = mathopt.fast_sum(float(reserve.value[at]) * self.x[int(reserve.unit[at])] for at in open_rows)
            self.model.add_linear_constraint(expr=total, lb=float(reserve.target[feature] - already[feature]))

    def solve(self, seconds: float, gap: float) -> Any:
        params = mathopt.SolveParameters(time_limit=timedelta(seconds=max(seconds, 0.05)), relative_gap_tolerance=gap)
        return mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=params)

    def values(self, result: Any) -> Floats:
        out = self.fixed.copy()
        if len(self.free):
            out[self.free] = result.variable_values([self.x[at] for at in self.free.tolist()])
        return out
