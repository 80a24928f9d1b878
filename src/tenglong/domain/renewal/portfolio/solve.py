"""Solve a problem in this process: relax, price, search, prove; a shortfall first, then the most uplift at that shortfall."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tenglong.domain.renewal.portfolio import figures
from tenglong.domain.renewal.portfolio.answer import NAMES, SHORTFALL, Answer, Proof, Status
from tenglong.domain.renewal.portfolio.check import check, notices
from tenglong.domain.renewal.portfolio.compiled import SHARE_UNITS, Compiled, Stage, compile_problem
from tenglong.domain.renewal.portfolio.large import LOOSE, Large
from tenglong.domain.renewal.portfolio.lp import Unsolved
from tenglong.domain.renewal.portfolio.master import Column, Master
from tenglong.domain.renewal.portfolio.parts import Aim, Problem
from tenglong.domain.renewal.portfolio.pool import Pool
from tenglong.domain.renewal.portfolio.search import Found, Search
from tenglong.domain.renewal.portfolio.watch import DEFAULT_GAP, DEFAULT_SECONDS, Progress, Watch
from tenglong.domain.renewal.portfolio.window import Pick

GIVEN = 0.25  # of the gap, from the shortfall to the uplift
MEETING = 0.6  # of the time, for a plan without any shortfall


def solve(
    problem: Problem,
    *,
    time_limit_s: float = DEFAULT_SECONDS,
    gap: float = DEFAULT_GAP,
    progress: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """Best plan with its proof. `gap` 0 asks for the optimum itself. Without a plan the answer names an irreducible
    set of parts that
    conflict. Raises ProblemError for a problem that is wrong as stated, TooManyClusters."""
    check(problem)
    watch = Watch(time_limit_s, progress, cancelled)
    answer = solve_compiled(compile_problem(problem), watch, gap)
    if answer.status is Status.NONE:
        from tenglong.domain.renewal.portfolio.conflict import conflict

        answer = replace(answer, conflict=tuple(conflict(problem, time_limit_s=max(time_limit_s, 5.0))))
    return replace(answer, seconds=watch.spent())


def solve_compiled(problem: Compiled, watch: Watch, gap: float) -> Answer:
    """As `solve`, for a problem that is compiled; a conflict is not looked for."""
    run = Run(problem, watch, gap)
    began = time.perf_counter()
    found = run.all_or_none()
    return run.answer(found, time.perf_counter() - began)


def first_stage(problem: Compiled) -> Stage:
    """The stage that comes first: the shortfall alone, or the only one."""
    if problem.problem.objective.aim is Aim.LEAST_SHORTFALL:
        return Stage(np.zeros_like(problem.net), np.zeros_like(problem.bonus), True, bare=True)
    return Stage(problem.net, problem.bonus, False)


def last_stage(problem: Compiled, shortfall: int) -> Stage:
    """Most net uplift with no greater shortfall; with none at all the targets are simply kept."""
    if problem.problem.objective.aim is not Aim.LEAST_SHORTFALL:
        return Stage(problem.net, problem.bonus, False)
    return Stage(problem.net, problem.bonus, shortfall > 0, shortfall if shortfall > 0 else None)


class Run:
    """One solve, stage by stage; keeps the last master for those who ask further questions."""

    def __init__(self, problem: Compiled, watch: Watch, gap: float, columns: Sequence[Column] = ()) -> None:
        """`columns`: of a solve with other right-hand sides, to begin with."""
        self.problem, self.watch, self.gap, self.columns = problem, watch, gap, columns
        self.proofs: list[Proof] = []
        self.work: dict[str, int] = {}
        self.master: Master | None = None
        self.unsolved = False
        self.pool: Pool | None = None
        self.notes: tuple[str, ...] = ()

    def all_or_none(self) -> Found | None:
        """As `all`; a relaxed problem that was left unsolved is remembered, so that it is not taken for one without a plan."""
        try:
            return self.all()
        except Unsolved:
            self.unsolved = True
            return None

    def all(self) -> Found | None:
        """None: no plan exists, by the relaxed problem already. Raises Unsolved."""
        first = first_stage(self.problem)
        if not first.soft:
            return self.one(first, NAMES[self.problem.problem.objective.aim])
        whole, self.watch = self.watch, self.watch.part(MEETING)
        try:
            met = self.one(last_stage(self.problem, 0), NAMES[Aim.LEAST_SHORTFALL])
        except Unsolved:
            met = None
        self.watch = whole
        if met is not None and met.value is not None:
            self.proofs.insert(0, Proof(SHORTFALL, 0.0, 0.0, 0.0))
            return met
        return self._missed(first)

    def _missed(self, first: Stage) -> Found | None:
        """The targets cannot be met (or were not in the time there was): least shortfall, then the most uplift at
        about that shortfall.

        Most of the gap is left to the shortfall itself, the rest is given away to the uplift."""
        size = self.shortfall_size()
        whole, self.watch = self.watch, self.watch.part(MEETING)
        found = self.one(first, SHORTFALL, size=size, gap=self.gap * (1 - GIVEN))
        self.watch = whole
        if found is None or found.value is None:
            return found
        last = last_stage(self.problem, int(-found.value + size * self.gap * GIVEN))
        start = found.picks, figures.value_of(self.problem, last, found.picks)
        try:
            second = self.one(last, NAMES[Aim.LEAST_SHORTFALL], start=start)
        except Unsolved:
            second = None
        if second is None or second.value is None:
            best = replace(found, value=start[1], bound=figures.crude_bound(self.problem, last), closed=False)
            self.proofs.append(proof_of(best, NAMES[Aim.LEAST_SHORTFALL], Aim.LEAST_SHORTFALL, None))
            return best
        short = sum(miss * (row.weight or 0) for row, miss in figures.shortfalls(self.problem, second.picks))
        self.proofs[0] = proof_of(replace(found, value=-short), SHORTFALL, Aim.LEAST_SHORTFALL, size)
        return replace(second, closed=second.closed and found.closed)

    def shortfall_size(self) -> float:
        return float(SHARE_UNITS * sum(target.weight for target in self.problem.problem.targets))

    def one(
        self,
        stage: Stage,
        what: str,
        *,
        size: float | None = None,
        start: tuple[tuple[Pick, ...], int] | None = None,
        gap: float | None = None,
    ) -> Found | None:
        """One stage. `start`: a plan that the stage allows, with its value there."""
        if not self.problem.listed:
            return self._unlisted(stage, what, size, start, gap)
        self.master = Master(self.problem, stage)
        for column in [*self.columns, *((pick.cluster, pick.year, pick.choices) for pick in (start[0] if start else ()))]:
            self.master.add_column(*column)
        prices = self.master.run(self.watch.left, self.watch.cancelled)
        if prices is None:
            return None
        search = Search(
            self.problem,
            stage,
            prices,
            self.watch,
            self.gap if gap is None else gap,
            what,
            size,
            settled=self.master.settled(prices),
        )
        found = search.run(*(start or ((), None)))
        self._note(found)
        if found.value is not None:
            self.proofs.append(proof_of(found, what, self.problem.problem.objective.aim, size))
        return found

    def _unlisted(
        self, stage: Stage, what: str, size: float | None, start: tuple[tuple[Pick, ...], int] | None, gap: float | None
    ) -> Found | None:
        """As `one`, where clusters are too many to list; `problem` then holds those that were met."""
        self.pool = self.pool or Pool(self.problem)
        large = Large(self.pool, stage, self.watch, self.gap if gap is None else gap, what, size)
        found = large.run(*(start or ((), None)))
        self.problem = self.pool.compiled()
        self.work = {"clusters": len(self.pool), "choices": len(self.problem.plot), "rows": len(large.joined.programme.high),
                     "alive": large.alive}
        if found is not None and found.value is not None:
            self.notes = (LOOSE.format(most=self.pool.most),) if large.loose and not found.closed else ()
            self.proofs.append(proof_of(found, what, self.problem.problem.objective.aim, size))
        return found

    def _note(self, found: Found) -> None:
        assert self.master is not None
        self.work = {
            "clusters": self.problem.enumerated,
            "undominated": len(self.problem.clusters),
            "choices": len(self.problem.plot),
            "columns": len(self.master.columns),
            "rounds": self.master.rounds,
            "alive": found.alive,
        }

    def answer(self, found: Found | None, seconds: float) -> Answer:
        given = self.problem.problem
        if found is None or found.value is None:
            none = found.closed if found is not None else not self.unsolved and not self.watch.over()
            return Answer(given, Status.NONE if none else Status.UNKNOWN, seconds=seconds, work=self.work)
        picks = found.picks
        return Answer(
            given,
            Status.PROVEN if found.closed else Status.STOPPED,
            figures.chosen_of(self.problem, picks),
            tuple(self.proofs),
            figures.reached_of(self.problem, picks),
            figures.totals_of(self.problem, picks),
            seconds,
            (*notices(given), *self.notes),
            self.work,
            picks,
        )


def proof_of(found: Found, what: str, aim: Aim, size: float | None) -> Proof:
    """The stage's maximum turned back into what people read: a shortfall as a share, a cost as money."""
    assert found.value is not None
    value, bound = float(found.value), float(found.bound)
    gap = max(0.0, bound - value) / (size if size is not None else max(1.0, abs(value)))
    if what == SHORTFALL:
        assert size is not None
        return Proof(what, abs(value) / size, max(0.0, -bound) / size, gap)
    return Proof(what, -value, -bound, gap) if aim is Aim.CHEAPEST else Proof(what, value, bound, gap)
