"""Small random problems in which every kind of part appears."""

from __future__ import annotations

import numpy as np

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Assembly,
    Budget,
    Candidate,
    Capacity,
    Compactness,
    Counted,
    Lock,
    Measure,
    MinContiguous,
    Objective,
    Option,
    Problem,
    Share,
    Target,
    Where,
)

MU = 6_666_667
WAN = 1_000_000
BINARY = 18
ROUTES = ("收储", "提容", "兼并重组")


class World:
    """One seed, one problem with at most 18 (plot, route, year) decisions."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.aim = list(Aim)[seed % 3]
        self.years = tuple(range(2026, 2026 + int(self.rng.integers(1, 4))))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high))

    def problem(self) -> Problem:
        candidates, options = [], []
        left = BINARY
        wanted = self.whole(3, 10)
        while left > 0 and len(candidates) < wanted:
            offers, used = self._offers(f"P{len(candidates)}", left)
            if not offers:
                break
            left -= used
            candidates.append(self._candidate(f"P{len(candidates)}", offers))
            options += offers
        cost, land = sum(one.cost for one in options), sum(one.land_cm2 for one in candidates)
        return Problem(
            self.years,
            tuple(candidates),
            tuple(options),
            self._objective(),
            self._budgets(cost),
            self._targets(land, candidates),
            self._shares(candidates),
            self._capacities(options),
            MinContiguous(self.whole(5, 40) * MU) if self.chance(0.2) else None,
            Assembly(self.whole(0, 5) * WAN + 7, self.whole(0, 30) * MU, self.whole(0, 9) * WAN) if self.chance(0.7) else None,
            Compactness(self.whole(1, 90_000)) if self.chance(0.3) else None,
            self._graph(len(candidates)) if self.chance(0.9) else None,
            self.whole(1, 6),
        )

    def _offers(self, key: str, left: int) -> tuple[list[Option], int]:
        offers, used = [], 0
        for route in ROUTES[: self.whole(1, 4)]:
            count = self.whole(1, len(self.years) + 1)
            start = sorted(self.rng.choice(self.years, count, replace=False).tolist())
            if used + count > left:
                break
            used += count
            years = () if count == len(self.years) and self.chance(0.5) else tuple(int(year) for year in start)
            offers.append(
                Option(
                    key,
                    route,
                    self.whole(0, 400) * WAN // 10,
                    self.whole(-20, 200) * WAN // 7,
                    years,
                    self.whole(0, 30) * MU,
                    self.whole(0, 900),
                    self.whole(0, 40),
                    self.whole(0, 60),
                    self.whole(0, 30),
                    f"G{self.whole(0, 4)}",
                    self.whole(0, 10_001) if self.chance(0.5) else None,
                )
            )
        return offers, used

    def _candidate(self, key: str, offers: list[Option]) -> Candidate:
        lock = None
        if self.chance(0.12):
            offer = offers[self.whole(0, len(offers))]
            year = int(self.rng.choice(offer.years or self.years)) if self.chance(0.4) else None
            lock = Lock(self.chance(0.6), offer.route if year or self.chance(0.5) else None, year)
        return Candidate(
            key,
            self.whole(1, 40) * MU + self.whole(0, 1_000),
            f"镇{self.whole(0, 2)}",
            f"区{self.whole(0, 2)}",
            f"链{self.whole(0, 2)}",
            holders=self.whole(1, 5),
            lock=lock,
        )

    def _objective(self) -> Objective:
        until = self.years[-1] + self.whole(0, 5) if self.chance(0.4) else None
        return Objective(self.aim, until, self.chance(0.3))

    def _budgets(self, cost: int) -> tuple[Budget, ...]:
        out = [Budget(self.whole(1, 60) * cost // 100 + 1)] if self.chance(0.7) else []
        out += [Budget(self.whole(0, 40) * cost // 100 + 1, year) for year in self.years if self.chance(0.4)]
        return tuple(out)

    def _targets(self, land: int, candidates: list[Candidate]) -> tuple[Target, ...]:
        out = []
        if self.aim is not Aim.MOST_UPLIFT or self.chance(0.2):
            out.append(Target(self.whole(5, 60) * land // 100 + 1, weight=self.whole(1, 4)))
        if self.chance(0.3):
            out.append(
                Target(
                    self.whole(1, 20) * land // 100 + 1,
                    Measure.LAND,
                    Where.TOWN,
                    candidates[0].town,
                    int(self.rng.choice(self.years)),
                    list(Counted)[self.whole(0, 2)],
                )
            )
        if self.chance(0.2):
            out.append(Target(self.whole(1, 4), Measure.PLOTS, Where.CHAIN, candidates[-1].chain))
        if self.chance(0.2):
            out.append(Target(self.whole(1, 60) * WAN, list(Measure)[self.whole(1, 3)], year=int(self.rng.choice(self.years))))
        if self.chance(0.1):
            out.append(Target(self.whole(1, 50), Measure.JOBS_GAINED, Where.ZONE, candidates[0].zone))
        return tuple(out)

    def _shares(self, candidates: list[Candidate]) -> tuple[Share, ...]:
        return (Share(candidates[0].chain, self.whole(500, 7_000)),) if self.chance(0.2) else ()

    def _capacities(self, options: list[Option]) -> tuple[Capacity, ...]:
        out = []
        if self.chance(0.4):
            out.append(
                Capacity(self.whole(0, sum(one.relocation_m2 for one in options) + 1), year=int(self.rng.choice(self.years)))
            )
        if self.chance(0.2):
            out.append(Capacity(self.whole(0, 120), Measure.JOBS_LOST, Where.TOWN, "镇0"))
        return tuple(part for part in out if part.where is Where.ALL) if self.chance(0.5) else tuple(out)

    def _graph(self, n: int) -> Graph:
        pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if self.chance(0.4)]
        return Graph.of(n, pairs, self.rng.integers(0, 200, len(pairs)))
