"""First stage: which rows are evaluated, as which unit, in which group."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

import ibis

from tenglong.domain.evaluation.compiled import Attribute
from tenglong.domain.evaluation.joint import UNIT_KEY, veto_flags
from tenglong.engine.exact import Column, Table, int64, pick, whole
from tenglong.engine.plan import EXCLUDED, FOLLOWS, GRADED, OUTSIDE, REFUSED, Plan, code

_TYPES: Final = {"number": "int64", "text": "string", "flag": "boolean"}
_TEXT: Final = ibis.null("string")


def filled(plan: Plan, rows: Table) -> Table:
    """`key`, measures as `m_<id>`, attributes as `a_<id>` with `if_absent` put in; an absent column is missing."""
    columns: dict[str, Column] = {"key": rows["key"]}
    for name in plan.compiled.measures:
        columns[f"m_{name}"] = rows[name].cast("int64") if name in rows.columns else ibis.null("int64")
    for name, attribute in plan.compiled.attributes.items():
        columns[f"a_{name}"] = _attribute(rows, name, attribute)
    if "a_industry" not in columns and "industry" in rows.columns:
        columns["a_industry"] = rows["industry"]
    return rows.select(**columns)


def _attribute(rows: Table, name: str, attribute: Attribute) -> Column:
    kind = _TYPES[attribute.type]
    column = rows[name].cast(kind) if name in rows.columns else ibis.null(kind)
    if attribute.if_absent is None:
        return column
    return column.fill_null(_given(attribute.if_absent, kind))


def _given(value: bool | Decimal | str, kind: str) -> Column:
    if kind == "int64":
        assert not isinstance(value, str)
        return whole(int(Fraction(value) * 10**6))
    return ibis.literal(value, kind)


@dataclass(frozen=True)
class Merged:
    """Rows that are evaluated, and for each other member of a unit (`key`) the key that stands for it (`head`)."""

    rows: Table
    members: Table | None = None


def merged(plan: Plan, rows: Table) -> Merged:
    """Tenants (b) and joint units: rows of one `unit` become one, with summed measures (missing when any member's is) and the
    attributes of the head: the member whose key is the unit's id, else the smallest key; flags that vetoes read as the scheme
    says. `doubt`: for some member it is not known whether it stands alone. Mixed evaluation: `beside`."""
    tenants = plan.scheme.tenants
    of_tenants = tenants is not None and tenants.treatment == "merge"
    if plan.mixed:
        return Merged(beside(plan, rows))
    if not of_tenants and plan.joint is None:
        return Merged(rows)
    unless = tenants.unless if of_tenants and tenants is not None else ""
    alone = plan.flag(rows, "tenants.unless", unless) if unless else ibis.literal(False)
    inside = rows["a_unit"].notnull() & ~alone.fill_null(False)
    marked = rows.mutate(of_unit=pick([(inside, rows["a_unit"])], _TEXT), unsure=alone.isnull())
    units = _units(plan, marked)
    joined = marked.left_join(units, marked["of_unit"] == units["unit_id"])
    stands = joined["of_unit"].isnull() | (joined["key"] == joined["head"])
    single = joined["of_unit"].isnull()
    sums = {name: pick([(single, joined[name])], joined[f"u_{name}"]) for name in _summed(plan)}
    kept = joined.filter(stands).mutate(**sums, doubt=joined["doubt"].fill_null(False))
    members = joined.filter(~stands).select("key", "head")
    return Merged(kept.select(*rows.columns, "doubt"), members)


def _units(plan: Plan, marked: Table) -> Table:
    """One row per unit."""
    rows = marked.filter(marked["of_unit"].notnull())
    sums = {
        f"u_m_{name}": pick([(rows[f"m_{name}"].count() == rows.count(), int64(rows[f"m_{name}"].sum()))], ibis.null("int64"))
        for name in plan.compiled.measures
    }
    sums |= {f"u_a_{name}": _any(rows[f"a_{name}"], rows.count()) for name in _shared(plan)}
    own = rows["key"].max(where=rows["key"] == rows["of_unit"])
    found = rows.group_by(unit_id=rows["of_unit"]).aggregate(
        head=ibis.coalesce(own, rows["key"].min()), doubt=rows["unsure"].cast("int8").max() == code(1), **sums
    )
    return found.select("unit_id", "head", "doubt", *sums)


def _summed(plan: Plan) -> list[str]:
    """Columns of a unit that are not its head's."""
    return [*(f"m_{name}" for name in plan.compiled.measures), *(f"a_{name}" for name in _shared(plan))]


def _shared(plan: Plan) -> tuple[str, ...]:
    """Flags that vetoes read, where one member's is the unit's."""
    return veto_flags(plan.compiled) if plan.joint is not None and plan.joint.vetoes == "any" else ()


def _any(flag: Column, size: Column) -> Column:
    """True when any is, else null when any is not known."""
    known = [(flag.cast("int8").max() == code(1), ibis.literal(True)), (flag.count() < size, ibis.null("boolean"))]
    return pick(known, ibis.literal(False))


def beside(plan: Plan, rows: Table) -> Table:
    """Every row, and a row more for each unit: `joint` is the key of the unit's row, there and on its members."""
    inside = rows["a_unit"].notnull()
    named = pick([(inside, ibis.literal(UNIT_KEY) + rows["a_unit"])], _TEXT)
    marked = rows.mutate(joint=named, of_unit=rows["a_unit"], unsure=ibis.literal(False))
    units = _units(plan, marked)
    heads = marked.inner_join(units, [marked["of_unit"] == units["unit_id"], marked["key"] == units["head"]])
    theirs = {name: heads[f"u_{name}"] for name in _summed(plan)}
    columns = [*rows.columns, "joint", "is_unit"]
    whole_units = heads.mutate(key=heads["joint"], is_unit=ibis.literal(True), **theirs).select(*columns)
    return marked.mutate(is_unit=ibis.literal(False)).select(*columns).union(whole_units)


@dataclass(frozen=True)
class _Step:
    """`met` settles a row's standing; earlier steps win."""

    met: Column
    standing: int
    why: Column = _TEXT
    group: int | None = None


def placed(plan: Plan, rows: Table) -> Table:
    """Adds `grp` (code of the group, null outside), `early` (GRADED where the row goes on) and `why` (text)."""
    steps = [*_before(plan, rows), *_scope(plan, rows), *_groups(plan, rows)]
    found = rows.mutate(step=pick([(step.met, code(number)) for number, step in enumerate(steps)], code(len(steps))))
    groups = [(found["step"] == code(number), code(step.group)) for number, step in enumerate(steps) if step.group is not None]
    settled = [
        (found["step"] == code(number), code(step.standing)) for number, step in enumerate(steps) if step.standing != OUTSIDE
    ]
    named = [(found["step"] == code(number), step.why) for number, step in enumerate(steps) if step.why is not _TEXT]
    return found.mutate(grp=pick(groups, ibis.null("int8")), early=pick(settled, code(OUTSIDE)), why=pick(named, _TEXT)).drop(
        "step"
    )


def _before(plan: Plan, rows: Table) -> list[_Step]:
    tenants = plan.scheme.tenants
    if tenants is None or tenants.treatment == "separate":
        return []
    if tenants.treatment == "merge":
        return [_Step(rows["doubt"], REFUSED, ibis.literal(_first_name(plan)))] if "doubt" in rows.columns else []
    follows = plan.flag(rows, "tenants.when", tenants.when)
    return [*_unknown(plan, rows, "tenants.when", tenants.when, follows, "tenants"), _Step(follows, FOLLOWS)]


def _first_name(plan: Plan) -> str:
    from tenglong.engine.expressions import ordered_names

    tenants = plan.scheme.tenants
    names = ordered_names(plan.expr("tenants.unless", tenants.unless)) if tenants and tenants.unless else ()
    return names[0] if names else "unit"


def _unknown(plan: Plan, rows: Table, path: str, text: str, met: Column, otherwise: str) -> list[_Step]:
    """A condition that cannot be decided refuses the row and names what is missing."""
    if not plan.may_miss(path, text):
        return []
    return [_Step(met.isnull(), REFUSED, plan.blame(rows, path, text, otherwise))]


def _scope(plan: Plan, rows: Table) -> list[_Step]:
    scope = plan.scheme.scope
    if scope is None:
        return []
    included = plan.flag(rows, "scope.include", scope.include)
    steps = _unknown(plan, rows, "scope.include", scope.include, included, "scope")
    steps.append(_Step(~included, OUTSIDE))
    doubts: list[_Step] = []
    for name, excluded in scope.exclude.items():
        path = f"scope.exclude.{name}.when"
        left_out = plan.flag(rows, path, excluded.when)
        steps.append(_Step(left_out, EXCLUDED, ibis.literal(name)))
        doubts += _unknown(plan, rows, path, excluded.when, left_out, name)
    return steps + doubts


def _groups(plan: Plan, rows: Table) -> list[_Step]:
    steps: list[_Step] = []
    for number, name, group in plan.groups:
        path = f"groups.{name}.when"
        belongs = plan.flag(rows, path, group.when)
        steps += _unknown(plan, rows, path, group.when, belongs, name)
        steps.append(_Step(belongs, GRADED, group=number))
    return steps
