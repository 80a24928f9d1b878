"""Ranks and cuts, worked on the counts of equal totals: a few thousand rows, however many enterprises there are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

import ibis

from tenglong.domain.evaluation.grading import Grades, RankShare, ScoreCut, TwoStage
from tenglong.engine.exact import Column, Table, double, int64, pick, share, whole
from tenglong.engine.plan import GRADED, UNGRADED, EngineError, Plan, code
from tenglong.engine.symbols import exact

_INT8: Final = ibis.null("int8")
_INT64: Final = ibis.null("int64")
#: what a row is told by the counts
_GIVEN: Final = ("pool", "n", "small", "up", "down", "own", "place_in", "place_out")
_LOWEST: Final = -(10**17)


def ranked(plan: Plan, rows: Table) -> Table:
    """Adds `counted`, `pool` (group in whose cuts the row stands), `rank`, `n`, `place` (index of `rank_grade` in the pool's
    order, null without), and settles small groups. Rows outside every pool keep nulls."""
    if not plan.graded:
        empty = {"rank": _INT64, "n": _INT64, "place": _INT8, "pool": _INT8, "counted": ibis.literal(False)}
        return rows.mutate(**empty)
    marked = _marked(plan, rows)
    keys = ["grp", "total", "tie"] if _any_tie(plan) else ["grp", "total"]
    first = _places(plan, _pooled(plan, _histogram(marked, keys)))
    joined = _joined(marked, first, keys, [name for name in _GIVEN if name in first.columns])
    return _settled(plan, _two_stages(plan, joined))


def _any_tie(plan: Plan) -> bool:
    return any(isinstance(grades, RankShare) and grades.ties == "by" for grades in plan.graded.values())


def _any_join(plan: Plan) -> bool:
    return any(_target(plan, group) is not None for group in plan.graded)


# ---- who counts


def _marked(plan: Plan, rows: Table) -> Table:
    """Adds `counted` and `tie` (greater is better; 0 where only the total orders)."""
    counted = [(rows["grp"] == group, _counts(plan, rows, grades)) for group, grades in plan.graded.items()]
    ties = []
    for group, name, body in plan.groups:
        rule = _tie_rule(plan, group)
        if rule:
            if rule not in body.indicators:
                raise EngineError(f"组“{name}”同分时按指标 {rule} 排，这一组却没有这项指标")
            sign = -1 if body.indicators[rule].direction == "down" else 1
            ties.append((rows["grp"] == group, _steps(rows[f"x_{rule}"] * double(sign))))
    met = pick(counted, ibis.literal(False)) & rows["total"].notnull()
    found = rows.mutate(counted=met.fill_null(False))
    return found.mutate(tie=pick(ties, whole(0)).cast("int64")) if ties else found


def _tie_rule(plan: Plan, group: int) -> str:
    """Indicator that orders equal totals of the group, by its own rule or that of one it may join; empty: none."""
    found, at = set(), group
    codes = {name: number for number, name, _ in plan.groups}
    while isinstance(grades := plan.graded.get(at), RankShare):
        found |= {grades.tie_by} if grades.ties == "by" else set()
        if grades.small_group.below != "merge":
            break
        at = codes[grades.small_group.merge_with]
    if len(found) > 1:
        raise EngineError(f"并组排名的各组同分规则不同（{'、'.join(sorted(found))}），请写成同一项指标")
    return next(iter(found), "")


def _steps(value: Column) -> Column:
    """A double as a whole number of 10⁻⁹, so that noise of the last bit orders nobody; missing comes last."""
    return (value * double(10**9) + double(Fraction(1, 2))).floor().cast("int64").fill_null(whole(_LOWEST))


def _counts(plan: Plan, rows: Table, grades: Grades) -> Column:
    counts = grades.counts_in_n
    graded = rows["standing"] == code(GRADED)
    kinds: tuple[tuple[Literal["vetoes", "protections"], bool], ...]
    kinds = (("vetoes", counts.vetoed), ("protections", counts.protected))
    for kind, wanted in kinds:
        if not wanted:
            for name, entry in plan.scheme.held(kind).items():
                concerned = plan.concerns(rows, entry.groups)
                holds = plan.flag(rows, f"{kind}.{name}.when", entry.when).fill_null(False)
                graded = graded & ~(holds if concerned is None else concerned & holds)
    found = graded | (rows["standing"] == code(UNGRADED)) if counts.ungraded else graded
    return found & _own_or_joint(plan, rows) if plan.mixed else found


def _own_or_joint(plan: Plan, rows: Table) -> Column:
    """Members of a unit or the unit stand in n, never both; without a rule there are no grades."""
    if plan.joint is not None and plan.joint.counts == "joint":
        return rows["is_unit"] | rows["joint"].isnull()
    return ~rows["is_unit"]


# ---- counts of equal keys


def _histogram(rows: Table, keys: list[str]) -> Table:
    """Rows that hold a total by key: `c` of them count."""
    held = rows.filter(rows["total"].notnull() & rows["grp"].notnull())
    return held.group_by(*keys).aggregate(c=int64(held["counted"].cast("int64").sum()))


def _pooled(plan: Plan, counts: Table) -> Table:
    """Adds `pool`, its `n` and last ranks, whether it stays too small, and `together`, the number of equals in the pool."""
    both = counts.cross_join(_sizes(plan, counts))
    joined = [group for group in plan.graded if _target(plan, group) is not None]
    pools = [(both["grp"] == group, both[f"pool_{group}"]) for group in joined]
    held = both.mutate(pool=pick(pools, both["grp"]).cast("int8") if pools else both["grp"])
    held = held.mutate(n=pick([(held["pool"] == group, held[f"n_{group}"]) for group in plan.graded], _INT64))
    if _may_be_small(plan):
        shares = [group for group, grades in plan.graded.items() if isinstance(grades, RankShare)]
        held = held.mutate(
            small=pick([(held["pool"] == group, held[f"small_{group}"]) for group in shares], ibis.literal(False))
        )
    if _any_tie(plan):
        held = held.mutate(order=_order(plan, held))
    if not joined:
        return held.mutate(together=held["c"], alone=held["c"])
    by = {"group_by": [held[name] for name in ("pool", "total", "order") if name in held.columns]}
    held = held.mutate(together=int64(held["c"].sum().over(**by)), first=ibis.row_number().over(**by, order_by=held["grp"]))
    # the number of equals stands once, on their first row, so that a running sum counts it once
    return held.mutate(alone=pick([(held["first"] == 0, held["together"])], whole(0)))


def _may_be_small(plan: Plan) -> bool:
    return any(isinstance(grades, RankShare) and grades.small_group.below != "as_usual" for grades in plan.graded.values())


def _order(plan: Plan, held: Table) -> Column:
    """What orders equal totals in the pool."""
    ordered = [group for group, grades in plan.graded.items() if isinstance(grades, RankShare) and grades.ties == "by"]
    if len(ordered) == len(plan.graded):
        return held["tie"]
    return pick([(held["pool"].isin(ordered), held["tie"])], whole(0)) if ordered else whole(0)


def _sizes(plan: Plan, counts: Table) -> Table:
    """One row: for every group its pool, and for it as a pool its number, whether it is too small, and last ranks."""
    own = counts.aggregate(
        **{f"own_{group}": int64(counts["c"].sum(where=counts["grp"] == group)).fill_null(0) for group in plan.graded}
    )
    joins = _Joins(plan, {group: own[f"own_{group}"] for group in plan.graded})
    columns: dict[str, Column] = {}
    for group, grades in plan.graded.items():
        columns |= {f"pool_{group}": joins.pool(group), f"n_{group}": joins.size(group)}
        if isinstance(grades, RankShare):
            columns[f"small_{group}"] = joins.is_small(group)
            lasts = [last_rank(grades, percent, joins.size(group)) for percent in grades.cuts.values()]
            columns |= {f"last_{group}_{index}": last for index, last in enumerate(lasts)}
    return own.select(**columns)


def _target(plan: Plan, group: int) -> int | None:
    """Group that this one joins when it is too small."""
    grades = plan.graded.get(group)
    if isinstance(grades, RankShare) and grades.small_group.below == "merge":
        found = next(number for number, name, _ in plan.groups if name == grades.small_group.merge_with)
        return found if found in plan.graded else None
    return None


class _Joins:
    """Which group is cut together with which, by this year's numbers. Circles are refused when the scheme is read."""

    def __init__(self, plan: Plan, sizes: dict[int, Column]) -> None:
        self.plan, self.sizes, self.grades = plan, sizes, plan.graded

    def size(self, group: int) -> Column:
        """Ranked members with those that join."""
        total = self.sizes[group]
        for other in self.grades:
            if _target(self.plan, other) == group:
                total = total + pick([(self.is_small(other), self.size(other))], whole(0))
        return total

    def is_small(self, group: int) -> Column:
        grades = self.grades[group]
        assert isinstance(grades, RankShare)
        return self.size(group) < whole(grades.small_group.min)

    def pool(self, group: int) -> Column:
        target = _target(self.plan, group)
        return code(group) if target is None else pick([(self.is_small(group), self.pool(target))], code(group))


