"""Projects of any number of plots as one integer programme: what is chosen in a year falls into connected pieces, and every
piece is a project.

x: a choice; u: a plot in a year; m: a plot in a project of two plots or more; q ≤ m: a plot of a project above the size from
which a site is worth more, with a root r that pays for that size; z: a boundary inside a project. That a piece is large enough,
or has its root, is kept by fences (`fences.py`) that are added when broken. Two projects that touch in a year count as one:
where coordination costs nothing less by parting and premiums are not negative, one is never worth less; the number of plots
of a project is left aside but for the roots (K · roots ≥ plots), so that the bound holds for any number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.compiled import Compiled, Stage, Whole
from tenglong.domain.renewal.portfolio.fences import Field, broken
from tenglong.domain.renewal.portfolio.programme import Entries, Floats, Programme

WANTED: Final = 1_000.0
MU_CM2: Final = 20_000_000 / 3
NONE: Final = -1
CUTS: Final = 400  # added in one round and year


class Joined:
    """The programme of one stage. Columns of plots in years stand in (plots, years) tables, −1 for none."""

    def __init__(self, problem: Compiled, stage: Stage, forbidden: Sequence[Sequence[int]] = ()) -> None:
        given = problem.problem
        self.problem, self.stage = problem, stage
        self.graph = given.graph or Graph.of(problem.plots, [])
        self.land = [one.land_cm2 for one in given.candidates]
        self.least = problem.floor
        self.assembly = None if stage.bare else given.assembly
        self.metre = 0 if stage.bare or given.compactness is None else given.compactness.weight
        self.programme = Programme()
        self.unit = self._unit()
        hopeless = self._hopeless()[problem.plot].tolist()
        self.x = [
            self.programme.column(float(one) * self.unit, 0.0 if lost else 1.0, whole=True)
            for one, lost in zip(stage.value.tolist(), hopeless, strict=True)
        ]
        self.packs = self._packs()
        self.u = self._supports()
        self.m = self._members()
        self.q, self.root = self._premiums()
        self._metres()
        self._touching()
        self.rows = self._couple()
        for choices in forbidden:
            self._forbid(choices)
        self._near: dict[tuple[int, bool], list[list[int]]] = {}

    @property
    def counts(self) -> bool:
        """Whether a project of several plots is worth something of its own."""
        return self.assembly is not None or self.metre > 0

    def _hopeless(self) -> NDArray[np.bool_]:
        """Plots on a ground that is smaller than the least project."""
        plots = np.unique(self.problem.plot)
        out = np.zeros(self.problem.plots, dtype=bool)
        if len(plots) and self.least:
            label = self.graph.components(plots)
            land = np.bincount(label, weights=np.array(self.land, dtype=np.float64)[plots])
            out[plots] = land[label] < self.least
        return out

    def _unit(self) -> float:
        if self.stage.soft and self.stage.shortfall_cap is None:
            sizes = [float(row.weight or 0) * max(1.0, float(np.abs(row.coef).max(initial=1))) for row in self.problem.rows]
            largest = max(sizes, default=1.0)
        else:
            largest = float(np.abs(self.stage.value).max(initial=1))
        return WANTED / max(largest, 1.0)

    def _packs(self) -> list[int]:
        own: list[list[tuple[int, float]]] = [[] for _ in range(self.problem.plots)]
        for at, plot in enumerate(self.problem.plot.tolist()):
            own[plot].append((self.x[at], 1.0))
        must = self.problem.must.tolist()
        return [self.programme.row(entries, 1.0, 1.0 if must[plot] else -np.inf) for plot, entries in enumerate(own)]

    def _table(self) -> Whole:
        return np.full((self.problem.plots, self.problem.years), NONE, dtype=np.int64)

    def _supports(self) -> Whole:
        out, by_spot = self._table(), dict[tuple[int, int], list[int]]()
        for at, spot in enumerate(zip(self.problem.plot.tolist(), self.problem.year.tolist(), strict=True)):
            by_spot.setdefault(spot, []).append(self.x[at])
        for spot, columns in by_spot.items():
            if len(columns) == 1:
                out[spot] = columns[0]
                continue
            out[spot] = self.programme.column(0.0)
            self.programme.row([(int(out[spot]), 1.0), *((one, -1.0) for one in columns)], 0.0, 0.0)
        return out

    def _members(self) -> Whole:
        """A plot too small to stand alone is always a member of something; without a worth of projects so is every plot."""
        if not self.counts:
            return self.u.copy()
        out, holder = self._table(), self.assembly.per_holder if self.assembly else 0
        for plot, year in np.argwhere(self.u != NONE).tolist():
            gain = -holder * self.problem.problem.candidates[plot].holders * self.unit
            out[plot, year] = self.programme.column(gain, whole=True)
            alone = self.land[plot] >= self.least
            self.programme.row([(int(out[plot, year]), 1.0), (int(self.u[plot, year]), -1.0)], 0.0, -np.inf if alone else 0.0)
        return out

    def _premiums(self) -> tuple[Whole, Whole]:
        q, root = self._table(), self._table()
        if self.assembly is None or self.assembly.premium <= 0:
            return q, root
        each, above = self.assembly.premium / MU_CM2 * self.unit, self.assembly.above_cm2
        label = self.graph.components()
        pieces: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for plot, year in np.argwhere(self.m != NONE).tolist():
            q[plot, year] = self.programme.column(each * self.land[plot], whole=above > 0)
            self.programme.row([(int(q[plot, year]), 1.0), (int(self.m[plot, year]), -1.0)], 0.0)
            if above > 0:
                root[plot, year] = self.programme.column(-each * above, whole=True)
                self.programme.row([(int(root[plot, year]), 1.0), (int(q[plot, year]), -1.0)], 0.0)
                held = pieces.setdefault((int(label[plot]), year), [])
                held += [(int(q[plot, year]), 1.0), (int(root[plot, year]), -float(self.problem.problem.max_members))]
        for entries in pieces.values():
            self.programme.row(entries, 0.0)
        return q, root

    def _metres(self) -> None:
        if not self.metre:
            return
        for (a, b), length in zip(self.graph.edges.tolist(), self.graph.lengths.tolist(), strict=True):
            for year in range(self.problem.years):
                ends = int(self.m[a, year]), int(self.m[b, year])
                if NONE not in ends and length > 0:
                    z = self.programme.column(length * self.metre * self.unit)
                    for end in ends:
                        self.programme.row([(z, 1.0), (end, -1.0)], 0.0)

    def _touching(self) -> None:
        """A member that is no project by itself has a neighbour."""
        for plot, year in np.argwhere(self.m != NONE).tolist():
            if self.counts or self.land[plot] < self.least:
                around = [int(self.m[other, year]) for other in self.graph.of_plot(plot).tolist()]
                entries = [(one, -1.0) for one in around if one != NONE]
                self.programme.row([(int(self.m[plot, year]), 1.0), *entries], 0.0)

    def _couple(self) -> list[tuple[int, float]]:
        """(row, what it was divided by) per coupling row."""
        out, weights = [], []
        short = self.stage.soft and self.stage.shortfall_cap is None
        for row in self.problem.rows:
            size = max(1.0, float(np.abs(row.coef).max(initial=0)))
            entries = [(self.x[at], float(row.coef[at]) / size) for at in np.flatnonzero(row.coef).tolist()]
            if self.stage.soft and row.weight is not None:
                weight = float(row.weight) * size
                miss = self.programme.column(-weight * self.unit if short else 0.0, row.most / size)
                entries.append((miss, -1.0))
                weights.append((miss, weight))
            out.append((self.programme.row(entries, row.rhs / size), size))
        self.cap: tuple[int, float] | None = None
        if self.stage.shortfall_cap is not None:
            size = max(weight for _, weight in weights)
            entries = [(miss, weight / size) for miss, weight in weights]
            self.cap = self.programme.row(entries, self.stage.shortfall_cap / size), size
        return out

    def _forbid(self, choices: Sequence[int]) -> None:
        held = set(choices)
        entries: Entries = [(column, 1.0 if at in held else -1.0) for at, column in enumerate(self.x)]
        self.programme.row(entries, len(held) - 1.0)

    # ---- fences

    def fenced(self, value: Floats) -> int:
        """Adds the fences that `value` breaks; how many. None broken by a whole point: every piece is a project."""
        added = 0
        for year in range(self.problem.years):
            if self.least:
                added += self._fenced(value, year, self.m, None)
            if (self.root != NONE).any():
                added += self._fenced(value, year, self.q, self.root)
        return added

    def _fenced(self, value: Floats, year: int, table: Whole, roots: Whole | None) -> int:
        columns = table[:, year]
        root = None if roots is None else _at(value, roots[:, year]).tolist()
        field = Field(self._neighbours(year, table), _at(value, columns).tolist(), self.land, self.least, root)
        found = broken(field)
        for _, fence in found[:CUTS]:
            side = [(int(columns[one]), -1.0) for one in fence.around]
            if roots is not None:
                side += [(int(roots[one, year]), -1.0) for one in fence.inside]
            for plot in fence.plots:
                self.programme.row([(int(columns[plot]), 1.0), *side], 0.0)
        return len(found)

    def _neighbours(self, year: int, table: Whole) -> list[list[int]]:
        key = (year, table is self.q)
        if key not in self._near:
            there = (table[:, year] != NONE).tolist()
            self._near[key] = [
                [one for one in self.graph.of_plot(plot).tolist() if there[one]] if there[plot] else []
                for plot in range(self.problem.plots)
            ]
        return self._near[key]

    # ---- reading a whole point

    def pieces(self, value: Floats) -> list[tuple[int, list[int]]]:
        """(year, plots) of each project of a whole point: connected members, and plots alone."""
        out = []
        for year in range(self.problem.years):
            taken = _at(value, self.u[:, year]) > 0.5
            members = taken & (_at(value, self.m[:, year]) > 0.5)
            plots = np.flatnonzero(members)
            label = self.graph.components(plots) if len(plots) else np.zeros(0, dtype=np.int32)
            out += [(year, plots[label == one].tolist()) for one in np.unique(label).tolist()]
            out += [(year, [plot]) for plot in np.flatnonzero(taken & ~members).tolist()]
        return out

    def choices(self, value: Floats) -> dict[int, int]:
        """Plot → choice of a whole point."""
        on = np.flatnonzero(value[self.x] > 0.5) if self.x else np.zeros(0, dtype=np.int64)
        return {int(self.problem.plot[at]): int(at) for at in on}


def _at(value: Floats, columns: Whole) -> NDArray[np.float64]:
    return np.where(columns == NONE, 0.0, value[np.maximum(columns, 0)])
