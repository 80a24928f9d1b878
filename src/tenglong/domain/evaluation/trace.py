"""Where every point of one enterprise comes from, as JSON (`docs/developer/trace.md`), and the sum worked again from it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tenglong.domain.evaluation import trace_extras, trace_terms
from tenglong.domain.evaluation.expression import chinese, names
from tenglong.domain.evaluation.figures import POINT_PLACES, decimal_of, fixed, plain, total_text
from tenglong.domain.evaluation.given import expression, group_of, indicators_of, values_of, with_points
from tenglong.domain.evaluation.grading import TwoStage
from tenglong.domain.evaluation.joint import both_results, standing_of_member
from tenglong.domain.evaluation.placing import cuts_of

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

SCHEMA: Final = "tenglong.trace/1"
Source = Mapping[str, object]


class TraceError(ValueError):
    """The result row and the rule do not tell the same story; nothing is explained rather than explained wrongly."""


def trace(
    compiled: Compiled, row: Mapping[str, object], inputs: Mapping[str, object], sources: Mapping[str, Source] | None = None, *,
    snapshot: str = "", software: str = "", last_ranks: Mapping[str, int] | None = None,
    unit: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Trace of one result row (engine, `trace=True`) and its input row (numbers are int × 10⁶).

    sources: measure or attribute → where the figure comes from (fact, url, department, batch, row, date…), passed on as it is;
    that of a veto's flag is its decision. last_ranks: last rank of each grade where the rule cuts by score. unit: with mixed
    evaluation the result row of the unit that the enterprise belongs to; inputs of a unit's row: `joint.unit_inputs`.
    Raises TraceError when bonus or deduction cannot be explained to the last decimal.
    """
    values, known = values_of(compiled, inputs), sources or {}
    group, body = group_of(compiled.scheme, row)
    seen = with_points(compiled, group, values, row) if group else values
    total, grades = compiled.scheme.total, body.grades if body else None
    decimals, n = total.decimals if total else 0, _count(row.get("n"))
    scored = row.get("total") is not None
    return {
        "schema": SCHEMA, "scheme": _scheme(compiled),
        "snapshot": snapshot, "software": software, "key": str(row["key"]),
        "group": {"id": group, "label": body.label if body else group} if group else None,
        "standing": row["standing"], "standing_reason": standing_reason(compiled, row, values),
        "lacks": _lacks(compiled, row),
        "indicators": [trace_terms.term(compiled, str(group), name, row, values, known)
                       for name in indicators_of(compiled, group)],
        **_extras(compiled, group, row, seen, scored),
        "total": total_text(int(str(row["total"])), decimals) if scored else None, "decimals": decimals,
        "total_cap": plain(total.cap) if total and isinstance(total.cap, Decimal) else None,
        "rank": _count(row.get("rank")), "n": n,
        "cuts": [vars(cut) for cut in cuts_of(grades, n, last_ranks)] if grades else [],
        "order": list(grades.order) if grades else [], "method": grades.method if grades else None,
        "stages": _stages(compiled, str(group), grades) if isinstance(grades, TwoStage) else None,
        "rank_grade": row.get("rank_grade"), **trace_extras.acts(compiled, group, row, seen, known),
        "grade": row.get("grade"), "managed_as": _managed_as(compiled, row), "joint": both_results(compiled, row, unit),
    }


def _scheme(compiled: Compiled) -> dict[str, str]:
    return {"id": compiled.id, "version": compiled.version, "pin": compiled.pin, "name": compiled.scheme.name}


def _stages(compiled: Compiled, group: str, grades: TwoStage) -> dict[str, Any]:
    """The two halves of a rule in two stages, their orders in words."""
    found: dict[str, Any] = {"half": plain(grades.half), "rest": grades.rest}
    for name in ("top", "bottom"):
        stage = getattr(grades, name)
        expr = expression(compiled, f"groups.{group}.grades.{name}.by", stage.by)
        by = chinese(expr, trace_terms.labels_of(compiled, expr))
        found[name] = {"grade": stage.grade, "by": by, "share": plain(stage.share)}
    return found


def _count(value: object) -> int | None:
    return None if value is None else int(str(value))


def _extras(
    compiled: Compiled, group: str | None, row: Mapping[str, object], values: Mapping[str, Any], scored: bool
) -> dict[str, Any]:
    """Bonuses and deductions; nobody without a total has any."""
    if not scored:
        return {"bonuses": [], "bonus": None, "deductions": [], "deduction": None}
    ladders, bonus = trace_extras.bonuses(compiled, group, values)
    taken, deduction = trace_extras.deductions(compiled, group, values)
    for name, ours in (("bonus", bonus), ("deduction", deduction)):
        engines = decimal_of(float(str(row.get(name) or 0)))
        if abs(engines - decimal_of(ours)) > Decimal("0.000001"):
            word = "加分" if name == "bonus" else "扣分"
            sums = f"结果表为 {plain(engines)}，按办法逐项相加为 {plain(ours)}"
            raise TraceError(f"{row['key']} 的{word}对不上：{sums}；请重新计算后再作说明")
    return {"bonuses": ladders, "bonus": fixed(bonus), "deductions": taken, "deduction": fixed(deduction)}