def _places(plan: Plan, counts: Table) -> Table:
    """Adds `up` and `down` (best, worst place of a counted row), `own` (the one its rule takes), `place_in` and, where it can
    differ, `place_out`: grade index of a row that counts, or does not."""
    order = [counts["total"].desc()]
    order += [counts["order"].desc()] if "order" in counts.columns else []
    order += [counts["grp"].asc()] if _any_join(plan) else []
    run = int64(counts["alone"].sum().over(ibis.window(group_by=counts["pool"], order_by=order, preceding=None, following=0)))
    ran = counts.mutate(down=run)
    ran = ran.mutate(up=ran["down"] - ran["together"] + whole(1))
    lowest = [ran["pool"] == group for group, grades in plan.graded.items() if lowest_place(grades)]
    columns = {
        "own": pick([(met, ran["down"]) for met in lowest], ran["up"]),
        "place_in": _place(plan, ran, ran["up"], ran["down"]),
    }
    if _some_uncounted(plan):
        columns["place_out"] = _place(plan, ran, ran["up"], ran["down"] + whole(1))
    placed = ran.mutate(**columns)
    return placed if _staged(plan) else placed.drop("up", "down")


def _staged(plan: Plan) -> dict[int, TwoStage]:
    return {group: grades for group, grades in plan.graded.items() if isinstance(grades, TwoStage)}


