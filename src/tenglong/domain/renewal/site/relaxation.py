"""The lower bound: the linear relaxation of a ground, tightened by neighbour cuts until none is broken or little is won."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from time import monotonic

from tenglong.domain.renewal.site.cuts import Cut, fractional
from tenglong.domain.renewal.site.ground import Ground, Wish

CUTS_PER_ROUND, PLOTS_PER_CUT = 60, 25
ROUNDS = 400
SLACK = 1e-6
PATIENCE, LITTLE = 4, 5e-4
DEAREST = 1_000.0


@dataclass(frozen=True)
class Bound:
    """Nothing on this ground weighs less than `weight` (inf: no site at all); `value` and `reduced` by place."""

    weight: float
    value: list[float]
    reduced: list[float]


class Relaxation:
    """Kept alive over the alternatives: cuts stay true, bans are added."""

    def __init__(self, ground: Ground, wish: Wish) -> None:
        self.ground, self.wish = ground, wish
        self.cuts: set[Cut] = set()
        self._unit = max(max(ground.weight, default=0), 1) / DEAREST
        self._largest = max(ground.land, default=1)
        from ortools.linear_solver import pywraplp  # type: ignore[import-untyped]  # a tenth of a second, where a site is sought

        self._lp = pywraplp.Solver
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._x = [self._solver.NumVar(0.0, 1.0, "") for _ in ground.land]
        self._build()
        self._bans = 0
        self._fixed: dict[int, int] = {}
        self._reached: set[int] = set()

    def fix(self, fixed: dict[int, int]) -> None:
        """Plots that are in (1) or out (0); all others are free again."""
        for place in self._fixed.keys() - fixed.keys():
            self._x[place].SetBounds(0.0, 1.0)
        for place, side in fixed.items():
            if self._fixed.get(place) != side:
                self._x[place].SetBounds(float(side), float(side))
        self._fixed = dict(fixed)

    def forbid(self, chosen: frozenset[int]) -> None:
        """This very choice is no site."""
        self._row({place: 1.0 if place in chosen else -1.0 for place in range(len(self._x))}, -inf, len(chosen) - 1)

    def tightened(self, *, enough: float, until: float, rounds: int = ROUNDS) -> Bound:
        """Cut and solve until nothing is broken, the bound passes `enough`, or time is up."""
        self._add_bans()
        bound = self._solved()
        steps = [bound.weight]
        for _ in range(rounds):
            if bound.weight >= enough or monotonic() > until or _stalls(steps):
                break
            fresh = [cut for _, cut in fractional(self.ground, bound.value, self.wish.least) if cut not in self.cuts]
            reached = self._reach(bound.value)
            if not fresh and not reached:
                break
            self.add(fresh[:max(CUTS_PER_ROUND, len(self._x) // PLOTS_PER_CUT)])
            bound = self._solved()
            steps.append(bound.weight)
        return bound

    def add(self, cuts: list[Cut]) -> None:
        for cut in cuts:
            if cut not in self.cuts:
                self.cuts.add(cut)
                self._row(dict.fromkeys(cut.fence, -1.0) | dict.fromkeys(cut.plots, 1.0), -inf, len(cut.plots) - 1)

    def _reach(self, value: list[float]) -> int:
        """Under a greatest span all land of a site lies around each of its plots: least · x_i <= Σ land · x not far from i."""
        ground, added = self.ground, 0
        if ground.apart is None:
            return 0
        held = [place for place, share in enumerate(value) if share > 0]
        for place in held:
            if place not in self._reached:
                around = sum(ground.land[other] * value[other] for other in held if other not in ground.far(place))
                if around < self.wish.least * value[place] * (1 - LITTLE):
                    self._reached.add(place)
                    shares = {other: -min(land, self.wish.least) / self._largest for other, land in enumerate(ground.land)
                              if other not in ground.far(place)}
                    self._row(shares | {place: shares[place] + self.wish.least / self._largest}, -inf, 0)
                    added += 1
        return added

    def _build(self) -> None:
        ground, wish = self.ground, self.wish
        for place, weight in enumerate(ground.weight):
            self._solver.Objective().SetCoefficient(self._x[place], weight / self._unit)
        self._solver.Objective().SetMinimization()
        self._row({place: min(land, wish.least) / self._largest for place, land in enumerate(ground.land)},
                  wish.least / self._largest, inf)
        if wish.gated:
            self._row(dict.fromkeys(sorted(ground.gate), 1.0), 1, inf)
        small = [place for place, land in enumerate(ground.land) if land < wish.least]
        self.add([Cut((place,), tuple(sorted(ground.near[place]))) for place in small])

    def _row(self, shares: dict[int, float], least: float, most: float) -> None:
        row = self._solver.Constraint(least, most)
        for place, share in shares.items():
            row.SetCoefficient(self._x[place], share)

    def _add_bans(self) -> None:
        for ban in self.ground.bans[self._bans:]:
            self._row({place: self.ground.land[place] / self._largest for place in sorted(ban.plots)}, -inf,
                      ban.most_cm2 / self._largest)
        self._bans = len(self.ground.bans)

    def _solved(self) -> Bound:
        status = self._solver.Solve()
        if status == self._lp.INFEASIBLE:
            return Bound(inf, [], [])
        if status != self._lp.OPTIMAL:
            return Bound(0.0, [], [])
        weight = self._solver.Objective().Value() * self._unit * (1 - SLACK)
        return Bound(weight, [x.solution_value() for x in self._x], [x.reduced_cost() * self._unit for x in self._x])


def _stalls(steps: list[float]) -> bool:
    """The last rounds together have won next to nothing."""
    return len(steps) > PATIENCE and steps[-1] - steps[-1 - PATIENCE] < steps[-1] * LITTLE
