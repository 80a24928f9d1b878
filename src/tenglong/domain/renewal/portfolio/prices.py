"""Prices of the relaxed problem, and what they prove: an upper bound, and how much any cluster or choice costs the best plan.

For any prices λ ≥ 0 of the rows and π ≥ 0 of the plots, a plan is worth at most Σπ + λ·rhs + Σ (reduced gain of its
clusters). Raising
the bound by the largest positive reduced gain of each first member makes it hold whatever the accuracy of the solver was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.portfolio.compiled import Compiled, Stage, Whole

Floats = NDArray[np.float64]


class Priced(Protocol):
    """What questions about a plan need of prices."""

    @property
    def plot(self) -> Floats: ...

    @property
    def row(self) -> Floats: ...

    @property
    def bound(self) -> float: ...


@dataclass(frozen=True, eq=False)
class Prices:
    """All in units of the objective. `gain`: reduced gain per (cluster, year), −inf where a member has no choice;
    `best`: the choice
    taken per (plot, year), −1 for none; `loss`: what each choice loses against `best`; `bound`: no plan is worth more."""

    plot: Floats
    row: Floats
    cap: float
    gain: Floats
    best: Whole
    loss: Floats
    bound: float

    @cached_property
    def by_place(self) -> Floats:
        """Largest gain by any year, per cluster."""
        return np.asarray(self.gain.max(axis=1)) if self.gain.size else np.zeros(len(self.gain))


class Pricer:
    """Prices every cluster in every year at once."""

    def __init__(self, problem: Compiled, stage: Stage) -> None:
        self.problem, self.stage = problem, stage
        self.coef = np.array([row.coef for row in problem.rows], dtype=np.float64).reshape(len(problem.rows), len(problem.plot))
        self.rhs = np.array([row.rhs for row in problem.rows], dtype=np.float64)
        self.weight = np.array([row.weight or 0 for row in problem.rows], dtype=np.float64)
        self.soft = np.array([row.weight is not None and stage.soft for row in problem.rows], dtype=bool)
        self.most = np.array([row.most for row in problem.rows], dtype=np.float64)
        self.value = stage.value.astype(np.float64)
        self.bonus = stage.bonus.astype(np.float64)
        spot = problem.plot * problem.years + problem.year
        self.order = np.argsort(spot, kind="stable")
        self.spots, self.first = np.unique(spot[self.order], return_index=True)
        self.spot = spot
        self.closed = np.zeros(problem.plots, dtype=bool)
        self.reach = (
            problem.clusters.member[problem.clusters.start[:-1]] if len(problem.clusters) else np.zeros(0, dtype=np.int32)
        )

    def prices(self, plot: Floats, row: Floats, cap: float, *, with_value: bool = True) -> Prices:
        """`plot` (n,), `row` (rows,) prices of the packing and coupling rows; `cap` that of the shortfall cap."""
        plot = np.where(self.problem.must, plot, np.maximum(plot, 0.0))
        row, cap = np.maximum(row, 0.0), max(cap, 0.0)
        if with_value:
            limit = self.weight * cap if self.stage.shortfall_cap is not None else self.weight
            row = np.where(self.soft, np.minimum(row, limit), row)
        worth = (self.value if with_value else np.zeros(len(self.value))) - row @ self.coef
        top, best, loss = self._best(worth)
        gain = self._gains(top, plot, with_value)
        bound = float(plot.sum() + row @ self.rhs) + self._raised(gain)
        if self.stage.shortfall_cap is not None:
            bound += cap * self.stage.shortfall_cap
        return Prices(plot, row, cap, gain, best, loss, bound)

    def _best(self, worth: Floats) -> tuple[Floats, Whole, Floats]:
        shape = (self.problem.plots, self.problem.years)
        top = np.full(shape[0] * shape[1], -np.inf)
        best = np.full(shape[0] * shape[1], -1, dtype=np.int64)
        if len(worth):
            ordered = worth[self.order]
            top[self.spots] = np.maximum.reduceat(ordered, self.first)
            hit = ordered == top[self.spot[self.order]]
            best[self.spot[self.order[hit]][::-1]] = self.order[hit][::-1]
        loss = top[self.spot] - worth
        top = top.reshape(shape)
        top[self.closed] = -np.inf
        return top, best.reshape(shape), loss

    def _gains(self, top: Floats, plot: Floats, with_value: bool) -> Floats:
        clusters = self.problem.clusters
        if not len(clusters):
            return np.zeros((0, self.problem.years))
        each = (top - plot[:, None])[clusters.member]
        gain = np.add.reduceat(each, clusters.start[:-1], axis=0)
        return np.asarray(gain + self.bonus[:, None] if with_value else gain)

    def _raised(self, gain: Floats) -> float:
        if not gain.size:
            return 0.0
        raised = np.zeros(self.problem.plots)
        np.maximum.at(raised, self.reach, gain.max(axis=1))
        return float(raised.sum())
