"""Bonus ladders, deductions, protections and vetoes of a trace: which held, which counted, and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenglong.domain.evaluation.expression import Value, names
from tenglong.domain.evaluation.figures import fixed, plain
from tenglong.domain.evaluation.given import expression, for_group, holds, worked
from tenglong.domain.evaluation.scheme import BonusItem, Deduction, Effect, Ladder, Protection, Veto
from tenglong.domain.evaluation.trace_terms import label_of

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

Values = Mapping[str, Value]
Sources = Mapping[str, Mapping[str, object]]


def bonuses(compiled: Compiled, group: str | None, values: Values) -> tuple[list[dict[str, Any]], Fraction]:
    """Items that hold or that nobody recorded, and the bonus after every cap."""
    rule, listed, whole = compiled.scheme.bonuses, list[dict[str, Any]](), Fraction(0)
    for name, ladder in (rule.ladders if rule else {}).items():
        if for_group(ladder.groups, group):
            items, points = _ladder(compiled, name, ladder, values)
            listed, whole = [*listed, *items], whole + points
    cap = rule.total_cap if rule else "none"
    if isinstance(cap, Decimal) and whole > cap:
        note = f"加分合计最多 {plain(cap)} 分"
        listed = [{**item, "note": item["note"] or note} if item["counted"] else item for item in listed]
        whole = Fraction(cap)
    return listed, whole


def _ladder(compiled: Compiled, name: str, ladder: Ladder, values: Values) -> tuple[list[dict[str, Any]], Fraction]:
    found = {id_: _points(compiled, f"bonuses.ladders.{name}.items.{id_}", item, values) for id_, item in ladder.items.items()}
    known = {id_: points for id_, points in found.items() if points is not None and points != 0}
    whole = sum(known.values(), Fraction(0))
    best = max(known, key=lambda id_: known[id_]) if known else ""
    capped = isinstance(ladder.cap, Decimal) and (known.get(best, whole) if ladder.take == "highest" else whole) > ladder.cap
    listed = []
    for id_, points in found.items():
        if points == 0:
            continue
        counted = points is not None and (ladder.take == "sum" or id_ == best)
        note = "没有这一项的记录，未计" if points is None else "" if counted else "同一梯级只计最高"
        note = f"本梯级最多计 {plain(Decimal(str(ladder.cap)))} 分" if counted and capped else note
        listed.append({"ladder": name, "item": id_, "label": f"{ladder.label}：{ladder.items[id_].label}",
                       "points": fixed(points or 0), "counted": counted, "note": note})
    worth = max(known.get(best, Fraction(0)), Fraction(0)) if ladder.take == "highest" else whole
    return listed, Fraction(ladder.cap) if capped and isinstance(ladder.cap, Decimal) else worth


def _points(compiled: Compiled, path: str, item: BonusItem, values: Values) -> Fraction | None:
    """Points of an item that holds, 0 when it does not, None when there is no record."""
    held = holds(compiled, f"{path}.when", item.when, values)
    if not held:
        return Fraction(0) if held is False else None
    if isinstance(item.points, Decimal):
        return Fraction(item.points)
    found = worked(expression(compiled, f"{path}.points", item.points), values)
    return found if isinstance(found, Fraction) else None


def deductions(compiled: Compiled, group: str | None, values: Values) -> tuple[list[dict[str, Any]], Fraction]:
    """Deductions that act, each ≤ 0 after its cap, and their sum."""
    listed, whole = list[dict[str, Any]](), Fraction(0)
    for name, rule in compiled.scheme.held("deductions").items():
        points = _deducted(compiled, name, rule, values) if for_group(rule.groups, group) else Fraction(0)
        if points:
            listed.append({"id": name, "label": rule.label, "points": fixed(points)})
            whole += points
    return listed, whole


def _deducted(compiled: Compiled, name: str, rule: Deduction, values: Values) -> Fraction:
    if not holds(compiled, f"deductions.{name}.when", rule.when, values):
        return Fraction(0)
    found = worked(expression(compiled, f"deductions.{name}.points", rule.points), values)
    points = min(found, Fraction(0)) if isinstance(found, Fraction) else Fraction(0)
    return max(points, -Fraction(rule.cap)) if isinstance(rule.cap, Decimal) else points


def acts(compiled: Compiled, group: str | None, row: Mapping[str, object], values: Values, sources: Sources) -> dict[str, Any]:
    """Protections and vetoes whose condition holds for a graded enterprise, whether each acted, and a veto's decision."""
    if row["standing"] not in ("graded", "merged"):
        return {"protections": [], "vetoes": []}
    acted = set(str(row.get("reasons") or "").split(";"))
    found: dict[str, Any] = {}
    for part in ("protections", "vetoes"):
        held = [(name, rule) for name, rule in compiled.scheme.held(part).items()
                if for_group(rule.groups, group)
                and (name in acted or holds(compiled, f"{part}.{name}.when", rule.when, values))]
        found[part] = [_act(compiled, part, name, rule, name in acted, sources) for name, rule in held]
    return found


def _act(compiled: Compiled, part: str, name: str, rule: Veto | Protection, acted: bool, sources: Sources) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": name, "label": rule.label, "effect": effect_text(rule.effect), "acted": acted}
    if part == "vetoes":
        flags = sorted(names(expression(compiled, f"{part}.{name}.when", rule.when)))
        cited = [dict(sources[flag]) for flag in flags if flag in sources]
        entry |= {"decision": cited[0] if cited else None, "flags": [label_of(compiled, flag) for flag in flags]}
    return entry


def effect_text(effect: Effect) -> str:
    """What a veto or a protection does, in words."""
    if effect.grade:
        return f"定为 {effect.grade}"
    if effect.bars:
        return f"不得评为 {'、'.join(effect.bars)}"
    if effect.down:
        return f"下调 {effect.down} 级"
    return "不低于上年度等级" if effect.at_least == "last_grade" else f"不低于 {effect.at_least}"
