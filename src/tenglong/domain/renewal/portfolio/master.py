"""Column generation over clusters: a small linear programme whose columns are priced in from all clusters at once.

A column is a cluster in a start year, each member by the route that is best at the prices of the moment. Budgets, targets and
capacities are the rows that couple the components of the candidate graph (Dantzig–Wolfe); the plots' own rows pack
the clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from tenglong.domain.renewal.portfolio.compiled import Compiled, Row, Stage, Whole
from tenglong.domain.renewal.portfolio.lp import Floats, GrowingLp
from tenglong.domain.renewal.portfolio.prices import Pricer, Prices

PER_PLOT: Final = 3  # columns that one round may add over one plot
ACCURACY: Final = 1e-7
WANTED: Final = 1_000.0  # the largest gain of one choice, inside the programme
INFEASIBLE: Final = 1e-6
WHOLE: Final = 0.999


#: cluster, year (place), one choice per member
Column = tuple[int, int, tuple[int, ...]]


class Master:
    """Keeps its columns and its basis, so that a changed budget or a closed plot is solved again in a moment."""

    def __init__(self, problem: Compiled, stage: Stage) -> None:
        self.problem, self.stage = problem, stage
        self.pricer = Pricer(problem, stage)
        self.lp = GrowingLp()
        self.columns: list[Column] = []
        self.gains: list[float] = []
        self._held: set[Column] = set()
        self._scale()
        self._rows()
        self.rounds = 0

    def _scale(self) -> None:
        largest = max((float(np.abs(part).max()) for part in (self.stage.value, self.stage.bonus) if len(part)), default=0.0)
        rows = self.problem.rows
        self.size = np.array([max(1.0, float(np.abs(row.coef).max()) if len(row.coef) else 1.0) for row in rows])
        if self.stage.soft and self.stage.shortfall_cap is None:
            largest = max((float(row.weight or 0) * size for row, size in zip(rows, self.size, strict=True)), default=0.0)
        self.unit = WANTED / largest if largest > 0 else 1.0
        self.cap_size = (
            max((float(row.weight or 0) * size for row, size in zip(rows, self.size, strict=True)), default=1.0) or 1.0
        )

    def _rows(self) -> None:
        for must in self.problem.must.tolist():
            self.lp.add_row(1.0 if must else -np.inf, 1.0)
        for row, size in zip(self.problem.rows, self.size, strict=True):
            self.lp.add_row(-np.inf, row.rhs / size)
        self.cap_row = None
        if self.stage.shortfall_cap is not None:
            self.cap_row = self.lp.add_row(-np.inf, self.stage.shortfall_cap / self.cap_size)
        self.misses = [self._miss(at, row) for at, row in enumerate(self.problem.rows) if self.pricer.soft[at]]
        self.patches = [self.lp.add_column(0.0, [(int(at), 1.0)]) for at in np.flatnonzero(self.problem.must)]
        hard = [at for at, row in enumerate(self.problem.rows) if row.rhs < 0 and not self.pricer.soft[at]]
        self.patches += [self.lp.add_column(0.0, [(self.problem.plots + at, -1.0)]) for at in hard]
        if self.cap_row is not None:
            self.patches.append(self.lp.add_column(0.0, [(self.cap_row, -1.0)]))
        self._patched = bool(self.patches)

    def _miss(self, at: int, row: Row) -> tuple[int, float]:
        entries = [(self.problem.plots + at, -1.0)]
        weight = float(row.weight or 0) * self.size[at]
        if self.cap_row is not None:
            entries.append((self.cap_row, weight / self.cap_size))
        gain = 0.0 if self.cap_row is not None else -weight * self.unit
        return self.lp.add_column(0.0, entries, row.most / self.size[at]), gain

    def run(self, seconds: Callable[[], float], stop: Callable[[], bool] = lambda: False) -> Prices | None:
        """Prices at the optimum of the relaxed problem, or None when even that has no plan. Raises Unsolved when time is up."""
        if self._patched and not self._feasible(seconds, stop):
            return None
        if self._patched:
            for patch in self.patches:
                self.lp.close(patch)
            self._patched = False
        self._gains(True)
        return self._generate(seconds, stop, True)[1]

    def _feasible(self, seconds: Callable[[], float], stop: Callable[[], bool]) -> bool:
        self._gains(False)
        value, _ = self._generate(seconds, stop, False)
        return value >= -INFEASIBLE

    def _gains(self, real: bool) -> None:
        """Either the objective, or only the patches over broken rows."""
        for patch in self.patches:
            self.lp.set_gain(patch, 0.0 if real else -1.0)
        for column, gain in self.misses:
            self.lp.set_gain(column, gain if real else 0.0)
        self._real = real
        first = len(self.misses) + len(self.patches)
        for at, gain in enumerate(self.gains):
            self.lp.set_gain(first + at, gain if real else 0.0)

    def _generate(self, seconds: Callable[[], float], stop: Callable[[], bool], real: bool) -> tuple[float, Prices]:
        while True:
            value, duals = self.lp.solve(seconds())
            prices = self.price(duals, real)
            self.rounds += 1
            if not real and value >= -INFEASIBLE:
                return value, prices
            fresh = self._worthwhile(prices)
            if not len(fresh) or stop() or not self.add(fresh // self.problem.years, fresh % self.problem.years, prices.best):
                return value, prices

    def price(self, duals: Floats, real: bool = True) -> Prices:
        """Duals of the scaled programme as prices in units of the objective."""
        unit = self.unit if real else 1.0
        plots = self.problem.plots
        rows = duals[plots : plots + len(self.size)] / self.size / unit
        cap = duals[self.cap_row] / self.cap_size / unit if self.cap_row is not None else 0.0
        return self.pricer.prices(duals[:plots] / unit, rows, float(cap), with_value=real)

    def _worthwhile(self, prices: Prices) -> Whole:
        """Places (cluster · years + year) of columns with a gain, best first, few over the same plot."""
        unit = self.unit if self._real else 1.0
        flat = prices.gain.ravel()
        found = np.flatnonzero(flat > ACCURACY / unit)
        found = found[np.argsort(-flat[found], kind="stable")][: 20 * self.problem.plots]
        count = np.zeros(self.problem.plots, dtype=np.int64)
        start, member = self.problem.clusters.start, self.problem.clusters.member
        taken = []
        for place in found.tolist():
            cluster = place // self.problem.years
            members = member[start[cluster] : start[cluster + 1]]
            if count[members].max() < PER_PLOT:
                count[members] += 1
                taken.append(place)
        return np.array(taken, dtype=np.int64)

    def add(self, clusters: Whole, years: Whole, best: Whole) -> int:
        """Columns for these (cluster, year) pairs by the routes of `best`; those already there are passed over.
        Returns how many."""
        added = 0
        for cluster, year in zip(clusters.tolist(), years.tolist(), strict=True):
            added += self.add_column(cluster, year, tuple(best[self.problem.clusters[cluster], year].tolist()))
        return added

    def add_column(self, cluster: int, year: int, choices: tuple[int, ...]) -> bool:
        key = (cluster, year, choices)
        if key in self._held:
            return False
        self._held.add(key)
        taken = list(choices)
        entries = [(int(plot), 1.0) for plot in self.problem.clusters[cluster]]
        total = self.pricer.coef[:, taken].sum(axis=1) / self.size
        entries += [(self.problem.plots + int(at), float(total[at])) for at in np.flatnonzero(total)]
        gain = float(self.stage.value[taken].sum() + self.stage.bonus[cluster]) * self.unit
        self.lp.add_column(gain if self._real else 0.0, entries)
        self.gains.append(gain)
        self.columns.append(key)
        return True

    _real = True

    def settled(self, prices: Prices) -> list[int]:
        """Places (cluster · years + year) that the relaxed plan takes whole, by the routes that the prices favour."""
        first = len(self.misses) + len(self.patches)
        out = []
        for at, (cluster, year, choices) in enumerate(self.columns):
            if (
                self.lp.value_of(first + at) > WHOLE
                and tuple(prices.best[self.problem.clusters[cluster], year].tolist()) == choices
            ):
                out.append(cluster * self.problem.years + year)
        return out

    def kept(self) -> list[Column]:
        """Columns that the relaxed plan uses: enough to begin a like problem with, and quick to lay down again."""
        first = len(self.misses) + len(self.patches)
        return [column for at, column in enumerate(self.columns) if self.lp.value_of(first + at) > ACCURACY]

    def set_rhs(self, at: int, rhs: float) -> None:
        """Another right-hand side for coupling row `at` (in the row's own units)."""
        self.pricer.rhs[at] = rhs
        self.lp.set_upper(self.problem.plots + at, rhs / self.size[at])

    def close_plot(self, plot: int, closed: bool = True) -> None:
        """Take a plot out of the problem, or back in."""
        self.pricer.closed[plot] = closed
        self.lp.set_upper(plot, 0.0 if closed else 1.0)
