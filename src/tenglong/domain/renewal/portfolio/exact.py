"""The integer problem over the clusters and choices that are still alive, by CP-SAT: whole numbers throughout, so its bound is exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any, Final

import numpy as np
from ortools.sat.python import cp_model

from tenglong.domain.renewal.portfolio.compiled import Compiled, Mask, Stage, Whole
from tenglong.domain.renewal.portfolio.watch import Watch

WORKERS: Final = 2
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Pick:
    """A cluster that is chosen, its start year (place) and one choice per member."""

    cluster: int
    year: int
    choices: tuple[int, ...]


@dataclass(frozen=True)
class Alive:
    """What the integer problem may use: `place` holds (cluster · years + year), `best` the choice per (plot, year) that a cluster
    takes by itself, `other` further choices that may stand in for it."""

    place: Whole
    best: Whole
    other: Whole


@dataclass(frozen=True)
class Solved:
    """`value` None: no plan among what is alive (proven when `closed`). `bound` is of what is alive only, None when none was found."""

    value: int | None
    bound: int | None
    picks: tuple[Pick, ...]
    closed: bool


class Exact:
    """One CP-SAT model over `alive`."""

    def __init__(self, problem: Compiled, stage: Stage, alive: Alive) -> None:
        self.problem, self.stage, self.alive = problem, stage, alive
        self.model = cp_model.CpModel()
        self.clusters, self.years = np.divmod(alive.place, problem.years)
        self.z = [self.model.new_bool_var("") for _ in range(len(alive.place))]
        self.d = [self.model.new_bool_var("") for _ in range(len(alive.other))]
        sizes = problem.clusters.sizes[self.clusters]
        self.column = np.repeat(np.arange(len(self.z)), sizes)
        offset = np.arange(len(self.column)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.member = problem.clusters.member[problem.clusters.start[self.clusters][self.column] + offset].astype(np.int64)
        self.spot = self.member * problem.years + self.years[self.column]
        self.taken = alive.best.ravel()[self.spot]
        self.own_best = alive.best[problem.plot[alive.other], problem.year[alive.other]] if len(alive.other) else alive.other
        self._pack()
        self._stand_in()
        self.misses = self._couple()
        self._aim()

    def _pack(self) -> None:
        for plot, columns in _grouped(self.member, self.column).items():
            literals = [self.z[at] for at in columns]
            if self.problem.must[plot]:
                self.model.add_exactly_one(literals)
            elif len(literals) > 1:
                self.model.add_at_most_one(literals)
        covered = np.zeros(self.problem.plots, dtype=bool)
        covered[self.member] = True
        if (self.problem.must & ~covered).any():
            self.model.add_bool_or([])

    def _stand_in(self) -> None:
        """Another route for a plot needs the plot to be in a cluster that starts in that year."""
        if not len(self.alive.other):
            return
        spots = self.problem.plot[self.alive.other] * self.problem.years + self.problem.year[self.alive.other]
        by_spot = _grouped(self.spot, self.column)
        self.by_spot = by_spot
        for spot, others in _grouped(spots, np.arange(len(self.d))).items():
            columns = by_spot.get(spot, [])
            terms = [self.d[at] for at in others] + [self.z[at] for at in columns]
            self.model.add(cp_model.LinearExpr.weighted_sum(terms, [1] * len(others) + [-1] * len(columns)) <= 0)

    def _terms(self, figure: Whole) -> tuple[Whole, Whole]:
        """A figure per choice as coefficients of the clusters and of the stand-ins."""
        total = np.zeros(len(self.z), dtype=np.int64)
        np.add.at(total, self.column, figure[self.taken])
        return total, figure[self.alive.other] - figure[self.own_best]

    def _sum(self, z: Whole, d: Whole) -> Any:
        used, other = np.flatnonzero(z), np.flatnonzero(d)
        terms = [self.z[at] for at in used.tolist()] + [self.d[at] for at in other.tolist()]
        return cp_model.LinearExpr.weighted_sum(terms, z[used].tolist() + d[other].tolist()) if terms else 0

    def _couple(self) -> list[tuple[Any, int]]:
        misses: list[tuple[Any, int]] = []
        for row in self.problem.rows:
            total = self._sum(*self._terms(row.coef))
            if self.stage.soft and row.weight is not None:
                miss = self.model.new_int_var(0, row.most, "")
                misses.append((miss, row.weight))
                self.model.add(total - miss <= row.rhs)
            elif not isinstance(total, int):
                self.model.add(total <= row.rhs)
            elif row.rhs < 0:
                self.model.add_bool_or([])
        if self.stage.shortfall_cap is not None:
            self.model.add(self._missed(misses) <= self.stage.shortfall_cap)
        return misses

    @staticmethod
    def _missed(misses: list[tuple[Any, int]]) -> Any:
        return cp_model.LinearExpr.weighted_sum([miss for miss, _ in misses], [weight for _, weight in misses])

    def _aim(self) -> None:
        self.divisor = 1
        if self.stage.soft and self.stage.shortfall_cap is None:
            self.divisor = gcd(*(weight for _, weight in self.misses)) or 1
            self.model.maximize(-cp_model.LinearExpr.weighted_sum([miss for miss, _ in self.misses],
                                                                  [weight // self.divisor for _, weight in self.misses]))
            return
        z, d = self._terms(self.stage.value)
        z = z + self.stage.bonus[self.clusters]
        self.divisor = int(np.gcd.reduce(np.concatenate([z, d]))) or 1 if len(z) + len(d) else 1
        total = self._sum(z // self.divisor, d // self.divisor)
        if not isinstance(total, int):
            self.model.maximize(total)

    def forbid(self, choices: Sequence[int]) -> None:
        """No plan with exactly these choices."""
        wanted = np.zeros(len(self.problem.plot), dtype=np.int64)
        wanted[list(choices)] = 1
        reachable = np.zeros(len(self.problem.plot), dtype=bool)
        reachable[self.taken], reachable[self.alive.other] = True, True
        if not reachable[list(choices)].all():
            return
        sign = np.where(wanted == 1, 1, -1)
        total = self._sum(*self._terms(sign.astype(np.int64)))
        self.model.add(total <= len(choices) - 1)

    def hint(self, picks: Sequence[Pick]) -> None:
        places = {int(place): at for at, place in enumerate(self.alive.place.tolist())}
        chosen = {places.get(pick.cluster * self.problem.years + pick.year) for pick in picks}
        taken = {choice for pick in picks for choice in pick.choices}
        for at, literal in enumerate(self.z):
            self.model.add_hint(literal, at in chosen)
        for literal, choice in zip(self.d, self.alive.other.tolist(), strict=True):
            self.model.add_hint(literal, choice in taken)

    def solve(self, watch: Watch, *, gap: float, tell: Tell = lambda value, bound: None) -> Solved:
        """`gap`: stop when bound − value is at most this many units of the objective."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = max(watch.left(), 0.05)
        solver.parameters.absolute_gap_limit = max(gap / self.divisor, 0.0)
        solver.parameters.relative_gap_limit = 0.0
        with watch.stopping(solver.stop_search):
            status = solver.solve(self.model, _Teller(self, tell))
        if status == cp_model.INFEASIBLE:
            return Solved(None, None, (), True)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Solved(None, None, (), False)
        bound = round(solver.best_objective_bound) * self.divisor if self.model.has_objective() else 0
        value = round(solver.objective_value) * self.divisor if self.model.has_objective() else 0
        return Solved(value, bound, self._picks(solver), status == cp_model.OPTIMAL)

    def _picks(self, solver: cp_model.CpSolver) -> tuple[Pick, ...]:
        swapped: dict[int, int] = {}
        for literal, choice in zip(self.d, self.alive.other.tolist(), strict=True):
            if solver.boolean_value(literal):
                swapped[int(self.problem.plot[choice] * self.problem.years + self.problem.year[choice])] = choice
        picks = []
        for at, literal in enumerate(self.z):
            if solver.boolean_value(literal):
                cluster, year = int(self.clusters[at]), int(self.years[at])
                members = self.problem.clusters[cluster].tolist()
                chosen = tuple(swapped.get(plot * self.problem.years + year, int(self.alive.best[plot, year])) for plot in members)
                picks.append(Pick(cluster, year, chosen))
        return tuple(picks)


class _Teller(cp_model.CpSolverSolutionCallback):
    def __init__(self, model: Exact, tell: Tell) -> None:
        super().__init__()
        self._tell, self._divisor = tell, model.divisor

    def on_solution_callback(self) -> None:
        self._tell(round(self.objective_value) * self._divisor, round(self.best_objective_bound) * self._divisor)


def _grouped(keys: Whole, values: Whole) -> dict[int, list[int]]:
    order = np.argsort(keys, kind="stable")
    spots, first = np.unique(keys[order], return_index=True)
    parts = np.split(values[order], first[1:]) if len(spots) else []
    return {int(spot): part.tolist() for spot, part in zip(spots, parts, strict=True)}
