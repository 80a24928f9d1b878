"""Mixed evaluation: of a member's own grade and its unit's, the one that the scheme says."""

from __future__ import annotations

from typing import Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from tenglong.engine.exact import Column, Table, pick
from tenglong.engine.plan import GRADED, MERGED, REFUSED, STANDINGS, Plan

_TEXT: Final = ibis.null("string")
#: two results of which one has no grade cannot be compared
UNCOMPARED: Final = "joint"


def enterprises(table: pa.Table) -> pa.Table:
    """Results without the rows of units: one per row in."""
    if "joint" not in table.column_names:
        return table
    return table.filter(pc.fill_null(pc.not_equal(table["joint"], table["key"]), True))


def taken(plan: Plan, found: Table) -> Table:
    """Adds `own_grade` and `joint_grade` of members, and makes `grade` the one that counts. A unit's row keeps its own.

    own: as it stands · joint: the unit's standing and grade · better, worse: only of two grades; a member without one of its
    own stays as it is, a unit without one leaves its graded members refused.
    """
    joined = _beside(found)
    takes = plan.joint.takes if plan.joint is not None else None
    joined = joined.mutate(own_grade=pick([(joined["member"], joined["grade"])], _TEXT))
    steps = _joint(joined) if takes == "joint" else _compared(plan, joined, takes == "better")
    if takes in (None, "own"):
        steps = []
    columns = {
        "standing": pick([(met, standing) for met, standing, _, _ in steps], joined["standing"]),
        "standing_id": pick([(met, why) for met, _, why, _ in steps], joined["standing_id"]),
        "grade": pick([(met, grade) for met, _, _, grade in steps], joined["grade"]),
    }
    names = [name for name in found.columns if name != "is_unit"]
    return joined.mutate(**columns).select(*names, "own_grade", "joint_grade")


def _beside(found: Table) -> Table:
    """Adds `joint_grade`, `u_standing`, `u_why` of the unit to its members, and `member`."""
    held = found.filter(found["is_unit"])
    units = held.select(of="joint", u_grade="grade", u_standing="standing", u_why="standing_id")
    joined = found.left_join(units, found["joint"] == units["of"])
    member = joined["joint"].notnull() & ~joined["is_unit"]
    return joined.mutate(member=member, joint_grade=pick([(member, joined["u_grade"])], _TEXT))


_Step = tuple[Column, Column, Column, Column]


def _word(standing: int) -> Column:
    return ibis.literal(STANDINGS[standing])


def _joint(rows: Table) -> list[_Step]:
    """Where it holds: standing, its id, grade. Whoever has no grade of its own is graded as part of the unit."""
    has, graded = rows["u_standing"] == _word(GRADED), rows["standing"] == _word(GRADED)
    return [
        (rows["member"] & has & graded, rows["standing"], rows["standing_id"], rows["joint_grade"]),
        (rows["member"] & has, _word(MERGED), _TEXT, rows["joint_grade"]),
        (rows["member"], rows["u_standing"], rows["u_why"], _TEXT),
    ]


def _compared(plan: Plan, rows: Table, better: bool) -> list[_Step]:
    meant = rows["member"] & (rows["standing"] == _word(GRADED))
    order = next((grades.order for grades in plan.graded.values()), ())
    own, of_unit = (_index(rows[name], order) for name in ("grade", "joint_grade"))
    moved = meant & (of_unit < own if better else of_unit > own)
    none = meant & (rows["u_standing"] != _word(GRADED))
    return [
        (none, _word(REFUSED), ibis.literal(UNCOMPARED), _TEXT),
        (moved, rows["standing"], rows["standing_id"], rows["joint_grade"]),
    ]


def _index(grade: Column, order: tuple[str, ...]) -> Column:
    return pick([(grade == name, ibis.literal(index, "int8")) for index, name in enumerate(order)], ibis.null("int8"))