def _some_uncounted(plan: Plan) -> bool:
    """Whether a graded row may stand outside n."""
    counts = [grades.counts_in_n for grades in plan.graded.values()]
    return plan.mixed or not all(one.vetoed and one.protected for one in counts)


def _place(plan: Plan, counts: Table, up: Column, down: Column) -> Column:
    found = []
    for group, grades in plan.graded.items():
        here = counts["pool"] == group
        if isinstance(grades, ScoreCut):
            found.append((here, by_score(plan, counts["total"], grades.cuts)))
        elif isinstance(grades, RankShare):
            found += [(here & counts["small"], below) for below in _small(plan, counts, grades)]
            rank = down if lowest_place(grades) else up
            reached = [(rank <= counts[f"last_{group}_{index}"], code(index)) for index in range(len(grades.cuts))]
            found.append((here, pick(reached, code(len(grades.cuts)))))
    return pick(found, _INT8)


def _small(plan: Plan, counts: Table, grades: RankShare) -> list[Column]:
    below = grades.small_group.below
    if below == "as_usual":
        return []
    return [by_score(plan, counts["total"], grades.small_group.score_cut) if below == "score_cut" else _INT8]


def lowest_place(grades: Grades) -> bool:
    """Whether equal totals all get the worst of their places."""
    if isinstance(grades, RankShare):
        return (grades.then if grades.ties == "by" else grades.ties) == "all_down"
    return isinstance(grades, TwoStage) and grades.ties == "all_down"


def last_rank(grades: RankShare, percent: Decimal, n: Column) -> Column:
    """K of a cumulative share, in whole numbers."""
    if grades.counted_from == "top":
        return share(n, percent, grades.rounding)
    return n - share(n, 100 - percent, grades.rounding)


def by_score(plan: Plan, total: Column, cuts: dict[str, Decimal]) -> Column:
    """Index of the grade of a rounded total; the least total belongs to the grade."""
    decimals = plan.scheme.total.decimals if plan.scheme.total else 0
    bounds = [-((-exact(cut) * 10**decimals).__floor__()) for cut in cuts.values()]
    return pick([(total >= whole(bound), code(index)) for index, bound in enumerate(bounds)], code(len(cuts)))