def _managed_as(compiled: Compiled, row: Mapping[str, object]) -> str | None:
    entry = compiled.scheme.held("ungraded").get(str(row.get("standing_id")))
    found = entry.managed_as if entry is not None and row["standing"] == "ungraded" else None
    return None if found in (None, "none") else str(found)


def standing_reason(compiled: Compiled, row: Mapping[str, object], values: Mapping[str, object]) -> str:
    """Why the enterprise is not simply graded, as a plain sentence; empty when it is."""
    standing, id_ = str(row["standing"]), str(row.get("standing_id") or "")
    scheme = compiled.scheme
    if of_unit := standing_of_member(row):
        return of_unit
    if standing == "excluded":
        excluded = scheme.scope.exclude.get(id_) if scheme.scope else None
        return f"不参加评价：{excluded.label if excluded else id_}"
    if standing == "ungraded":
        entry = scheme.held("ungraded").get(id_)
        return f"不定等级：{entry.label}" if entry else "不定等级：本组参评企业太少，办法规定不按比例划等"
    if standing == "refused":
        return f"不能计分：缺少{'、'.join(missing_labels(compiled, row, values))}"
    return {"outside": "不在评价范围内，或不属于任何一个评价组", "merged": "与同一评价单元的企业合并评价，得分为整个单元的得分",
            "follows": "随出租方确定等级，自身得分不另定等级"}.get(standing, "")


def _lacks(compiled: Compiled, row: Mapping[str, object]) -> dict[str, str] | None:
    """The one thing whose lack refused the enterprise, as the engine named it."""
    if row["standing"] != "refused":
        return None
    id_ = str(row.get("standing_id") or "")
    return {"name": id_, "label": trace_terms.label_of(compiled, id_)}


def missing_labels(compiled: Compiled, row: Mapping[str, object], values: Mapping[str, object]) -> list[str]:
    """Labels of the figures that a refused enterprise lacks: the one named, or those its indicator reads."""
    id_, group = str(row.get("standing_id") or ""), row.get("group")
    found = indicators_of(compiled, str(group) if group else None).get(id_)
    if found is None or id_ in compiled.attributes or id_ in compiled.measures:
        return [trace_terms.label_of(compiled, id_)]
    expr = expression(compiled, f"groups.{group}.indicators.{id_}.value", found.value)
    absent = [name for name in sorted(names(expr)) if values.get(name) is None]
    return [trace_terms.label_of(compiled, name) for name in absent] or [f"{found.label}（分母为 0，算不出）"]


def missing_names(found: Mapping[str, Any]) -> list[str]:
    """Ids of the inputs that a trace's missing indicators lack."""
    inputs = [given for term in found["indicators"] if term["missing"] for given in term["inputs"]]
    return list(dict.fromkeys(given["name"] for given in inputs if given["value"] is None))


def adds_up(found: Mapping[str, Any]) -> bool:
    """Whether the printed points, bonus and deduction of a trace give its total within what rounding can hide.

    Each printed term may be off by half a unit of its last decimal, the total by half of its own.
    A trace without a total has nothing to add.
    """
    if found["total"] is None:
        return True
    points = [Decimal(term["points"]) for term in found["indicators"] if term["points"] is not None]
    extras = [Decimal(found[name]) for name in ("bonus", "deduction") if found[name] is not None]
    whole = sum([*points, *extras], Decimal(0))
    if found["total_cap"] is not None:
        whole = min(whole, Decimal(found["total_cap"]))
    slack = Decimal(5).scaleb(-POINT_PLACES - 1) * (len(points) + len(extras)) + Decimal(5).scaleb(-int(found["decimals"]) - 1)
    return abs(whole - Decimal(found["total"])) <= slack + Decimal("0.0000002") and _extras_add(found)


def _extras_add(found: Mapping[str, Any]) -> bool:
    """Bonus is no more than its counted items, deduction no more than its own, and none comes from nowhere."""
    counted = sum((Decimal(item["points"]) for item in found["bonuses"] if item["counted"]), Decimal(0))
    taken = sum((Decimal(item["points"]) for item in found["deductions"]), Decimal(0))
    small = Decimal("0.001")
    return abs(taken - Decimal(found["deduction"] or 0)) <= small and counted + small >= Decimal(found["bonus"] or 0)


