"""A problem whose clusters are too many to list: a bound from connected pieces (`joined.py`), plans from a pool of clusters.

The relaxed programme with its fences bounds every plan; the pool, searched as a listed problem is, brings plans; then the
programme is solved in whole numbers, each time with the fences its answer broke, until the gap is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import Final

import numpy as np

from tenglong.domain.renewal.portfolio import figures
from tenglong.domain.renewal.portfolio.compiled import Compiled, Mask, Stage
from tenglong.domain.renewal.portfolio.joined import Joined
from tenglong.domain.renewal.portfolio.lp import Unsolved
from tenglong.domain.renewal.portfolio.master import Master
from tenglong.domain.renewal.portfolio.pool import Pool
from tenglong.domain.renewal.portfolio.prices import Prices
from tenglong.domain.renewal.portfolio.programme import Floats, Relaxed
from tenglong.domain.renewal.portfolio.search import SAFE, Found, Search
from tenglong.domain.renewal.portfolio.watch import Progress, Watch
from tenglong.domain.renewal.portfolio.window import Pick

ROUNDS: Final = 300
PATIENCE, LITTLE = 8, 1e-4
CUTTING, POOLING, AGAIN = 0.25, 0.5, 0.6  # of the time left: first fences, plans from the pool, more fences
REGROWN: Final = 3
SCATTER: Final = (0.0, 0.3, 0.6, 0.9)  # share of a plot's own price that is taken off in each growth
SEED: Final = 20260101
LOOSE: Final = "项目最多 {most} 宗：界按不限宗数求得，所以差距可能比实际大"


@dataclass(frozen=True, eq=False)
class Marginal:
    """As `Prices`, of the relaxed programme: per plot, per coupling row, and the bound."""

    plot: Floats
    row: Floats
    bound: float


class Large:
    """One stage: `run` gives the best plan found with its bound."""

    def __init__(
        self, pool: Pool, stage: Stage, watch: Watch, gap: float, label: str = "", size: float | None = None,
        forbidden: Sequence[Sequence[int]] = (),
    ) -> None:
        self.pool, self.stage, self.watch, self.gap = pool, stage, watch, gap
        self.label, self.size, self.forbidden = label, size, forbidden
        self.joined = Joined(pool.problem, stage, forbidden)
        self.best: int | None = None
        self.picks: tuple[Pick, ...] = ()
        self.bound, self.alive, self.loose = 0, 0, False

    def run(self, start: tuple[Pick, ...] = (), value: int | None = None) -> Found | None:
        """None: no plan exists, by the relaxed programme already. Raises Unsolved."""
        self.best, self.picks = value, start
        relaxed = self.relaxed()
        if relaxed is None:
            return None
        self.bound = self._whole(relaxed.bound)
        self._tell()
        self._pooled(relaxed)
        empty = self._closing(self._tightened(relaxed))
        if self.best is None:
            return Found(None, self.bound, (), empty, self.alive)
        self.bound = max(self.bound, self.best)
        return Found(self.best, self.bound, self.picks, self.bound - self.best <= self.allowed(), self.alive)

    def _tightened(self, relaxed: Relaxed) -> Relaxed:
        """More fences, once there is a plan to compare with."""
        if self.watch.over() or (self.best is not None and self.bound - self.best <= self.allowed()):
            return relaxed
        found = self.relaxed(AGAIN) or relaxed
        self.bound = min(self.bound, self._whole(found.bound))
        self._tell()
        return found

    def relaxed(self, share: float = CUTTING) -> Relaxed | None:
        """The relaxed programme with fences until none is broken, little is won, or its share of the time is used."""
        watch, steps = self.watch.part(share), list[float]()
        found = self._solved()
        for _ in range(ROUNDS):
            if found is None:
                return None
            steps.append(found.bound)
            stalls = len(steps) > PATIENCE and steps[-1 - PATIENCE] - steps[-1] < abs(steps[-1]) * LITTLE
            if stalls or watch.over() or not self.joined.fenced(found.value):
                return found
            found = self._solved()
        return found

    def _solved(self) -> Relaxed | None:
        try:
            return self.joined.programme.relaxed(max(self.watch.left(), 0.05))
        except TimeoutError as error:
            raise Unsolved(str(error)) from error

    def prices(self, relaxed: Relaxed) -> tuple[Floats, Floats]:
        """(per plot, per coupling row) in units of the objective."""
        unit = self.joined.unit
        plot = relaxed.dual[self.joined.packs] / unit
        row = np.array([relaxed.dual[at] / size / unit for at, size in self.joined.rows])
        return plot, np.maximum(row, 0.0)

    def priced(self) -> Marginal:
        """Prices at the end of the fences. Raises Unsolved."""
        relaxed = self.relaxed()
        if relaxed is None:
            raise Unsolved("no plan")
        return Marginal(*self.prices(relaxed), relaxed.bound / self.joined.unit)

    def _whole(self, bound: float) -> int:
        real = bound / self.joined.unit
        return floor(real + abs(real) * SAFE + 1e-6)

    def allowed(self) -> float:
        known = 0.9 * abs(self.bound) if self.best is None else abs(self.best)
        return self.gap * (known if self.size is None else self.size)

    def _tell(self) -> None:
        gap = None
        if self.best is not None:
            gap = max(0, self.bound - self.best) / max(1.0, abs(self.best) if self.size is None else self.size)
        self.watch.tell(Progress(self.label, self.best, self.bound, gap, self.watch.spent()))

    # ---- plans from the pool

    def _pooled(self, relaxed: Relaxed) -> None:
        """Grows clusters at the prices, prices them, grows again, and searches the pool as a listed problem."""
        problem, watch = self.pool.problem, self.watch.part(POOLING)
        plot, row = self.prices(relaxed)
        coef = np.array([one.coef for one in problem.rows], dtype=np.float64).reshape(len(problem.rows), len(problem.plot))
        able = np.unique(problem.plot).tolist()
        self._seen(relaxed)
        worth = self._worth(row @ coef)
        self.pool.grow(worth, able)
        for again in range(REGROWN):
            prices, master = self._priced(watch)
            if prices is not None and master is not None:
                self._searched(prices, master, watch.part(POOLING))
            if again + 1 == REGROWN or watch.over() or (self.best is not None and self.bound - self.best <= self.allowed()):
                return
            self._scattered(worth, plot, able, watch)
            if prices is not None:
                self.pool.grow(self._worth(prices.row @ coef) - prices.plot, able)

    def _scattered(self, worth: Floats, plot: Floats, able: list[int], watch: Watch) -> None:
        """Other growths around the same prices: clusters that look alike take each other's place in a plan."""
        draw, size = np.random.default_rng(SEED), np.abs(worth[able]).mean() if able else 0.0
        for share in SCATTER:
            if watch.over():
                return
            self.pool.grow(worth - share * plot + draw.normal(0.0, 0.4 * size, len(worth)), able)

    def _worth(self, charge: Floats) -> Floats:
        """The best choice of each plot at these prices."""
        worth = np.full(self.pool.problem.plots, -1e18)
        np.maximum.at(worth, self.pool.problem.plot, self.stage.value - charge)
        return worth

    def _seen(self, relaxed: Relaxed) -> None:
        """Pieces of what the relaxed programme mostly takes."""
        for share in (0.3, 0.6, 0.9):
            for _, plots in self.joined.pieces(np.where(relaxed.value > share, 1.0, 0.0)):
                self._met(plots)

    def _met(self, plots: list[int]) -> int | None:
        """A piece as a project, or parts of it where it has too many plots."""
        place = self.pool.add(plots)
        if place is None and len(plots) > self.pool.most:
            self.loose = True
            worth = np.zeros(self.pool.problem.plots)
            for _ in range(2):
                self.pool.grow(worth, plots, plots)
                worth[plots] -= np.arange(len(plots))
        return place

    def _stage(self, problem: Compiled) -> Stage:
        bonus = np.zeros_like(problem.bonus) if self.stage.bare else problem.bonus
        return replace(self.stage, bonus=bonus)

    def _priced(self, watch: Watch) -> tuple[Prices | None, Master | None]:
        problem = self.pool.compiled()
        master = Master(problem, self._stage(problem))
        for pick in self.picks:
            master.add_column(pick.cluster, pick.year, pick.choices)
        try:
            return master.run(watch.left, watch.cancelled), master
        except Unsolved:
            return None, None

    def _searched(self, prices: Prices, master: Master, watch: Watch) -> None:
        search = Search(master.problem, master.stage, prices, watch, self.gap, self.label, self.size, self.forbidden,
                        master.settled(prices))
        found = search.run(self.picks, self.best)
        if found.value is not None and (self.best is None or found.value > self.best):
            self.best, self.picks = found.value, found.picks
            self._tell()

    # ---- whole answers of the programme

    def _closing(self, relaxed: Relaxed) -> bool:
        """Solves in whole numbers, adds the fences that were broken, until proven or time is up; True: no plan exists."""
        programme = self.joined.programme
        while not self.watch.over() and (self.best is None or self.bound - self.best > self.allowed()):
            gone = self._gone(relaxed, len(programme.gain))
            self.alive = int((~gone[self.joined.x]).sum())
            answer = programme.integer(gone, self.allowed() * self.joined.unit * 0.9, self.watch.left())
            if answer.empty or answer.bound == -np.inf:
                self.bound = self.bound if self.best is None else self.best
                return answer.empty and self.best is None
            self.bound = min(self.bound, max(self._whole(answer.bound), self.best if self.best is not None else -(10**30)))
            self._tell()
            if answer.value is None:
                break
            taken = self._taken(answer.value)
            if not self.joined.fenced(answer.value):
                if not taken:
                    self._split(relaxed)
                break
        return False

    def _gone(self, relaxed: Relaxed, columns: int) -> Mask:
        """Choices that no better plan takes: the relaxed programme loses more by them than it is above the best plan."""
        gone = np.zeros(columns, dtype=bool)
        if self.best is not None:
            slack = relaxed.bound - self.best * self.joined.unit + abs(relaxed.bound) * SAFE
            x = np.array(self.joined.x, dtype=np.int64)
            gone[x] = -relaxed.reduced[x] > slack
        return gone

    def _taken(self, value: Floats) -> bool:
        """Whether the answer is a plan as it stands; it counts as it adds up in whole numbers."""
        chosen, picks = self.joined.choices(value), list[Pick]()
        whole = True
        for year, plots in self.joined.pieces(value):
            place = self._met(plots)
            if place is None:
                whole = False
            else:
                picks.append(Pick(place, year, tuple(chosen[plot] for plot in sorted(plots))))
        problem = self.pool.compiled()
        stage, found = self._stage(problem), tuple(picks)
        if any(sorted(choices) == figures.choices_of(found).tolist() for choices in self.forbidden):
            return whole
        if figures.allowed(problem, stage, found):
            worth = figures.value_of(problem, stage, found)
            if self.best is None or worth > self.best:
                self.best, self.picks = worth, found
                self._tell()
        return whole

    def _split(self, relaxed: Relaxed) -> None:
        """The best answer has projects of too many plots: their parts are in the pool now, which is searched again."""
        prices, master = self._priced(self.watch)
        if prices is not None and master is not None:
            self._searched(prices, master, self.watch)


