"""What the plan hangs on: each requirement, all costs and all uplift alone a share lower and higher, solved again each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from tenglong.domain.renewal.portfolio.answer import SHORTFALL, Answer
from tenglong.domain.renewal.portfolio.compiled import Compiled, compile_problem, with_figures
from tenglong.domain.renewal.portfolio.lp import Unsolved
from tenglong.domain.renewal.portfolio.master import Column
from tenglong.domain.renewal.portfolio.parts import Budget, Capacity, Option, Problem, Target
from tenglong.domain.renewal.portfolio.replies import Bar, End
from tenglong.domain.renewal.portfolio.solve import Run
from tenglong.domain.renewal.portfolio.watch import DEFAULT_SECONDS, Watch

SHARE: Final = Fraction(1, 5)
GAP: Final = 1e-3
LEAST_S: Final = 6.0  # for one end: rather a few bars than none
COSTS, UPLIFT = "全部成本", "全部年增收"


def tornado(
    problem: Problem, *, share: Fraction = SHARE, time_limit_s: float = DEFAULT_SECONDS, gap: float = GAP,
    columns: Sequence[Column] = (),
) -> list[Bar]:
    """Bars over all budgets, all targets, all costs, all uplift and every capacity, the widest first. What time does not allow
    says so. `columns`: of the plan's own solve, to begin with."""
    turns, compiled = _turns(problem), compile_problem(problem)
    watch, bars = Watch(time_limit_s), list[Bar]()
    for number, (what, turned) in enumerate(turns):
        ends = []
        for side, sign in enumerate((-1, 1)):
            left = 2 * (len(turns) - number) - side
            seconds = max(watch.left() / left, min(watch.left(), LEAST_S))
            end, columns = _end(with_figures(compiled, turned(1 + sign * share)), watch, seconds, gap, columns)
            ends.append(end)
        bars.append(Bar(what, share, *ends))
    return sorted(bars, key=lambda bar: (-bar.swing[0], -bar.swing[1], bar.what))


Turn = Callable[[Fraction], Problem]


def _turns(problem: Problem) -> list[tuple[str, Turn]]:
    found: list[tuple[str, Turn]] = []
    if problem.budgets:
        name = problem.budgets[0].words() if len(problem.budgets) == 1 else f"全部预算（{len(problem.budgets)} 条）"
        found.append((name, lambda by: replace(problem, budgets=tuple(_budget(one, by) for one in problem.budgets))))
    if problem.targets:
        name = problem.targets[0].words() if len(problem.targets) == 1 else f"全部目标（{len(problem.targets)} 条）"
        found.append((name, lambda by: replace(problem, targets=tuple(_target(one, by) for one in problem.targets))))
    one = Fraction(1)
    found += [(COSTS, lambda by: _options(problem, by, one)), (UPLIFT, lambda by: _options(problem, one, by))]
    return [*found, *((part.words(), _capacity_turn(problem, at)) for at, part in enumerate(problem.capacities))]


def _capacity_turn(problem: Problem, at: int) -> Turn:
    def turned(by: Fraction) -> Problem:
        changed = tuple(_capacity(one, by) if place == at else one for place, one in enumerate(problem.capacities))
        return replace(problem, capacities=changed)

    return turned


def _budget(one: Budget, by: Fraction) -> Budget:
    return replace(one, amount=round(one.amount * by))


def _target(one: Target, by: Fraction) -> Target:
    return replace(one, amount=max(1, round(one.amount * by)))


def _capacity(one: Capacity, by: Fraction) -> Capacity:
    return replace(one, amount=round(one.amount * by))


def _options(problem: Problem, cost: Fraction, uplift: Fraction) -> Problem:
    def turned(one: Option) -> Option:
        return replace(one, cost=round(one.cost * cost), uplift=round(one.uplift * uplift))

    return replace(problem, options=tuple(turned(one) for one in problem.options))


def _end(
    problem: Compiled, watch: Watch, seconds: float, gap: float, columns: Sequence[Column]
) -> tuple[End, Sequence[Column]]:
    if watch.over():
        return End(False, False), columns
    run = Run(problem, Watch(seconds), gap, columns)
    try:
        answer = run.answer(run.all_or_none(), 0.0)
    except Unsolved:
        return End(False, False), columns
    return _read(answer), run.master.kept() if run.master is not None else columns


def _read(answer: Answer) -> End:
    if not answer.found:
        return End(False, answer.status == "none")
    short = next((proof.value for proof in answer.proofs if proof.what == SHORTFALL), 0.0)
    return End(True, True, short, answer.value, answer.gap)
