"""Bonus, deduction, total, and the standing of every row before ranks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import ibis

from tenglong.domain.evaluation.scheme import BonusItem, Deduction, Ladder
from tenglong.engine.exact import NUMBER, Column, Table, all_known, double, larger, pick, smaller
from tenglong.engine.plan import GRADED, REFUSED, UNGRADED, Plan, code

#: totals that differ by less than this share of a unit cannot be told apart in doubles and count as equal
SLACK = Decimal("0.0000001")
_TEXT = ibis.null("string")


@dataclass(frozen=True)
class Part:
    """Points and, where they cannot be worked, whom to blame (conditions, each with the missing name). `most`: what they
    cannot exceed, None when it depends on figures."""

    points: Column
    doubts: list[tuple[Column, Column]]
    most: Decimal | None = None


def totalled(plan: Plan, rows: Table) -> Table:
    """Adds `bonus`, `deduction`, `total` (int64, null unless there is a score), `standing` (code) and `standing_id`."""
    bonus, deduction = _bonus(plan, rows), _deduction(plan, rows)
    rows = rows.mutate(
        bonus=bonus.points, deduction=deduction.points, doubt_points=pick(bonus.doubts + deduction.doubts, _TEXT)
    )
    rows = _standing(plan, rows)
    rows = rows.mutate(total=pick([(_scores(plan, rows), _rounded(plan, rows))], ibis.null("int64")))
    return plan.pruned(rows, ("vetoes", "protections", "groups"))


# ---- bonus and deduction


def _bonus(plan: Plan, rows: Table) -> Part:
    bonuses = plan.scheme.bonuses
    if bonuses is None or not bonuses.ladders:
        return Part(double(0), [])
    parts = [_ladder(plan, rows, name, ladder) for name, ladder in bonuses.ladders.items()]
    return _capped(Part(_sum(part.points for part in parts), _doubts(parts), _most(parts)), bonuses.total_cap)


def _doubts(parts: list[Part]) -> list[tuple[Column, Column]]:
    return [doubt for part in parts for doubt in part.doubts]


def _most(parts: list[Part]) -> Decimal | None:
    known = [part.most for part in parts if part.most is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _ladder(plan: Plan, rows: Table, name: str, ladder: Ladder) -> Part:
    items = [_item(plan, rows, f"bonuses.ladders.{name}.items.{item}", entry, item) for item, entry in ladder.items.items()]
    if ladder.take == "sum":
        taken = Part(_sum(part.points for part in items), _doubts(items), _most(items))
    else:
        known = _most(items) is not None
        most = max(part.most or Decimal(0) for part in items) if known else None
        taken = Part(_best(part.points for part in items), _doubts(items), most)
    return _concerned(plan, rows, ladder.groups, _capped(taken, ladder.cap))


def _item(plan: Plan, rows: Table, path: str, item: BonusItem, name: str) -> Part:
    points = plan.number(rows, f"{path}.points", item.points).plain() if isinstance(item.points, str) else double(item.points)
    text = item.points if isinstance(item.points, str) else ""
    found = _conditional(plan, rows, path, item.when, text, points, name)
    return found if isinstance(item.points, str) else Part(found.points, found.doubts, max(item.points, Decimal(0)))


def _conditional(plan: Plan, rows: Table, path: str, when: str, text: str, points: Column, name: str) -> Part:
    """`points` where `when` holds, 0 where it does not; null and a doubt where either is not known."""
    holds = plan.flag(rows, f"{path}.when", when)
    doubts = []
    if plan.may_miss(f"{path}.when", when):
        doubts.append((holds.isnull(), plan.blame(rows, f"{path}.when", when, name)))
    if text and plan.may_miss(f"{path}.points", text):
        doubts.append((holds & points.isnull(), plan.blame(rows, f"{path}.points", text, name)))
    return Part(pick([(holds, points), (~holds, double(0))], NUMBER), doubts)


def _concerned(plan: Plan, rows: Table, groups: tuple[str, ...], part: Part) -> Part:
    concerned = plan.concerns(rows, groups)
    if concerned is None:
        return part
    return Part(pick([(concerned, part.points)], double(0)), [(concerned & met, why) for met, why in part.doubts], part.most)


def _deduction(plan: Plan, rows: Table) -> Part:
    parts = [_deducted(plan, rows, name, entry) for name, entry in plan.scheme.held("deductions").items()]
    return Part(_sum(part.points for part in parts), _doubts(parts))


def _deducted(plan: Plan, rows: Table, name: str, entry: Deduction) -> Part:
    """Never above 0, never more than `cap` below it."""
    path = f"deductions.{name}"
    points = smaller(plan.number(rows, f"{path}.points", entry.points).plain(), double(0))
    if isinstance(entry.cap, Decimal):
        points = larger(points, double(-entry.cap))
    return _concerned(plan, rows, entry.groups, _conditional(plan, rows, path, entry.when, entry.points, points, name))


def _sum(values: Iterable[Column]) -> Column:
    total: Column = None
    for value in values:
        total = value if total is None else total + value
    return double(0) if total is None else total


def _best(values: Iterable[Column]) -> Column:
    """The highest, at least 0."""
    best: Column = double(0)
    for value in values:
        best = larger(best, value)
    return best


def _capped(part: Part, cap: Decimal | str) -> Part:
    if not isinstance(cap, Decimal) or (part.most is not None and part.most <= cap):
        return part
    return Part(smaller(part.points, double(cap)), part.doubts, cap if part.most is not None else None)


# ---- standing and total


def _standing(plan: Plan, rows: Table) -> Table:
    """First that applies: settled before · class without grade · a figure missing · a condition undecided · graded."""
    steps = [(rows["early"] != code(GRADED), rows["early"], rows["why"])]
    for name, entry in plan.scheme.held("ungraded").items():
        steps += _ungraded(plan, rows, name, entry.when)
    steps.append((rows["lacking"].notnull(), code(REFUSED), rows["lacking"]))
    steps.append((rows["doubt_points"].notnull(), code(REFUSED), rows["doubt_points"]))
    steps += list(_effects_unknown(plan, rows))
    found = rows.mutate(step=pick([(met, code(number)) for number, (met, _, _) in enumerate(steps)], code(-1)))
    reached = [found["step"] == code(number) for number in range(len(steps))]
    return found.mutate(
        standing=pick([(met, step[1]) for met, step in zip(reached, steps, strict=True)], code(GRADED)),
        standing_id=pick([(met, step[2]) for met, step in zip(reached, steps, strict=True)], _TEXT),
    ).drop("step")


def _ungraded(plan: Plan, rows: Table, name: str, when: str) -> list[tuple[Column, Column, Column]]:
    path = f"ungraded.{name}.when"
    holds = plan.flag(rows, path, when)
    steps = [(holds.isnull(), code(REFUSED), plan.blame(rows, path, when, name))] if plan.may_miss(path, when) else []
    return [*steps, (holds, code(UNGRADED), ibis.literal(name))]


def _effects_unknown(plan: Plan, rows: Table) -> Iterable[tuple[Column, Column, Column]]:
    """A veto or protection that cannot be decided leaves the grade open. Not asked where grades are not given at all."""
    for kind in ("protections", "vetoes") if plan.graded else ():
        for name, entry in plan.scheme.held(kind).items():
            path = f"{kind}.{name}.when"
            holds, concerned = plan.flag(rows, path, entry.when), plan.concerns(rows, entry.groups)
            if plan.may_miss(path, entry.when):
                unknown = holds.isnull() if concerned is None else concerned & holds.isnull()
                yield unknown, code(REFUSED), plan.blame(rows, path, entry.when, name)
            if entry.effect.at_least == "last_grade" and plan.nullable("last_grade"):
                unknown = holds & rows["a_last_grade"].isnull()
                yield (unknown if concerned is None else concerned & unknown), code(REFUSED), ibis.literal("last_grade")


def _scores(plan: Plan, rows: Table) -> Column:
    """Who has a total: the graded, and of the classes without grade those that are scored and lack nothing."""
    scored = [name for name, entry in plan.scheme.held("ungraded").items() if entry.scored]
    graded = rows["standing"] == code(GRADED)
    if not scored:
        return graded
    whole = rows["lacking"].isnull() & rows["doubt_points"].isnull()
    return graded | ((rows["standing"] == code(UNGRADED)) & rows["standing_id"].isin(scored) & whole)


def _rounded(plan: Plan, rows: Table) -> Column:
    """⌊raw · 10^decimals + 1/2 + 1e-7⌋."""
    rule = plan.scheme.total
    assert rule is not None
    raw = _capped(Part(rows["points"] + rows["bonus"] + rows["deduction"], []), rule.cap).points
    scaled = raw * double(10**rule.decimals) + double(Decimal("0.5") + SLACK)
    return all_known([raw], scaled.floor().cast("int64"), "int64")
