"""Points of every indicator (`s_<i>`), what happened to them (`f_<i>`), and which row is refused for want of a figure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import ibis

from tenglong.domain.evaluation.scheme import Indicator, Points
from tenglong.engine.exact import NUMBER, Column, Table, double, pick, steady_mean
from tenglong.engine.families import FAMILIES, Item, Scored
from tenglong.engine.plan import Plan, code

ZERO, MEAN, FULL, LEFT_OUT, FIXED, REFUSED = 3, 4, 5, 6, 7, 8
_FLAGS: Final = {"zero": ZERO, "group_mean": MEAN, "full": FULL, "exclude": LEFT_OUT, "refuse": REFUSED}


def scored(plan: Plan, rows: Table) -> Table:
    """Adds `s_<i>`, `f_<i>`, `lacking` (first missing measure or the indicator itself; null when nothing is) and `points` (their sum)."""
    raw = _raw(plan, rows)
    return _summed(plan, _missing(plan, _with_means(plan, raw)))


def _raw(plan: Plan, rows: Table) -> Table:
    """Adds `p_<i>` and `k_<i>`: points by the family, null when they cannot be worked, and its own flag."""
    columns = {}
    for name in plan.indicators:
        found = list(_families(plan, rows, name))
        columns[f"p_{name}"] = pick([(met, one.points) for met, one in found], NUMBER)
        columns[f"k_{name}"] = pick([(met, one.limited) for met, one in found], ibis.null("int8"))
    return rows.mutate(**columns)


def _families(plan: Plan, rows: Table, name: str) -> Iterator[tuple[Column, Scored]]:
    held = set(rows.columns)
    for group, _, indicator in plan.holding(name):
        if indicator.score is not None:
            base, low = (rows[column] if column in held else NUMBER for column in (f"b_{name}", f"l_{name}"))
            item = Item(rows[f"x_{name}"], base, low, indicator.weight)
            yield rows["grp"] == group, FAMILIES[indicator.score.family].points(indicator.score, item)


def _with_means(plan: Plan, rows: Table) -> Table:
    """Adds `mean_<group>_<i>`: the item's mean points over the rows of the group that have it, where a rule asks for it."""
    wanted = {
        f"mean_{group}_{name}": steady_mean(rows[f"p_{name}"], (rows["grp"] == group) & rows[f"p_{name}"].notnull())
        for name in plan.indicators
        for group, _, indicator in plan.holding(name)
        if indicator.missing == "group_mean"
    }
    return rows.cross_join(rows.aggregate(**wanted)) if wanted else rows


def _missing(plan: Plan, rows: Table) -> Table:
    """Applies the missing-data rules; a value without a usable benchmark is refused, never guessed."""
    columns = {}
    for name in plan.indicators:
        absent = rows[f"x_{name}"].isnull()
        flags, points = [], []
        for group, _, indicator in plan.holding(name):
            here = rows["grp"] == group
            filled = _filled(rows, group, name, indicator)
            flag = pick([(absent & filled.notnull(), code(_flag(indicator))), (absent, code(_flag_without(indicator)))], rows[f"k_{name}"])
            flags.append((here, pick([(~absent & rows[f"p_{name}"].isnull(), code(REFUSED))], flag)))
            points.append((here & absent, filled))
        columns[f"f_{name}"] = pick(flags, ibis.null("int8"))
        columns[f"t_{name}"] = pick(points, rows[f"p_{name}"])
    return _rescaled(plan, rows.mutate(**columns))


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
                fixed = rows[f"f_{name}"] == code(FIXED)
                branches.append(((rows["grp"] == group) & ~fixed, rows[f"t_{name}"] * scales[group]))
        columns[f"s_{name}"] = pick(branches, rows[f"t_{name}"])
    return rows.mutate(**columns)


def _scale(rows: Table, indicators: dict[str, Indicator]) -> Column | None:
    """All weights ÷ weights not left out; null when everything is left out. None: no rule of the group leaves out."""
    if all(indicator.missing != "exclude" for indicator in indicators.values()):
        return None
    weights = {name: indicator.weight or Decimal(0) for name, indicator in indicators.items()}
    kept: Column = double(0)
    for name, weight in weights.items():
        kept = kept + pick([(rows[f"f_{name}"] == code(LEFT_OUT), double(0))], double(weight))
    return double(sum(weights.values(), Decimal(0))) / kept.nullif(double(0))


def _summed(plan: Plan, rows: Table) -> Table:
    """Adds `lacking` and `points`. Nothing but left-out items is no score either."""
    lacking, sums = [], []
    for group, name, body in plan.groups:
        here = rows["grp"] == group
        for item, indicator in body.indicators.items():
            path = f"groups.{name}.indicators.{item}.value"
            refused = here & (rows[f"f_{item}"] == code(REFUSED))
            lacking.append((refused, plan.blame(rows, path, indicator.value, item)))
        empty = _all(rows[f"f_{item}"] == code(LEFT_OUT) for item in body.indicators)
        first = next(iter(body.indicators))
        lacking.append((here & empty, ibis.literal(first)))
        total: Column = double(0)
        for item in body.indicators:
            total = total + rows[f"s_{item}"].fill_null(double(0))
        sums.append((here, total))
    summed = rows.mutate(lacking=pick(lacking, ibis.null("string")), points=pick(sums, NUMBER))
    return plan.pruned(summed, ("bonuses", "deductions", "ungraded", "vetoes", "protections", "groups"))


def _all(conditions: Iterator[Column]) -> Column:
    found: Column = None
    for condition in conditions:
        found = condition if found is None else found & condition
    return found
