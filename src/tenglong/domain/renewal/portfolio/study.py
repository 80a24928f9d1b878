"""Questions about a plan that was found: what binds, what each plot is worth, the next best plans, more or less money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

import numpy as np

from tenglong.domain.renewal.portfolio import figures
from tenglong.domain.renewal.portfolio.answer import NAMES, SHORTFALL, Answer, Proof, Status
from tenglong.domain.renewal.portfolio.compiled import SHARE_UNITS, Compiled, Row, Stage, compile_problem, without_plot
from tenglong.domain.renewal.portfolio.large import Large
from tenglong.domain.renewal.portfolio.master import Column, Master
from tenglong.domain.renewal.portfolio.parts import Aim, Budget, Capacity, Measure, Problem, Share, Target
from tenglong.domain.renewal.portfolio.pool import Pool
from tenglong.domain.renewal.portfolio.prices import Priced, Prices
from tenglong.domain.renewal.portfolio.replies import Binding, Point, Worth
from tenglong.domain.renewal.portfolio.search import Found, Search
from tenglong.domain.renewal.portfolio.solve import Run, first_stage, last_stage, proof_of, solve_compiled
from tenglong.domain.renewal.portfolio.watch import DEFAULT_GAP, DEFAULT_SECONDS, Watch
from tenglong.domain.renewal.portfolio.window import Pick
from tenglong.domain.units import AREA_UNITS, MONEY_UNITS

AGAIN: Final = 0.6  # of the time for questions, for plots that are solved again without them


class Study:
    """Everything that several questions share: the compiled problem, its last stage, its prices. Raises ValueError
    without a plan."""

    def __init__(
        self, problem: Problem, answer: Answer, *, time_limit_s: float = DEFAULT_SECONDS, gap: float = DEFAULT_GAP
    ) -> None:
        if not answer.found:
            raise ValueError("没有方案，不能追问")
        self.given, self.plan, self.gap = problem, answer, gap
        self.watch = Watch(time_limit_s)
        self.problem, self.picks, self.pool = compile_problem(problem), answer.picks, None
        if not self.problem.listed:
            self.pool, self.picks = pooled(self.problem, answer)
            self.problem = self.pool.compiled()
        self.stage = self._stage(self.picks)

    def _stage(self, picks: Sequence[Pick]) -> Stage:
        short = sum(miss * (row.weight or 0) for row, miss in figures.shortfalls(self.problem, picks))
        return last_stage(self.problem, short)

    @cached_property
    def priced(self) -> Priced:
        if self.pool is not None:
            return Large(self.pool, self.stage, self.watch, self.gap).priced()
        return self._mastered[1]

    @cached_property
    def _mastered(self) -> tuple[Master, Prices]:
        master = Master(self.problem, self.stage)
        for pick in self.picks:
            master.add_column(pick.cluster, pick.year, pick.choices)
        prices = master.run(lambda: DEFAULT_SECONDS)
        assert prices is not None  # the plan itself is allowed
        return master, prices

    @property
    def columns(self) -> Sequence[Column]:
        """To begin other solves of the same clusters with; none where clusters are not listed or nothing was asked yet."""
        return self._mastered[0].kept() if self.pool is None and "_mastered" in self.__dict__ else ()

    @property
    def value(self) -> int:
        return figures.value_of(self.problem, self.stage, self.picks)

    def binding(self) -> list[Binding]:
        """Rules with a price, the dearest use of them first."""
        prices = self.priced
        taken = figures.choices_of(self.picks)
        out = []
        for row, price in zip(self.problem.rows, prices.row.tolist(), strict=True):
            if price <= 0:
                continue
            unit, size = _unit(row)
            slack = _limit(row) - int(row.coef[taken].sum()) * row.divisor
            out.append((price * max(1, abs(row.rhs)), Binding(row.part, price / row.divisor * size, unit, slack)))
        return [one for _, one in sorted(out, key=lambda pair: -pair[0])]

    def importance(self, keys: Sequence[str] = (), again: int = 0) -> list[Worth]:
        """What each chosen plot is worth to the plan, from prices; plots of `keys`, and the `again` plots whose worth is least
        certain, are solved again without them while time lasts.

        Closing a plot takes its price off the bound, so without it no plan passes bound − price; the plan less the
        plot is one that
        remains where it keeps the rules.
        """
        prices = self.priced
        out = {}
        for pick in self.picks:
            for choice in pick.choices:
                plot = int(self.problem.plot[choice])
                key = self.given.candidates[plot].key
                out[key] = Worth(
                    key,
                    max(0, int(np.ceil(self.value - prices.bound + prices.plot[plot] - 1))),
                    self._less(pick, choice),
                    0.0,
                    False,
                    shortfall_most=self._shorter(pick, choice),
                )
        unsure = sorted(out, key=lambda key: (out[key].at_most is not None, out[key].at_least - (out[key].at_most or 0), key))
        watch = self.watch.part(AGAIN)
        for key in dict.fromkeys((*keys, *unsure[:again])):
            if key not in out:  # a plot outside the plan is not missed
                out[key] = Worth(key, 0, 0, 0.0, True)
            elif not watch.over():
                out[key] = self._again(key, out[key], watch)
        return list(out.values())

    def _less(self, pick: Pick, choice: int) -> int | None:
        """What the plan loses when this one choice is left out and nothing else is done; None where that breaks a rule."""
        rest = [other for other in self.picks if other is not pick]
        split = self._alone(pick, choice)
        if split is None or self.problem.must[self.problem.plot[choice]]:
            return None
        picks = [*rest, *split]
        return (
            self.value - figures.value_of(self.problem, self.stage, picks)
            if figures.allowed(self.problem, self.stage, picks)
            else None
        )

    def _shorter(self, pick: Pick, choice: int) -> float | None:
        """By how much more of the targets the plan is missed when this one choice is left out and nothing else is done; None
        where that breaks a rule."""
        if self.given.objective.aim is not Aim.LEAST_SHORTFALL or self.problem.must[self.problem.plot[choice]]:
            return None
        split = self._alone(pick, choice)
        picks = [*(other for other in self.picks if other is not pick), *(split or [])]
        if split is None or not figures.allowed(self.problem, first_stage(self.problem), picks):
            return None
        short = [sum(miss * (row.weight or 0) for row, miss in figures.shortfalls(self.problem, each))
                 for each in (self.picks, picks)]
        return max(0, short[1] - short[0]) / float(SHARE_UNITS * sum(one.weight for one in self.given.targets))

    def _alone(self, pick: Pick, choice: int) -> list[Pick] | None:
        """The other members of a cluster, each for itself; None where a plot may not stand alone."""
        if self.pool is not None:
            return self._together(self.pool, pick, choice)
        out = []
        for other in pick.choices:
            if other != choice:
                single = self._singles.get(int(self.problem.plot[other]))
                if single is None:
                    return None
                out.append(Pick(single, pick.year, (other,)))
        return out

    def _together(self, pool: Pool, pick: Pick, choice: int) -> list[Pick] | None:
        """The other members as one project still; None where they are none."""
        left = {int(self.problem.plot[other]): other for other in pick.choices if other != choice}
        if not left:
            return []
        place = pool.add(left)
        if place is None:
            return None
        self.problem = pool.compiled()
        self.stage = self._stage(self.picks)
        return [Pick(place, pick.year, tuple(left[plot] for plot in sorted(left)))]

    @cached_property
    def _singles(self) -> dict[int, int]:
        clusters = self.problem.clusters
        return {int(clusters[at][0]): at for at in np.flatnonzero(clusters.sizes == 1).tolist()}

    def _again(self, key: str, known: Worth, watch: Watch) -> Worth:
        plot = self.given.index(key)
        if self.problem.must[plot]:
            return known
        answer = solve_compiled(without_plot(self.problem, plot), Watch(watch.left()), self.gap)
        if answer.status is Status.NONE:
            return Worth(key, 0, None, 0.0, True, lost=True)
        if not answer.found:
            return known
        if self.given.objective.aim is Aim.LEAST_SHORTFALL:
            more = answer.proofs[0].value - self.plan.proofs[0].value
            if more > 0:
                return Worth(key, 0, None, more, True)
        sign = -1 if self.given.objective.aim is Aim.CHEAPEST else 1
        value, bound = (sign * round(figure) for figure in (answer.proofs[-1].value, answer.proofs[-1].bound))
        low, high = max(known.at_least, self.value - bound, 0), max(0, self.value - value)
        return Worth(key, min(low, high), high if known.at_most is None else min(high, known.at_most), 0.0, True)

    def next_best(self, count: int) -> list[Answer]:
        """The best plans that choose otherwise, best first, none with a greater shortfall; fewer when there are no more."""
        forbidden = [figures.choices_of(self.picks).tolist()]
        out: list[Answer] = []
        while len(out) < count and not self.watch.over():
            found = self._otherwise(forbidden, f"第 {len(out) + 1} 个次优方案", self.watch.part(1 / (count - len(out))))
            if found is None or found.value is None:
                break
            forbidden.append(figures.choices_of(found.picks).tolist())
            proof = proof_of(found, NAMES[self.given.objective.aim], self.given.objective.aim, None)
            out.append(self._answer(found.picks, proof, found.closed))
        return sorted(out, key=lambda one: one.value, reverse=self.given.objective.aim is not Aim.CHEAPEST)

    def _otherwise(self, forbidden: list[list[int]], label: str, watch: Watch) -> Found | None:
        if self.pool is None:
            master, prices = self._mastered
            return Search(self.problem, self.stage, prices, self.watch, self.gap, label, forbidden=forbidden,
                          settled=master.settled(prices)).run()
        found = Large(self.pool, self.stage, watch, self.gap, label, forbidden=forbidden).run()
        self.problem = self.pool.compiled()
        self.stage = self._stage(self.picks)
        return found

    def _answer(self, picks: tuple[Pick, ...], proof: Proof, closed: bool) -> Answer:
        first = tuple(one for one in self.plan.proofs if one.what == SHORTFALL)
        return Answer(
            self.given,
            Status.PROVEN if closed else Status.STOPPED,
            figures.chosen_of(self.problem, picks),
            (*first, proof),
            figures.reached_of(self.problem, picks),
            figures.totals_of(self.problem, picks),
            self.watch.spent(),
            picks=picks,
        )


def pooled(compiled: Compiled, answer: Answer) -> tuple[Pool, tuple[Pick, ...]]:
    """A pool that holds the projects of an answer, and the answer in its numbers."""
    pool, given = Pool(compiled), compiled.problem
    place = {
        (given.options[option].candidate, given.options[option].route, given.years[year]): at
        for at, (option, year) in enumerate(zip(compiled.option.tolist(), compiled.year.tolist(), strict=True))
    }
    projects: dict[int, list[int]] = {}
    for one in answer.chosen:
        projects.setdefault(one.project, []).append(place[one.key, one.route, one.year])
    picks = []
    for choices in projects.values():
        cluster = pool.add(int(compiled.plot[one]) for one in choices)
        assert cluster is not None  # it was a project before
        picks.append(Pick(cluster, int(compiled.year[choices[0]]), tuple(sorted(choices))))
    return pool, tuple(picks)


def binding(problem: Problem, answer: Answer) -> list[Binding]:
    """See Study.binding."""
    return Study(problem, answer).binding()


def importance(
    problem: Problem,
    answer: Answer,
    keys: Sequence[str] = (),
    *,
    time_limit_s: float = DEFAULT_SECONDS,
    gap: float = DEFAULT_GAP,
) -> list[Worth]:
    """See Study.importance."""
    return Study(problem, answer, time_limit_s=time_limit_s, gap=gap).importance(keys)


def next_best(
    problem: Problem, answer: Answer, count: int = 5, *, time_limit_s: float = DEFAULT_SECONDS, gap: float = DEFAULT_GAP
) -> list[Answer]:
    """See Study.next_best."""
    return Study(problem, answer, time_limit_s=time_limit_s, gap=gap).next_best(count)


def frontier(
    problem: Problem,
    amounts: Sequence[int],
    *,
    time_limit_s: float = DEFAULT_SECONDS,
    gap: float = DEFAULT_GAP,
    columns: Sequence[Column] = (),
) -> list[Point]:
    """The plan for each total of money (分): all budgets are raised or lowered in proportion. Columns are carried
    from point to point.

    Raises ValueError without a budget above 0."""
    total = sum(one.amount for one in problem.budgets)
    if total <= 0:
        raise ValueError("没有大于 0 的预算，画不出预算与增收的关系")
    compiled, watch = compile_problem(problem), Watch(time_limit_s)
    out = []
    for number, amount in enumerate(sorted(amounts)):
        left = watch.left() if compiled.listed else watch.left() / (len(amounts) - number)
        run = Run(_funded(compiled, amount, total), Watch(left), gap, columns)
        out.append(Point(amount, run.answer(run.all_or_none(), watch.spent())))
        columns = run.master.kept() if run.master is not None else columns
    return out


def _funded(problem: Compiled, amount: int, total: int) -> Compiled:
    rows = tuple(
        replace(
            row,
            part=Budget(row.part.amount * amount // total, row.part.year),
            rhs=row.part.amount * amount // total // row.divisor,
        )
        if isinstance(row.part, Budget)
        else row
        for row in problem.rows
    )
    return replace(problem, rows=rows)


def _limit(row: Row) -> int:
    """The right-hand side as it was given, before it was divided and floored."""
    amount = getattr(row.part, "amount", 0)
    return -amount if isinstance(row.part, Target) else amount


def _unit(row: Row) -> tuple[str, float]:
    """The unit people think in for a rule, and how much of the rule's own unit it is."""
    part = row.part
    if isinstance(part, Budget):
        return "1 万元", float(MONEY_UNITS["wan_yuan"])
    if isinstance(part, Share):
        return "1 亩用地差额", float(AREA_UNITS["mu"] * 10_000)
    assert isinstance(part, Target | Capacity)
    if part.measure in (Measure.LAND, Measure.RELEASED):
        return "1 亩", float(AREA_UNITS["mu"])
    if part.measure is Measure.UPLIFT:
        return "1 万元", float(MONEY_UNITS["wan_yuan"])
    return {Measure.PLOTS: "1 宗", Measure.RELOCATION: "1 ㎡"}.get(part.measure, "1 个"), 1.0
