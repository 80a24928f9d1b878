"""The one compiler: scheme → Ibis expression, the same for DuckDB and Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenglong.engine.benchmarks import valued, with_benchmarks
from tenglong.engine.effects import finished
from tenglong.engine.exact import NUMBER, Column, Table, pick
from tenglong.engine.joint import taken
from tenglong.engine.placed import Merged, filled, merged, placed
from tenglong.engine.plan import FOLLOWS, MERGED, REFUSED, STANDINGS, LastYear, Plan, code
from tenglong.engine.points import scored
from tenglong.engine.ranks import ranked
from tenglong.engine.totals import totalled

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

# every stage stays a query of its own: fused, each would be written out as often as later ones read it
ibis.options.sql.fuse_selects = False

_TEXT = ibis.null("string")


def compile_expression(compiled: Compiled, table: Table, *, last_year: LastYear | None = None, trace: bool = True) -> Table:
    """Result table of docs/developer/evaluation.md over `table` (rows as described there).

    Raises PartialScheme when the scheme does not say enough to score, EngineError when it asks for what the rows cannot give.
    Where only the grades are unknown, `rank`, `n` and both grades are null.
    """
    compiled.require("score")
    plan = Plan(compiled, last_year or {}, trace)
    units = merged(plan, filled(plan, table))
    rows = finished(plan, ranked(plan, totalled(plan, scored_rows(plan, units.rows))))
    return _results(plan, _followed(plan, rows), units)


def scored_rows(plan: Plan, rows: Table) -> Table:
    """From filled rows to points."""
    return scored(plan, with_benchmarks(plan, valued(plan, placed(plan, rows))))


def _followed(plan: Plan, rows: Table) -> Table:
    """Adds `grade_text`; tenants (a) take the grade of the landlord, and are refused where there is none to take."""
    named = rows.mutate(grade_text=_grade(plan, rows, "final"))
    tenants = plan.scheme.tenants
    if tenants is None or tenants.treatment != "follow_landlord":
        return named
    lords = named.select(lord="key", lord_grade="grade_text", lord_standing="standing")
    joined = named.left_join(lords, named["a_landlord"] == lords["lord"])
    follows = joined["standing"] == code(FOLLOWS)
    lost = follows & (joined["lord"].isnull() | joined["lord_standing"].isin([FOLLOWS, REFUSED]))
    return joined.mutate(
        standing=pick([(lost, code(REFUSED))], joined["standing"]),
        standing_id=pick([(lost, ibis.literal("landlord"))], joined["standing_id"]),
        grade_text=pick([(lost, _TEXT), (follows, joined["lord_grade"])], joined["grade_text"]),
    ).select(*named.columns)


def _grade(plan: Plan, rows: Table, column: str) -> Column:
    """Index in the pool's order → grade."""
    orders: dict[tuple[str, ...], list[int]] = {}
    for group, grades in plan.graded.items():
        orders.setdefault(grades.order, []).append(group)
    found = [
        (rows["pool"].isin(groups) & (rows[column] == code(index)), ibis.literal(grade))
        for order, groups in orders.items()
        for index, grade in enumerate(order)
    ]
    return pick(found, _TEXT)


def _results(plan: Plan, rows: Table, units: Merged) -> Table:
    columns: dict[str, Column] = {
        "key": rows["key"],
        "group": pick([(rows["grp"] == number, ibis.literal(name)) for number, name, _ in plan.groups], _TEXT),
        "standing": pick(
            [(rows["standing"] == code(number), ibis.literal(name)) for number, name in enumerate(STANDINGS)], _TEXT
        ),
        "standing_id": rows["standing_id"],
    }
    if plan.trace:
        held = set(rows.columns)
        wanted = [f"{prefix}_{name}" for name in plan.indicators for prefix in "xblsf"]
        columns |= {name: rows[name] if name in held else NUMBER for name in wanted}
        columns |= {"bonus": rows["bonus"], "deduction": rows["deduction"]}
    columns |= {"total": rows["total"], "rank": rows["rank"], "n": rows["n"]}
    if plan.trace:
        columns["rank_grade"] = _grade(plan, rows, "place")
    columns["grade"] = rows["grade_text"]
    if plan.trace:
        columns["reasons"] = rows["reasons"]
    if plan.mixed:
        return taken(plan, rows.select(**columns, joint=rows["joint"], is_unit=rows["is_unit"]))
    found = rows.select(**columns)
    return found if units.members is None else _with_members(found, units.members)


def _with_members(found: Table, members: Table) -> Table:
    """Members of a unit get what their head got; where it has points their standing says whose they are."""
    heads = found.rename(head_key="key")
    joined = members.inner_join(heads, members["head"] == heads["head_key"])
    standing = pick(
        [(joined["standing"].isin([STANDINGS[0], STANDINGS[1]]), ibis.literal(STANDINGS[MERGED]))], joined["standing"]
    )
    columns = {name: joined[name] for name in found.columns if name not in ("key", "standing")}
    theirs = joined.select(key=joined["key"], standing=standing, **columns).select(*found.columns)
    return found.union(theirs)
