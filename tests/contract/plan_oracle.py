"""The plan by trying everything: each plot by each route in each year or not at all, each split into connected projects."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Any

import numpy as np

from tenglong.domain.renewal.portfolio.parts import Aim, Counted, Measure, Option, Problem, Where

NEVER = -(10**17)
SHARE_UNITS = 10**12


class Oracle:
    """All plans of a small problem as rows; `best()` is the optimum, (shortfall, value) where a shortfall comes first."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.decisions = [self._decisions(at) for at in range(len(problem.candidates))]
        counts = [len(each) + 1 for each in self.decisions]
        self.plans = np.indices(counts).reshape(len(counts), -1).T
        self.splits = self._splits()

    def _decisions(self, at: int) -> list[tuple[Option, int]]:
        one = self.problem.candidates[at]
        found = []
        for option in self.problem.options:
            for year in option.years or self.problem.years:
                if option.candidate != one.key or year not in self.problem.years:
                    continue
                lock = one.lock
                if lock and (not lock.inside or lock.route not in (None, option.route) or lock.year not in (None, year)):
                    continue
                found.append((option, year))
        return found

    def total(self, figure: Any) -> np.ndarray:
        """Sum of figure(plot, option, year) over each plan."""
        out = np.zeros(len(self.plans), dtype=np.int64)
        for at, decisions in enumerate(self.decisions):
            values = np.array(
                [0] + [figure(self.problem.candidates[at], option, year) for option, year in decisions], dtype=np.int64
            )
            out += values[self.plans[:, at]]
        return out

    def _splits(self) -> np.ndarray:
        """Best bonus over all ways to split a set of plots (bit mask) into connected projects, NEVER where there is none."""
        n = len(self.problem.candidates)
        pairs = (
            {
                tuple(edge): metres
                for edge, metres in zip(self.problem.graph.edges.tolist(), self.problem.graph.lengths.tolist(), strict=True)
            }
            if self.problem.graph
            else {}
        )
        size = self.problem.max_members if self.problem.graph else 1
        blocks = {}
        for count in range(1, size + 1):
            for members in combinations(range(n), count):
                if connected(members, pairs) and self._large_enough(members):
                    blocks[sum(1 << at for at in members)] = self._bonus(members, pairs)
        best = np.full(1 << n, NEVER, dtype=np.int64)
        best[0] = 0
        for mask in range(1, 1 << n):
            low = mask & -mask
            best[mask] = max(
                (best[mask ^ block] + bonus for block, bonus in blocks.items() if block & low and block & mask == block),
                default=NEVER,
            )
            best[mask] = max(best[mask], NEVER)
        return best

    def _large_enough(self, members: tuple[int, ...]) -> bool:
        floor_part = self.problem.min_contiguous
        return floor_part is None or sum(self.problem.candidates[at].land_cm2 for at in members) >= floor_part.land_cm2

    def _bonus(self, members: tuple[int, ...], pairs: dict[tuple[int, int], float]) -> int:
        if len(members) == 1:
            return 0
        plots = [self.problem.candidates[at] for at in members]
        total = 0
        if part := self.problem.assembly:
            above = max(0, sum(plot.land_cm2 for plot in plots) - part.above_cm2)
            total += floor(Fraction(above * 3 * part.premium, 20_000_000)) - part.per_holder * sum(
                plot.holders for plot in plots
            )
        if self.problem.compactness:
            total += floor(sum(pairs.get(pair, 0) for pair in combinations(members, 2)) * self.problem.compactness.weight)
        return total

    def bonus(self) -> np.ndarray:
        out = np.zeros(len(self.plans), dtype=np.int64)
        for wanted in self.problem.years:
            mask = np.zeros(len(self.plans), dtype=np.int64)
            for at, decisions in enumerate(self.decisions):
                bit = np.array([0] + [(1 << at) * (year == wanted) for _, year in decisions], dtype=np.int64)
                mask += bit[self.plans[:, at]]
            out += self.splits[mask]
        return np.maximum(out, NEVER)

    def allowed(self) -> np.ndarray:
        """Plans that keep locks, budgets, capacities and shares and can be split into projects."""
        good = self.bonus() > NEVER // 2
        for at, one in enumerate(self.problem.candidates):
            if one.lock and one.lock.inside:
                good &= self.plans[:, at] > 0
        for budget in self.problem.budgets:
            good &= self.total(lambda plot, option, year, b=budget: option.cost * (b.year in (None, year))) <= budget.amount
        for part in self.problem.capacities:
            good &= (
                self.total(
                    lambda plot, option, year, p=part: (
                        figure(p.measure, plot, option) * within(plot, p) * (p.year in (None, year))
                    )
                )
                <= part.amount
            )
        for part in self.problem.shares:
            good &= (
                self.total(lambda plot, option, year, p=part: plot.land_cm2 * (10_000 * within(plot, p) - p.at_least_bp)) >= 0
            )
        return good

    def missing(self) -> list[np.ndarray]:
        out = []
        for target in self.problem.targets:
            reached = self.total(
                lambda plot, option, year, t=target: (
                    figure(t.measure, plot, option)
                    * within(plot, t)
                    * (t.year is None or t.year == (year if t.counted is Counted.START else done(option, year)))
                )
            )
            out.append(np.maximum(0, target.amount - reached))
        return out

    def net(self) -> np.ndarray:
        goal = self.problem.objective

        def worth(plot: Any, option: Option, year: int) -> int:
            if goal.aim is Aim.CHEAPEST:
                return -option.cost
            uplift = (
                option.uplift * option.chance_bp // 10_000 if goal.expected and option.chance_bp is not None else option.uplift
            )
            return uplift if goal.until is None else uplift * max(0, goal.until - done(option, year))

        return self.total(worth) + self.bonus()

    def values(self, weights: list[tuple[int, int]] | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(allowed, shortfall, net) of every plan. `weights`: divisor and weight per target; None: targets must be met."""
        good, missing = self.allowed(), self.missing()
        short = np.zeros(len(self.plans), dtype=np.int64)
        if weights is None:
            for each in missing:
                good &= each == 0
        else:
            for each, (divisor, weight) in zip(missing, weights, strict=True):
                short += -(-each // divisor) * weight
        return good, short, self.net()


def connected(members: tuple[int, ...], pairs: dict[tuple[int, int], float]) -> bool:
    reached, left = {members[0]}, set(members[1:])
    while True:
        fresh = {b for b in left if any((min(a, b), max(a, b)) in pairs for a in reached)}
        if not fresh:
            return not left
        reached |= fresh
        left -= fresh


def figure(measure: Measure, plot: Any, option: Option) -> int:
    return {
        Measure.LAND: plot.land_cm2,
        Measure.PLOTS: 1,
        Measure.RELEASED: option.released_cm2,
        Measure.UPLIFT: option.uplift,
        Measure.JOBS_GAINED: option.jobs_gained,
        Measure.JOBS_LOST: option.jobs_lost,
        Measure.RELOCATION: option.relocation_m2,
    }[measure]


def within(plot: Any, part: Any) -> bool:
    return part.where is Where.ALL or getattr(plot, part.where) == part.name


def done(option: Option, year: int) -> int:
    return year + max(0, ceil(option.months / 12) - 1)
