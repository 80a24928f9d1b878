"""Points of every indicator (`s_<i>`), what happened to them (`f_<i>`), and which row is refused for want of a figure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Final

import ibis

from tenglong.domain.evaluation.scheme import Benchmark, Indicator, Points
from tenglong.engine.benchmarks import ROLES
from tenglong.engine.exact import NUMBER, Column, Table, double, pick, steady_mean
from tenglong.engine.families import FAMILIES, Item, Scored
from tenglong.engine.plan import Plan, code

ZERO, MEAN, FULL, LEFT_OUT, FIXED, REFUSED = 3, 4, 5, 6, 7, 8
_FLAGS: Final = {"zero": ZERO, "group_mean": MEAN, "full": FULL, "exclude": LEFT_OUT, "refuse": REFUSED}


def scored(plan: Plan, rows: Table) -> Table:
    """Adds `s_<i>`, `f_<i>`, `lacking` (first missing measure or the indicator; null: none) and `points` (their sum)."""
    raw = _raw(plan, rows)
    return _summed(plan, _missing(plan, _with_means(plan, raw)))


def _raw(plan: Plan, rows: Table) -> Table:
    """Adds `p_<i>` and `k_<i>`: points by the family, null when they cannot be worked, and its own flag."""
    columns = {}
    for name in plan.indicators:
        found = list(_families(plan, rows, name))
        columns[f"p_{name}"] = plan.by_group(rows, name, [(group, one.points) for group, one in found], NUMBER)
        if plan.trace:
            columns[f"k_{name}"] = plan.by_group(rows, name, [(group, one.limited) for group, one in found], ibis.null("int8"))
    return rows.mutate(**columns)


def _families(plan: Plan, rows: Table, name: str) -> Iterator[tuple[int, Scored]]:
    for group, _, indicator in plan.holding(name):
        if indicator.score is not None:
            stated = FAMILIES[indicator.score.family].benchmarks(indicator.score)
            base, low = (_benchmark(rows, prefix + name, stated.get(role)) for role, prefix in ROLES.items())
            item = Item(rows[f"x_{name}"], base, low, indicator.weight)
            yield group, FAMILIES[indicator.score.family].points(indicator.score, item)


def _benchmark(rows: Table, column: str, stated: Benchmark | None) -> Column:
    """A number that the scheme states is asked for as such: the column would have it picked again for every row."""
    if stated is not None and stated.kind == "fixed" and stated.value is not None:
        return double(stated.value)
    return rows[column] if column in rows.columns else NUMBER


def _with_means(plan: Plan, rows: Table) -> Table:
    """Adds `mean_<group>_<i>`: the item's mean points over the rows of the group that have it, where a rule asks for it."""
    asked = [(group, name) for name in plan.indicators for group, _, indicator in plan.holding(name)
             if indicator.missing == "group_mean"]
    if not asked:
        return rows
    firms = plan.enterprises(rows)
    firms = firms.filter(_likely(plan, firms, {group for group, _ in asked}))
    means = {
        f"mean_{group}_{name}": steady_mean(firms[f"p_{name}"], (firms["grp"] == group) & firms[f"p_{name}"].notnull())
        for group, name in asked
    }
    return rows.cross_join(firms.aggregate(**means))


def _likely(plan: Plan, rows: Table, groups: set[int]) -> list[Column]:
    """Rows of these groups, so that the others are not worked twice. The rule of the group alone leaves most of them out, and
    is quicker than the place among all groups that is asked of the rest."""
    rules = [plan.flag(rows, f"groups.{name}.when", body.when) for number, name, body in plan.groups if number in groups]
    return [reduce(or_, rules), rows["grp"].isin(sorted(groups))]


def _missing(plan: Plan, rows: Table) -> Table:
    """Applies the missing-data rules: `t_<i>` points before weights are rescaled, `e_<i>` left out, `f_<i>` for the trace.
    A value without a usable benchmark is refused, never guessed."""
    columns = {}
    for name in plan.indicators:
        absent, held = rows[f"x_{name}"].isnull(), list(plan.holding(name))
        points = [(group, _point(rows, group, name, indicator)) for group, _, indicator in held]
        columns[f"t_{name}"] = plan.by_group(rows, name, points, NUMBER)
        if plan.trace:
            columns[f"f_{name}"] = pick(
                [(rows["grp"] == group, _told(rows, group, name, indicator)) for group, _, indicator in held], ibis.null("int8")
            )
        if any(indicator.missing == "exclude" or isinstance(indicator.missing, Points) for _, _, indicator in held):
            columns[f"absent_{name}"] = absent
    return _rescaled(plan, rows.mutate(**columns))


def _point(rows: Table, group: int, name: str, indicator: Indicator) -> Column:
    """Where a benchmark is always there, points are missing exactly where the value is."""
    points, filled = rows[f"p_{name}"], _filled(rows, group, name, indicator)
    if filled is NUMBER:
        return points
    return points.fill_null(filled) if _sure(indicator) else pick([(rows[f"x_{name}"].isnull(), filled)], points)


