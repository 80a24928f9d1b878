"""Protections and vetoes: what they make of the grade that the rank gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ibis

from tenglong.domain.evaluation.grading import Grades
from tenglong.domain.evaluation.scheme import Effect, Protection, Veto
from tenglong.engine.exact import Column, Table, pick
from tenglong.engine.plan import GRADED, EngineError, Plan, code

_INT8 = ibis.null("int8")


@dataclass(frozen=True)
class _Act:
    """One protection or veto: where it holds."""

    id: str
    kind: str
    effect: Effect


def finished(plan: Plan, rows: Table) -> Table:
    """Adds `final` (index of the grade after protections and vetoes) and `reasons`: vetoes that hold and
    protections that changed the grade."""
    if not plan.graded:
        return rows.mutate(final=_INT8, reasons=ibis.literal(""))
    acts = list(_acts(plan))
    held = rows.mutate(final_0=rows["place"], **{f"h_{act.kind}_{act.id}": _holds(plan, rows, act) for act in acts})
    for number, act in enumerate(acts):
        held = held.mutate(**{f"final_{number + 1}": _after(plan, held, act, held[f"final_{number}"])})
    reasons = _reasons(held, acts) if plan.trace else ibis.literal("")
    return held.mutate(final=held[f"final_{len(acts)}"], reasons=reasons)


def _reasons(rows: Table, acts: list[_Act]) -> Column:
    text: Column = ibis.literal("")
    for number, act in enumerate(acts):
        acted = rows[f"h_{act.kind}_{act.id}"]
        if act.kind == "protections":
            before, after = rows[f"final_{number}"].fill_null(code(-1)), rows[f"final_{number + 1}"].fill_null(code(-1))
            acted = acted & (before != after)
        text = text + pick([(acted, ibis.literal(f";{act.id}"))], ibis.literal(""))
    return text.substr(1) if acts else text


def _acts(plan: Plan) -> Iterator[_Act]:
    """In the order in which they act: protections under the vetoes, vetoes, protections above them."""
    protections: dict[str, Protection] = plan.scheme.held("protections")
    vetoes: dict[str, Veto] = plan.scheme.held("vetoes")
    yield from (_Act(name, "protections", entry.effect) for name, entry in protections.items() if entry.unless_vetoed)
    yield from (_Act(name, "vetoes", entry.effect) for name, entry in vetoes.items())
    yield from (_Act(name, "protections", entry.effect) for name, entry in protections.items() if not entry.unless_vetoed)


def _holds(plan: Plan, rows: Table, act: _Act) -> Column:
    entry = plan.scheme.held(act.kind)[act.id]  # type: ignore[arg-type]
    holds = plan.flag(rows, f"{act.kind}.{act.id}.when", entry.when).fill_null(False) & (rows["standing"] == code(GRADED))
    concerned = plan.concerns(rows, entry.groups)
    return holds if concerned is None else holds & concerned


def _after(plan: Plan, rows: Table, act: _Act, now: Column) -> Column:
    holds = rows[f"h_{act.kind}_{act.id}"]
    found = []
    for group, grades in plan.graded.items():
        met = holds & (rows["pool"] == group)
        found += [(met & condition, value) for condition, value in _moves(rows, grades, act, now)]
    return pick(found, now)


def _moves(rows: Table, grades: Grades, act: _Act, now: Column) -> list[tuple[Column, Column]]:
    """Where the grade changes, and to what."""
    effect, last = act.effect, len(grades.order) - 1
    if effect.grade:
        return [(ibis.literal(True), code(_index(grades, effect.grade, act)))]
    if effect.down:
        return [(now == code(index), code(min(index + effect.down, last))) for index in range(last)]
    if effect.bars:
        barred = {_index(grades, grade, act) for grade in effect.bars}
        return [(now == code(index), code(_next_free(index, barred, last, act))) for index in sorted(barred)]
    if effect.at_least == "last_grade":
        before = pick([(rows["a_last_grade"] == grade, code(index)) for index, grade in enumerate(grades.order)], _INT8)
        return [(before < now, before)]
    least = code(_index(grades, str(effect.at_least), act))
    return [(now > least, least)]


def _index(grades: Grades, grade: str, act: _Act) -> int:
    if grade not in grades.order:
        raise EngineError(f"“{act.id}”的等级 {grade} 不在 {'、'.join(grades.order)} 之中")
    return grades.order.index(grade)


def _next_free(index: int, barred: set[int], last: int, act: _Act) -> int:
    """The next worse grade that is not barred."""
    free = [grade for grade in range(index, last + 1) if grade not in barred]
    if not free:
        raise EngineError(f"“{act.id}”禁止了第 {index + 1} 级及以下的全部等级，没有等级可定")
    return free[0]
