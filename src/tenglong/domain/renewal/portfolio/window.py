"""The clusters and choices near the optimum, as arrays that both integer solvers read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from tenglong.domain.renewal.portfolio.compiled import Compiled, Stage, Whole


@dataclass(frozen=True)
class Pick:
    """A cluster that is chosen, its start year (place) and one choice per member."""

    cluster: int
    year: int
    choices: tuple[int, ...]


@dataclass(frozen=True)
class Alive:
    """What the integer problem may use: `place` holds (cluster · years + year), `best` the choice per (plot, year)
    that a cluster
    takes by itself, `other` further choices that may stand in for it."""

    place: Whole
    best: Whole
    other: Whole


@dataclass(frozen=True)
class Solved:
    """`value` None: no plan among what is alive (proven when `closed`). `bound` is of what is alive only, None when
    none was found."""

    value: int | None
    bound: int | None
    picks: tuple[Pick, ...]
    closed: bool


class Window:
    """Columns z (a cluster in a year, each member by its best choice) and d (another choice stands in for the best)."""

    def __init__(self, problem: Compiled, stage: Stage, alive: Alive) -> None:
        self.problem, self.stage, self.alive = problem, stage, alive
        self.clusters, self.years = np.divmod(alive.place, problem.years)
        sizes = problem.clusters.sizes[self.clusters]
        self.column = np.repeat(np.arange(len(alive.place)), sizes)
        offset = np.arange(len(self.column)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.member = problem.clusters.member[problem.clusters.start[self.clusters][self.column] + offset].astype(np.int64)
        self.spot = self.member * problem.years + self.years[self.column]
        self.taken = alive.best.ravel()[self.spot]
        other = alive.other
        self.own_best = alive.best[problem.plot[other], problem.year[other]] if len(other) else other
        self.other_spot = problem.plot[other] * problem.years + problem.year[other]

    def __len__(self) -> int:
        return len(self.alive.place) + len(self.alive.other)

    def terms(self, figure: Whole) -> Whole:
        """A figure per choice as coefficients of z, then of d."""
        total = np.zeros(len(self.alive.place), dtype=np.int64)
        np.add.at(total, self.column, figure[self.taken])
        return np.concatenate([total, figure[self.alive.other] - figure[self.own_best]])

    def gains(self) -> Whole:
        """Objective coefficients of z, then of d (shortfalls apart)."""
        out = self.terms(self.stage.value)
        out[: len(self.clusters)] += self.stage.bonus[self.clusters]
        return out

    def packs(self) -> dict[int, list[int]]:
        """Columns z over each plot."""
        return grouped(self.member, self.column)

    def uncovered(self) -> bool:
        """Whether a locked plot has no column at all."""
        covered = np.zeros(self.problem.plots, dtype=bool)
        covered[self.member] = True
        return bool((self.problem.must & ~covered).any())

    def stand_ins(self) -> list[tuple[list[int], list[int]]]:
        """(columns d, columns z) per plot and year that has stand-ins: at most as many d as z."""
        if not len(self.alive.other):
            return []
        by_spot = grouped(self.spot, self.column)
        first = len(self.alive.place)
        others = grouped(self.other_spot, np.arange(first, first + len(self.alive.other)))
        return [(columns, by_spot.get(spot, [])) for spot, columns in others.items()]

    def cut(self, choices: Collection[int]) -> Whole | None:
        """Coefficients of "not exactly these choices" (≤ number − 1); None where the window cannot make them anyway."""
        reachable = np.zeros(len(self.problem.plot), dtype=bool)
        reachable[self.taken], reachable[self.alive.other] = True, True
        if not reachable[list(choices)].all():
            return None
        sign = np.full(len(self.problem.plot), -1, dtype=np.int64)
        sign[list(choices)] = 1
        return self.terms(sign)

    def picks(self, on: Collection[int]) -> tuple[Pick, ...]:
        """The plan in which these columns are 1."""
        first = len(self.alive.place)
        swapped = {int(self.other_spot[at - first]): int(self.alive.other[at - first]) for at in on if at >= first}
        picks = []
        for at in sorted(at for at in on if at < first):
            cluster, year = int(self.clusters[at]), int(self.years[at])
            members = self.problem.clusters[cluster].tolist()
            chosen = tuple(swapped.get(plot * self.problem.years + year, int(self.alive.best[plot, year])) for plot in members)
            picks.append(Pick(cluster, year, chosen))
        return tuple(picks)


def grouped(keys: Whole, values: Whole) -> dict[int, list[int]]:
    """values by key, in order."""
    order = np.argsort(keys, kind="stable")
    spots, first = np.unique(keys[order], return_index=True)
    parts = np.split(values[order], first[1:]) if len(spots) else []
    return {int(spot): part.tolist() for spot, part in zip(spots, parts, strict=True)}