# ---- two stages


def _two_stages(plan: Plan, rows: Table) -> Table:
    """F5: halves by total, each ordered again by its own points."""
    staged = _staged(plan)
    if not staged:
        return rows
    half = pick([(rows["grp"] == group, _in_top(rows, grades)) for group, grades in staged.items()], ibis.null("boolean"))
    rows = rows.mutate(in_top=half)
    rows = rows.mutate(
        again=pick([(rows["grp"] == group, _again(plan, rows, group, grades)) for group, grades in staged.items()], _INT64)
    )
    keys = ["grp", "in_top", "again"]
    held = _histogram(rows.filter(rows["grp"].isin(list(staged))), keys)
    by = [held["grp"], held["in_top"]]
    run = int64(held["c"].sum().over(ibis.window(group_by=by, order_by=held["again"].desc(), preceding=None, following=0)))
    size = int64(held["c"].sum().over(group_by=by))
    held = held.mutate(up2=run - held["c"] + whole(1), down2=run, size2=size)
    joined = _joined(rows, held, keys, ["up2", "down2", "size2"])
    places = [(joined["grp"] == group, _stage_place(joined, grades)) for group, grades in staged.items()]
    columns = [name for name in ("place_in", "place_out") if name in joined.columns]
    return joined.mutate(**{name: pick(places, joined[name]) for name in columns})


def _in_top(rows: Table, grades: TwoStage) -> Column:
    place = _own(rows, grades, rows["up"], rows["down"])
    return place <= share(rows["n"], grades.half, grades.half_rounding)


def _own(rows: Table, grades: TwoStage, up: Column, down: Column) -> Column:
    """Place of a row, as if alone where it does not count."""
    return pick([(rows["counted"], down)], down + whole(1)) if lowest_place(grades) else up


def _again(plan: Plan, rows: Table, group: int, grades: TwoStage) -> Column:
    name = plan.groups[group][1]
    top, bottom = (
        _steps(plan.number(rows, f"groups.{name}.grades.{stage}.by", getattr(grades, stage).by).plain())
        for stage in ("top", "bottom")
    )
    return pick([(rows["in_top"], top)], bottom)


def _stage_place(rows: Table, grades: TwoStage) -> Column:
    """The first `top.share` of all n of the better half, the last `bottom.share` of all n of the other."""
    place = _own(rows, grades, rows["up2"], rows["down2"])
    best, worst = (
        share(rows["n"], grades.top.share, grades.top.rounding),
        share(rows["n"], grades.bottom.share, grades.bottom.rounding),
    )
    index = grades.order.index
    return pick(
        [
            (rows["total"].isnull(), _INT8),
            (rows["in_top"] & (place <= best), code(index(grades.top.grade))),
            (~rows["in_top"] & (place > rows["size2"] - worst), code(index(grades.bottom.grade))),
        ],
        code(index(grades.rest)),
    )


# ---- back to the rows


def _joined(rows: Table, found: Table, keys: list[str], columns: list[str]) -> Table:
    right = found.select(**{f"of_{key}": found[key] for key in keys}, **{column: found[column] for column in columns})
    same: list[Any] = [rows[key] == right[f"of_{key}"] for key in keys]
    return rows.left_join(right, same).select(*rows.columns, *columns)


def _settled(plan: Plan, rows: Table) -> Table:
    """`rank` of those that count, `place` of those that are graded; members of a group too small to be cut are ungraded."""
    graded = rows["standing"] == code(GRADED)
    inside = (
        [(graded & rows["counted"], rows["place_in"]), (graded, rows["place_out"])]
        if "place_out" in rows.columns
        else [(graded, rows["place_in"])]
    )
    settled = rows.mutate(rank=pick([(rows["counted"], rows["own"])], _INT64), place=pick(inside, _INT8))
    alone = [
        group
        for group, grades in plan.graded.items()
        if isinstance(grades, RankShare) and grades.small_group.below in ("ungraded", "merge")
    ]
    if not alone:
        return settled
    dropped = graded & settled["small"].fill_null(False) & settled["pool"].isin(alone)
    return settled.mutate(
        standing=pick([(dropped, code(UNGRADED))], settled["standing"]),
        standing_id=pick([(dropped, ibis.literal("small_group"))], settled["standing_id"]),
    )
