"""Joint units: what a unit of several enterprises brings to its score, and how its result stands beside theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tenglong.domain.evaluation.expression import names
from tenglong.domain.evaluation.figures import total_text
from tenglong.domain.evaluation.given import expression

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

#: in front of the unit's id: the key of its own row, where members are evaluated alone as well
UNIT_KEY: Final = "unit:"
TAKES: Final[dict[str, str]] = {
    "own": "以单独评价的等级为准", "joint": "以合并评价的等级为准",
    "better": "取两个等级中较好的", "worse": "取两个等级中较差的",
}


def veto_flags(compiled: Compiled) -> tuple[str, ...]:
    """Flag attributes that vetoes read, in the scheme's order."""
    read = {
        name for veto_id, veto in compiled.scheme.held("vetoes").items()
        for name in names(expression(compiled, f"vetoes.{veto_id}.when", veto.when))
    }
    return tuple(name for name, one in compiled.attributes.items() if name in read and one.type == "flag")


def is_unit(row: Mapping[str, object]) -> bool:
    """Whether a result row is a unit's own and no enterprise's."""
    return row.get("joint") is not None and row["joint"] == row["key"]


def head_of(unit: str, keys: Sequence[str]) -> str:
    """Key of the member whose attributes are the unit's."""
    return unit if unit in keys else min(keys)


def unit_inputs(compiled: Compiled, members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Input row of a unit from those of its members (numbers × 10⁶): measures summed, missing when any member's is; attributes
    of the head; flags that vetoes read as the scheme says. Members must name the same `unit`."""
    unit = str(members[0]["unit"])
    head = head_of(unit, [str(member["key"]) for member in members])
    found = dict(next(member for member in members if member["key"] == head))
    for name in compiled.measures:
        figures = [member.get(name) for member in members]
        found[name] = None if None in figures else sum(figures)
    joint = compiled.scheme.joint
    for name in veto_flags(compiled) if joint is not None and joint.vetoes == "any" else ():
        found[name] = _any([_flag(compiled, name, member) for member in members])
    return found


def _flag(compiled: Compiled, name: str, member: Mapping[str, Any]) -> bool | None:
    given, absent = member.get(name), compiled.attributes[name].if_absent
    return bool(given) if given is not None else (None if absent is None else bool(absent))


def _any(flags: Sequence[bool | None]) -> bool | None:
    return True if True in flags else (None if None in flags else False)


def works_the_unit(compiled: Compiled, row: Mapping[str, object], inputs: Mapping[str, object]) -> bool:
    """Whether the figures of a result row are those of a whole joint unit (`unit_inputs`), not of one enterprise."""
    joint, tenants = compiled.scheme.joint, compiled.scheme.tenants
    if joint is None or not joint.allowed or (tenants is not None and tenants.treatment == "merge"):
        return False
    return is_unit(row) if joint.mixed == "both" else inputs.get("unit") is not None


def both_results(
    compiled: Compiled, row: Mapping[str, object], unit: Mapping[str, object] | None = None
) -> dict[str, Any] | None:
    """What a trace says of the two results of a member: grades, which of them was taken, and why, as a sentence.

    unit: the result row of the unit, for its total and place. None where the scheme gives one result only.
    """
    joint = compiled.scheme.joint
    if joint is None or joint.mixed == "none" or row.get("joint") is None:
        return None
    if is_unit(row):
        return {"unit": row["joint"], "role": "unit", "sentence": "这是合并评价单元的结果：各成员的数据相加后作为一家评价"}
    own, of_unit, rule = row.get("own_grade"), row.get("joint_grade"), TAKES.get(str(joint.takes), "以哪个为准，办法没有写明")
    told = f"单独评价为 {own or '没有等级'}，合并评价为 {of_unit or '没有等级'}；按办法{rule}"
    found: dict[str, Any] = {"unit": row["joint"], "role": "member", "own_grade": own, "joint_grade": of_unit,
                             "takes": joint.takes, "sentence": told, "joint_total": None, "joint_rank": None, "joint_n": None}
    total = compiled.scheme.total
    if unit is not None:
        shown = None if unit["total"] is None or total is None else total_text(int(str(unit["total"])), total.decimals)
        found |= {"joint_total": shown, "joint_rank": unit["rank"], "joint_n": unit["n"]}
    return found


def standing_of_member(row: Mapping[str, object]) -> str:
    """Why a member of a unit has the standing it has by its unit; empty where the unit has no part in it."""
    if row.get("joint") is None or is_unit(row):
        return ""
    if row["standing"] == "merged":
        return "单独评价没有等级，按所在合并评价单元的结果定等级"
    uncompared = row["standing"] == "refused" and row.get("standing_id") == "joint"
    return "不能定等级：所在的合并评价单元没有等级，单独和合并两个等级无从比较" if uncompared else ""