def _sure(indicator: Indicator) -> bool:
    score = indicator.score
    if score is None:
        return False
    stated = FAMILIES[score.family].benchmarks(score)
    return all(one.kind in ("fixed", "last_year") and bool(one.value) for one in stated.values()) and score.family in (
        "ratio",
        "value",
        "reverse",
    )


def _told(rows: Table, group: int, name: str, indicator: Indicator) -> Column:
    absent, points = rows[f"x_{name}"].isnull(), rows[f"p_{name}"]
    filled = _filled(rows, group, name, indicator)
    flag = pick(
        [(absent & filled.notnull(), code(_flag(indicator))), (absent, code(_flag_without(indicator)))], rows[f"k_{name}"]
    )
    return pick([(~absent & points.isnull(), code(REFUSED))], flag)


def _flag(indicator: Indicator) -> int:
    """An unknown rule refuses."""
    return FIXED if isinstance(indicator.missing, Points) else _FLAGS.get(str(indicator.missing), REFUSED)


def _flag_without(indicator: Indicator) -> int:
    """Flag when the rule itself gives no points: left out, or refused (also where nobody has the item whose mean is asked)."""
    return LEFT_OUT if indicator.missing == "exclude" else REFUSED


def _filled(rows: Table, group: int, name: str, indicator: Indicator) -> Column:
    if isinstance(indicator.missing, Points):
        return double(indicator.missing.points)
    if indicator.missing == "group_mean":
        return rows[f"mean_{group}_{name}"]
    if indicator.missing == "zero":
        return double(0)
    return double(indicator.weight or 0) if indicator.missing == "full" else NUMBER


def _rescaled(plan: Plan, rows: Table) -> Table:
    """`t_<i>` → `s_<i>`: where items are left out, what they weigh goes to the others in proportion."""
    scales = {group: found for group, _, body in plan.groups if (found := _scale(rows, body.indicators)) is not None}
    columns = {}
    for name in plan.indicators:
        branches = []
        for group, _, indicator in plan.holding(name):
            if group in scales and indicator.score is not None and FAMILIES[indicator.score.family].weighted:
                scaled = rows[f"t_{name}"] * scales[group]
                if isinstance(indicator.missing, Points):
                    scaled = pick([(rows[f"absent_{name}"], rows[f"t_{name}"])], scaled)
                branches.append((rows["grp"] == group, scaled))
        columns[f"s_{name}"] = pick(branches, rows[f"t_{name}"])
    return rows.mutate(**columns)


def _scale(rows: Table, indicators: dict[str, Indicator]) -> Column | None:
    """All weights ÷ weights not left out; null when everything is left out. None: no rule of the group leaves out."""
    if all(indicator.missing != "exclude" for indicator in indicators.values()):
        return None
    weights = {name: indicator.weight or Decimal(0) for name, indicator in indicators.items()}
    kept: Column = double(0)
    for name, weight in weights.items():
        left_out = indicators[name].missing == "exclude"
        kept = kept + (pick([(rows[f"absent_{name}"], double(0))], double(weight)) if left_out else double(weight))
    return double(sum(weights.values(), Decimal(0))) / kept.nullif(double(0))


def _summed(plan: Plan, rows: Table) -> Table:
    """Adds `lacking` and `points`. Nothing but left-out items is no score either."""
    lacking, sums = [], []
    for group, name, body in plan.groups:
        here = rows["grp"] == group
        total: Column = double(0)
        for item, indicator in body.indicators.items():
            left_out = indicator.missing == "exclude"
            if not (_sure(indicator) and (left_out or _filled_always(indicator))):
                path = f"groups.{name}.indicators.{item}.value"
                refused = here & rows[f"t_{item}"].isnull()
                refused = refused & ~rows[f"absent_{item}"] if left_out else refused
                lacking.append((refused, plan.blame(rows, path, indicator.value, item)))
            total = total + (rows[f"s_{item}"].fill_null(double(0)) if left_out else rows[f"s_{item}"])
        if all(indicator.missing == "exclude" for indicator in body.indicators.values()):
            empty = _all(rows[f"absent_{item}"] for item in body.indicators)
            lacking.append((here & empty, ibis.literal(next(iter(body.indicators)))))
        sums.append((here, total))
    summed = rows.mutate(lacking=pick(lacking, ibis.null("string")), points=pick(sums, NUMBER))
    return plan.pruned(summed, ("bonuses", "deductions", "ungraded", "vetoes", "protections", "groups"))


def _filled_always(indicator: Indicator) -> bool:
    return isinstance(indicator.missing, Points) or indicator.missing in ("zero", "full")


def _all(conditions: Iterator[Column]) -> Column:
    found: Column = None
    for condition in conditions:
        found = condition if found is None else found & condition
    return found
