"""From prices to a plan with a bound: the integer problem over the clusters near the optimum, widened until the gap is proven.

Any plan that uses a cluster (or choice) outside the window of width w is worth at most bound − w; so the plan found inside and
max(bound inside, bound − w) enclose the optimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np

from tenglong.domain.renewal.portfolio import figures
from tenglong.domain.renewal.portfolio.compiled import Compiled, Stage
from tenglong.domain.renewal.portfolio.exact import Exact
from tenglong.domain.renewal.portfolio.mip import MARGIN, Mip
from tenglong.domain.renewal.portfolio.prices import Prices
from tenglong.domain.renewal.portfolio.watch import Progress, Watch
from tenglong.domain.renewal.portfolio.window import Alive, Pick, Window

FIRST_WINDOW: Final = 300  # (cluster, year) pairs in the first window
SMALL: Final = 250  # columns that CP-SAT is asked at once
INNER: Final = 0.9  # of the gap allowed, inside a window
WIDER: Final = 4.0
DIVE_S: Final = 3.0
SAFE: Final = 1e-9  # of the bound: more than double precision can have lost


@dataclass(frozen=True)
class Found:
    """`value` None: no plan (proven when `closed`)."""

    value: int | None
    bound: int
    picks: tuple[Pick, ...]
    closed: bool
    alive: int


@dataclass
class Search:
    """`size`: what a gap of 1 means in units of the objective, None for the plan's own value."""

    problem: Compiled
    stage: Stage
    prices: Prices
    watch: Watch
    gap: float
    label: str = ""
    size: float | None = None
    forbidden: Sequence[Sequence[int]] = ()
    settled: Sequence[int] = ()

    def run(self, start: tuple[Pick, ...] = (), value: int | None = None) -> Found:
        """Best plan. `start` with its `value`: a plan known to be allowed."""
        self.best, self.picks = value, start
        self.top = floor(self.prices.bound + abs(self.prices.bound) * SAFE + 1e-6)
        bound, window, alive = self.top, self._first(), 0
        self._dive(window)
        while True:
            self._tell(bound)
            if self.best is not None and bound - self.best <= self._allowed():
                return Found(self.best, bound, self.picks, True, alive)
            chosen, whole = self._alive(window)
            alive = len(chosen.place)
            inner = self._inside(chosen)
            outside = None if whole else floor(self.prices.bound + abs(self.prices.bound) * SAFE - window)
            reached = [part for part in (inner, outside) if part is not None]
            bound = min(bound, max(reached)) if reached else bound
            if whole or self.watch.over():
                closed = whole and (not reached or (self.best is not None and bound - self.best <= self._allowed()))
                if self.best is None:
                    return Found(None, bound, (), whole and not reached, alive)
                return Found(self.best, max(bound, self.best), self.picks, closed, alive)
            window = self._wider(window)

    def _inside(self, alive: Alive) -> int | None:
        """Solve the window; its bound, None when it holds no plan at all."""
        window = Window(self.problem, self.stage, alive)
        bound = self.top
        if len(window) > SMALL:
            solved = Mip(window, self.forbidden).solve(self.watch, gap=self._allowed() * INNER)
            bound = min(bound, bound if solved.bound is None else solved.bound)
            if solved.value is not None and not self._take(solved.picks):
                tight = Mip(window, self.forbidden, margin=MARGIN)
                self._take(tight.solve(self.watch, gap=self._allowed() * INNER, seconds=DIVE_S).picks)
            if self.watch.over() or (self.best is not None and bound - self.best <= self._allowed()):
                return bound
        model = Exact(window, self.forbidden)
        model.hint(self.picks)
        solved = model.solve(self.watch, gap=self._allowed() * INNER, tell=lambda value, limit: self._better(value))
        if solved.value is not None:
            self._take(solved.picks)
        if solved.value is None and solved.closed:
            return None
        return bound if solved.bound is None else min(solved.bound, bound)

    def _dive(self, width: float) -> None:
        """A first plan: what the relaxed plan takes whole is kept, and the rest of the money filled with what lies near."""
        for wider in (1.0, WIDER, WIDER**2):
            alive, _ = self._alive(width * wider)
            missing = self.best is None or self.top - self.best > self._allowed()
            if not self.settled or len(alive.place) <= SMALL or not missing or self.watch.over():
                return
            window = Window(self.problem, self.stage, alive)
            model = Mip(window, self.forbidden, self.settled, margin=MARGIN)
            solved = model.solve(self.watch, gap=self._allowed() * INNER, seconds=DIVE_S)
            before = self.best
            if solved.value is not None:
                self._take(solved.picks)
            if before is not None and self.best == before:
                return

    def _take(self, picks: tuple[Pick, ...]) -> bool:
        """A plan counts only as it adds up in whole numbers; False when it does not."""
        if not figures.allowed(self.problem, self.stage, picks):
            return False
        if any(tuple(choices) == tuple(figures.choices_of(picks).tolist()) for choices in self.forbidden):
            return False
        value = figures.value_of(self.problem, self.stage, picks)
        if self.best is None or value > self.best:
            self.best, self.picks = value, picks
            self._better(value)
        return True

    def _better(self, value: int) -> None:
        if self.best is None or value >= self.best:
            self.watch.tell(Progress(self.label, value, self.top, self._share(value, self.top), self.watch.spent()))

    def _tell(self, bound: int) -> None:
        share = None if self.best is None else self._share(self.best, bound)
        self.watch.tell(Progress(self.label, self.best, bound, share, self.watch.spent()))

    def _share(self, value: int, bound: int) -> float:
        return max(0, bound - value) / max(1.0, abs(value) if self.size is None else self.size)

    def _allowed(self) -> float:
        """Units of the objective that the gap allows; before the first plan, measured on the bound."""
        known = 0.9 * abs(self.top) if self.best is None else abs(self.best)
        return self.gap * (known if self.size is None else self.size)

    def _first(self) -> float:
        gains = -self.prices.gain[np.isfinite(self.prices.gain)]
        if len(gains) <= FIRST_WINDOW:
            return float(gains.max()) + 1.0 if len(gains) else 1.0
        return max(float(np.partition(gains, FIRST_WINDOW)[FIRST_WINDOW]), self._allowed() / 8, 1e-9 * abs(self.prices.bound))

    def _wider(self, window: float) -> float:
        """Never wider than what proves the plan at hand."""
        proving = self.prices.bound - self.best + abs(self.prices.bound) * SAFE + 1.0 if self.best is not None else np.inf
        return float(min(max(window * WIDER, 1.0), max(proving, window * 1.01 + 1.0)))

    def _alive(self, window: float) -> tuple[Alive, bool]:
        gain = self.prices.gain
        place = np.flatnonzero(gain.ravel() >= -window)
        nearest = np.full(self.prices.best.size, -np.inf)
        clusters, years = np.divmod(place, self.problem.years)
        sizes = self.problem.clusters.sizes[clusters]
        owner = np.repeat(np.arange(len(place)), sizes)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        member = self.problem.clusters.member[self.problem.clusters.start[clusters][owner] + offset].astype(np.int64)
        np.maximum.at(nearest, member * self.problem.years + years[owner], gain.ravel()[place][owner])
        spot = self.problem.plot * self.problem.years + self.problem.year
        second = np.arange(len(spot)) != self.prices.best.ravel()[spot]
        other = np.flatnonzero(second & (np.minimum(nearest[spot], 0.0) - self.prices.loss >= -window))
        whole = len(place) == int(np.isfinite(gain).sum()) and len(other) == int((second & np.isfinite(nearest[spot])).sum())
        return Alive(place, self.prices.best, other), whole
