"""A problem as integer arrays: choices (plot, route, year), clusters, and the rows that couple them.

Every row reads Σ coef·choice ≤ rhs (a row of "at least" is negated); a soft row may be missed by a shortfall that
costs. Rows are
divided by their greatest common divisor, so that nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.clusters import Clusters, TooManyClusters, connected_sets
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.dominated import undominated
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Budget,
    Capacity,
    Counted,
    LockedPlot,
    Measure,
    Option,
    Part,
    Problem,
    Rule,
    Share,
    Target,
    Where,
)

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: unmet shares of targets are counted in these units, so that the objective stays whole
SHARE_UNITS: Final = 10**12


@dataclass(frozen=True, eq=False)
class Row:
    """Σ coef·choice − shortfall ≤ rhs; `weight` None: no shortfall allowed, else the cost of one unit of shortfall
    (at most `most`)."""

    part: Part
    coef: Whole
    rhs: int
    divisor: int
    weight: int | None = None
    most: int = 0


@dataclass(frozen=True, eq=False)
class Stage:
    """What is maximised: value of choices + bonus of clusters − weight of shortfalls. `shortfall_cap`: Σ
    weight·shortfall at most."""

    value: Whole
    bonus: Whole
    soft: bool
    shortfall_cap: int | None = None
    bare: bool = False  # what clusters are worth is left aside


@dataclass(frozen=True, eq=False)
class Compiled:
    """`plot`, `year`, `option`: int64 per choice (places in the problem); `must`: plots that are locked in; `floor`: least
    land of a project. `listed` False: there are too many clusters to list, `clusters` holds those found so far."""

    problem: Problem
    plot: Whole
    year: Whole
    option: Whole
    rows: tuple[Row, ...]
    must: Mask
    clusters: Clusters
    bonus: Whole
    enumerated: int
    floor: int = 0
    listed: bool = True
    _cache: dict[str, Whole] = field(default_factory=dict, repr=False)

    @property
    def plots(self) -> int:
        return len(self.problem.candidates)

    @property
    def years(self) -> int:
        return len(self.problem.years)

    def measure(self, what: str) -> Whole:
        """A figure per choice: `cost` or the id of a Measure."""
        if what not in self._cache:
            self._cache[what] = _figures(self.problem, self.plot, self.option, what)
        return self._cache[what]

    @cached_property
    def net(self) -> Whole:
        """What a choice is worth in 分 by the objective's reading of uplift (LEAST_SHORTFALL, MOST_UPLIFT) or costs
        (CHEAPEST)."""
        if self.problem.objective.aim is Aim.CHEAPEST:
            return -self.measure("cost")
        return _uplift(self.problem, self.option, self.year)

    def done(self) -> Whole:
        """Calendar year in which each choice is finished."""
        return _done(self.problem, self.option, self.year)


def compile_problem(
    problem: Problem, *, without: frozenset[int] = frozenset(), plots: frozenset[int] = frozenset()
) -> Compiled:
    """`without`: places of parts (rules first, then locks, as `parts_of` tells them) that are left out; `plots`:
    candidates left out.

    Raises TooManyClusters where clusters are too many to list and are worth less together than apart.
    """
    kept = [part for at, part in enumerate(parts_of(problem)) if at not in without]
    rules = [part for part in kept if not isinstance(part, LockedPlot)]
    locks = {problem.index(part.key): part for part in kept if isinstance(part, LockedPlot)}
    plot, option, year = _choices(problem, locks, plots)
    rows = tuple(
        _row(problem, rule, plot, option, year) for rule in rules if isinstance(rule, Budget | Target | Share | Capacity)
    )
    floor = problem.min_contiguous.land_cm2 if problem.min_contiguous in rules and problem.min_contiguous else 0
    listed = True
    try:
        clusters, bonus, enumerated = _clusters(problem, np.unique(plot), floor)
    except TooManyClusters as error:
        if not _gathers(problem):
            raise
        clusters, bonus = Clusters(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32)), np.zeros(0, dtype=np.int64)
        listed, enumerated = False, error.reached
    must = np.zeros(len(problem.candidates), dtype=bool)
    must[[at for at, part in locks.items() if part.lock.inside]] = True
    return Compiled(problem, plot, year, option, rows, must, clusters, bonus, enumerated, floor, listed)


def with_figures(compiled: Compiled, problem: Problem) -> Compiled:
    """The same candidates, choices and clusters with other amounts of rules, costs or uplift: nothing is listed again."""
    rows = tuple(_row(problem, rule, compiled.plot, compiled.option, compiled.year) for rule in problem.rules()
                 if isinstance(rule, Budget | Target | Share | Capacity))
    return replace(compiled, problem=problem, rows=rows, _cache={})


def without_plot(compiled: Compiled, plot: int) -> Compiled:
    """As if `plot` were no candidate: its choices and clusters go, nothing is listed again."""
    kept = compiled.plot != plot
    rows = tuple(replace(row, coef=row.coef[kept]) for row in compiled.rows)
    clusters = compiled.clusters
    free = np.ones(len(clusters), dtype=bool)
    free[clusters.owner()[clusters.member == plot]] = False
    return replace(compiled, plot=compiled.plot[kept], year=compiled.year[kept], option=compiled.option[kept], rows=rows,
                   clusters=picked(clusters, free), bonus=compiled.bonus[free], _cache={})


def parts_of(problem: Problem) -> tuple[Part, ...]:
    """Every part that can conflict with another: rules, then locks."""
    locks = tuple(LockedPlot(one.key, one.lock) for one in problem.candidates if one.lock)
    return (*problem.rules(), *locks)


def _choices(problem: Problem, locks: dict[int, LockedPlot], gone: frozenset[int]) -> tuple[Whole, Whole, Whole]:
    found: list[tuple[int, int, int]] = []
    for number, option in enumerate(problem.options):
        at = problem.index(option.candidate)
        if at not in gone:
            found += [(at, number, place) for place, year in enumerate(problem.years) if _allowed(option, year, locks.get(at))]
    table = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _allowed(option: Option, year: int, locked: LockedPlot | None) -> bool:
    if option.years and year not in option.years:
        return False
    if locked is None:
        return True
    lock = locked.lock
    return lock.inside and lock.route in (None, option.route) and lock.year in (None, year)


def _figures(problem: Problem, plot: Whole, option: Whole, what: str) -> Whole:
    if what == Measure.LAND:
        return np.array([one.land_cm2 for one in problem.candidates], dtype=np.int64)[plot]
    if what == Measure.PLOTS:
        return np.ones(len(plot), dtype=np.int64)
    name = {Measure.RELEASED: "released_cm2", Measure.RELOCATION: "relocation_m2"}.get(
        Measure(what) if what != "cost" else Measure.LAND, what
    )
    return np.array([getattr(one, name) for one in problem.options], dtype=np.int64)[option]


def _done(problem: Problem, option: Whole, year: Whole) -> Whole:
    years = np.array(problem.years, dtype=np.int64)
    late = np.array([max(0, ceil(one.months / 12) - 1) for one in problem.options], dtype=np.int64)
    return years[year] + late[option]


def _uplift(problem: Problem, option: Whole, year: Whole) -> Whole:
    expected = problem.objective.expected
    each = np.array(
        [
            one.uplift * one.chance_bp // 10_000 if expected and one.chance_bp is not None else one.uplift
            for one in problem.options
        ],
        dtype=np.int64,
    )[option]
    if problem.objective.until is None:
        return each
    return np.asarray(each * np.maximum(0, problem.objective.until - _done(problem, option, year)))


def _row(problem: Problem, part: Rule, plot: Whole, option: Whole, year: Whole) -> Row:
    if isinstance(part, Budget):
        coef = _figures(problem, plot, option, "cost") * _when(problem, part.year, year)
        return _reduced(part, coef, part.amount)
    assert isinstance(part, Target | Share | Capacity)
    inside = _within(problem, part, plot)
    if isinstance(part, Capacity):
        return _reduced(
            part, _figures(problem, plot, option, part.measure) * inside * _when(problem, part.year, year), part.amount
        )
    soft = problem.objective.aim is Aim.LEAST_SHORTFALL
    if isinstance(part, Share):
        land = _figures(problem, plot, option, Measure.LAND)
        return _reduced(part, land * part.at_least_bp - land * inside * 10_000, 0)
    days = _done(problem, option, year) if part.counted is Counted.DONE else np.array(problem.years, dtype=np.int64)[year]
    counted = inside * (1 if part.year is None else (days == part.year).astype(np.int64))
    return _reduced(part, -_figures(problem, plot, option, part.measure) * counted, -part.amount, part.weight if soft else None)


def _when(problem: Problem, wanted: int | None, year: Whole) -> Whole:
    if wanted is None:
        return np.ones(len(year), dtype=np.int64)
    return np.asarray(year == problem.years.index(wanted), dtype=np.int64)


def _within(problem: Problem, part: Target | Share | Capacity, plot: Whole) -> Whole:
    if part.where is Where.ALL:
        return np.ones(len(plot), dtype=np.int64)
    return np.array([getattr(one, part.where) == part.name for one in problem.candidates], dtype=np.int64)[plot]


def _reduced(part: Part, coef: Whole, rhs: int, weight: int | None = None) -> Row:
    """By the common divisor of its coefficients; `≤ rhs` may then be floored without changing what is feasible."""
    divisor = int(np.gcd.reduce(coef)) if len(coef) and coef.any() else 1
    if weight is None:
        return Row(part, coef // divisor, rhs // divisor, divisor)
    divisor = gcd(divisor, rhs)
    most = -rhs // divisor
    return Row(part, coef // divisor, rhs // divisor, divisor, max(1, weight * SHARE_UNITS // most), most)


def _clusters(problem: Problem, offered: Whole, floor: int) -> tuple[Clusters, Whole, int]:
    """Clusters that are large enough and that no split of theirs matches, with their bonus and the number enumerated."""
    graph = problem.graph or Graph.of(len(problem.candidates), [])
    joins = problem.graph is not None and bool(floor or problem.assembly or problem.compactness)
    size = problem.max_members if joins else 1
    clusters = connected_sets(graph, offered, max_members=size, limit=problem.cluster_limit)
    enumerated = len(clusters)
    if floor:
        clusters = picked(clusters, clusters.total(_land(problem)) >= floor)
    bonus = cluster_bonus(problem, graph, clusters)
    keep = undominated(clusters, bonus, len(problem.candidates))
    return picked(clusters, keep), bonus[keep], enumerated


def _gathers(problem: Problem) -> bool:
    """Whether two projects that touch are never worth less as one."""
    assembly, compactness = problem.assembly, problem.compactness
    good = assembly is None or (assembly.premium >= 0 and assembly.per_holder >= 0 and assembly.above_cm2 >= 0)
    return good and (compactness is None or compactness.weight >= 0)


def _land(problem: Problem) -> Whole:
    return np.array([one.land_cm2 for one in problem.candidates], dtype=np.int64)


def picked(clusters: Clusters, keep: Mask) -> Clusters:
    """The clusters for which `keep` is true."""
    sizes = clusters.sizes
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes[keep])])
    return Clusters(start, clusters.member[np.repeat(keep, sizes)])


def cluster_bonus(problem: Problem, graph: Graph, clusters: Clusters) -> Whole:
    """分 per cluster: assembly premium − coordination + compactness; nothing for a plot alone. The premium is floored
    to the 分."""
    bonus = np.zeros(len(clusters), dtype=np.int64)
    if problem.assembly is not None:
        part = problem.assembly
        above = np.maximum(0, clusters.total(_land(problem)) - part.above_cm2)
        # 1 mu = 20,000,000/3 cm²; the quotient is taken apart so that the product stays within 64 bits
        mu, rest = np.divmod(above * 3, 20_000_000)
        bonus += mu * part.premium + rest * part.premium // 20_000_000
        bonus -= clusters.total(np.array([one.holders for one in problem.candidates], dtype=np.int64)) * part.per_holder
    if problem.compactness is not None:
        bonus += np.floor(inner_metres(graph, clusters) * problem.compactness.weight).astype(np.int64)
    bonus[clusters.sizes == 1] = 0
    return bonus


def inner_metres(graph: Graph, clusters: Clusters) -> NDArray[np.float64]:
    """Metres of boundary shared between members of each cluster."""
    out = np.zeros(len(clusters))
    if not len(graph.edges):
        return out
    keys = graph.edges[:, 0].astype(np.int64) * graph.n + graph.edges[:, 1]
    for size in np.unique(clusters.sizes).tolist():
        ids = np.flatnonzero(clusters.sizes == size)
        members = clusters.member[clusters.start[ids][:, None] + np.arange(size)].astype(np.int64)
        for a in range(size):
            for b in range(a + 1, size):
                wanted = members[:, a] * graph.n + members[:, b]
                place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
                out[ids] += np.where(keys[place] == wanted, graph.lengths[place], 0.0)
    return out
