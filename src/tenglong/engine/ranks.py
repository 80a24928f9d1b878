"""Ranks and cuts, worked on the counts of equal totals: a few thousand rows, however many enterprises there are."""

from __future__ import annotations


from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import ibis

from tenglong.domain.evaluation.grading import Grades, RankShare, ScoreCut, TwoStage
from tenglong.engine.exact import Column, Table, double, int64, pick, share, whole
from tenglong.engine.plan import GRADED, UNGRADED, EngineError, Plan, code

_INT8: Final = ibis.null("int8")
_INT64: Final = ibis.null("int64")
_LOWEST: Final = -(10**17)


def ranked(plan: Plan, rows: Table) -> Table:
    """Adds `counted`, `pool` (group in whose cuts the row stands), `rank`, `n`, `place` (index of `rank_grade` in the pool's
    order, null without), and settles small groups. Rows outside every pool keep nulls."""
    if not plan.graded:
        empty = {"rank": _INT64, "n": _INT64, "place": _INT8, "pool": _INT8, "counted": ibis.literal(False)}
        return rows.mutate(**empty)
    marked = _marked(plan, rows)
    first = _pooled(plan, _histogram(marked, ["grp", "total", "tie"]))
    first = first.mutate(**_places(plan, first))
    joined = _joined(marked, first, ["grp", "total", "tie"], ["pool", "n", "small", "up", "down", "place_in", "place_out"])
    joined = _two_stages(plan, joined)
    return _settled(plan, joined)


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
    return rows.mutate(counted=met.fill_null(False), tie=pick(ties, whole(0)).cast("int64"))


def _tie_rule(plan: Plan, group: int) -> str:
    """Indicator that orders equal totals of the group, by its own rule or that of a group it may be joined to; empty for none."""
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
    for kind, wanted in (("vetoes", counts.vetoed), ("protections", counts.protected)):
        if not wanted:
            for name, entry in plan.scheme.held(kind).items():
                concerned = plan.concerns(rows, entry.groups)
                holds = plan.flag(rows, f"{kind}.{name}.when", entry.when).fill_null(False)
                graded = graded & ~(holds if concerned is None else concerned & holds)
    return graded | (rows["standing"] == code(UNGRADED)) if counts.ungraded else graded


# ---- counts of equal keys

def _histogram(rows: Table, keys: list[str]) -> Table:
    """Rows that hold a total by key: `c` of them count."""
    held = rows.filter(rows["total"].notnull() & rows["grp"].notnull())
    return held.group_by(*keys).aggregate(c=int64(held["counted"].cast("int64").sum()))


def _pooled(plan: Plan, counts: Table) -> Table:
    """Adds `pool` and `small` (the pool stays below its least number), and sums over equal totals of joined groups."""
    sizes = counts.aggregate(**{f"n_{group}": int64(counts["c"].sum(where=counts["grp"] == group)).fill_null(0) for group in plan.graded})
    both = counts.cross_join(sizes)
    joins = _Joins(plan, {group: both[f"n_{group}"] for group in plan.graded})
    pool = pick([(both["grp"] == group, joins.pool(group)) for group in plan.graded], _INT8)
    held = both.mutate(pool=pool.cast("int8"))
    held = held.mutate(small=pick([(held["pool"] == group, joins.is_small(group)) for group in plan.graded], ibis.literal(False)))
    ordered = [group for group, grades in plan.graded.items() if isinstance(grades, RankShare) and grades.ties == "by"]
    held = held.mutate(order=pick([(held["pool"].isin(ordered), held["tie"])], whole(0)) if ordered else whole(0))
    by = {"group_by": [held["pool"], held["total"], held["order"]]}
    return held.select("grp", "pool", "total", "tie", "order", "small", "c", together=int64(held["c"].sum().over(**by)),
                       first=ibis.row_number().over(**by, order_by=held["grp"]))


class _Joins:
    """Which group is cut together with which, as the numbers of the year have it. Circles are refused when the scheme is read."""

    def __init__(self, plan: Plan, sizes: dict[int, Column]) -> None:
        self.sizes = sizes
        self.grades = plan.graded
        self.codes = {name: number for number, name, _ in plan.groups}

    def target(self, group: int) -> int | None:
        grades = self.grades.get(group)
        if isinstance(grades, RankShare) and grades.small_group.below == "merge":
            found = self.codes[grades.small_group.merge_with]
            return found if found in self.grades else None
        return None

    def size(self, group: int) -> Column:
        """Ranked members with those that join."""
        total = self.sizes[group]
        for other in self.grades:
            if self.target(other) == group:
                total = total + pick([(self.is_small(other), self.size(other))], whole(0))
        return total

    def is_small(self, group: int) -> Column:
        grades = self.grades[group]
        if not isinstance(grades, RankShare):
            return ibis.literal(False)
        return self.size(group) < whole(grades.small_group.min)

    def pool(self, group: int) -> Column:
        target = self.target(group)
        return code(group) if target is None else pick([(self.is_small(group), self.pool(target))], code(group))


def _places(plan: Plan, counts: Table) -> dict[str, Column]:
    """`up` and `down`: best and worst place of a counted row; `place_in`, `place_out`: grade index of a row that counts, or does not."""
    order = [counts["total"].desc(), counts["order"].desc(), counts["grp"].asc()]
    alone = pick([(counts["first"] == 0, counts["together"])], whole(0))
    # every key's own number stands once, on its first row: the running sum at that row is all that are at least as good
    run = int64(alone.sum().over(ibis.window(group_by=counts["pool"], order_by=order, preceding=None, following=0)))
    n = int64(counts["c"].sum().over(group_by=counts["pool"]))
    up, down = run - counts["together"] + whole(1), run
    return {"n": n, "up": up, "down": down, "place_in": _place(plan, counts, n, up, down), "place_out": _place(plan, counts, n, up, down + whole(1))}


def _place(plan: Plan, counts: Table, n: Column, up: Column, down: Column) -> Column:
    found = []
    for group, grades in plan.graded.items():
        here = counts["pool"] == group
        rank = down if lowest_place(grades) else up
        if isinstance(grades, ScoreCut):
            found.append((here, by_score(plan, counts["total"], grades.cuts)))
        elif isinstance(grades, RankShare):
            found += [(here & counts["small"], below) for below in _small(plan, counts, grades)]
            found.append((here, by_rank(grades, rank, n)))
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


def by_rank(grades: RankShare, rank: Column, n: Column) -> Column:
    """Index of the grade of `rank` among `n`: a grade reaches down to rank K."""
    found = []
    for index, percent in enumerate(grades.cuts.values()):
        found.append((rank <= last_rank(grades, percent, n), code(index)))
    return pick(found, code(len(grades.order) - 1))


def last_rank(grades: RankShare, percent: Decimal, n: Column) -> Column:
    """K of a cumulative share, in whole numbers."""
    if grades.counted_from == "top":
        return share(n, percent, grades.rounding)
    return n - share(n, 100 - percent, grades.rounding)


def by_score(plan: Plan, total: Column, cuts: dict[str, Decimal]) -> Column:
    """Index of the grade of a rounded total; the least total belongs to the grade."""
    decimals = plan.scheme.total.decimals if plan.scheme.total else 0
    bounds = [-((-Fraction(cut) * 10**decimals).__floor__()) for cut in cuts.values()]
    return pick([(total >= whole(bound), code(index)) for index, bound in enumerate(bounds)], code(len(cuts)))


# ---- two stages

def _two_stages(plan: Plan, rows: Table) -> Table:
    """F5: halves by total, each ordered again by its own points."""
    staged = {group: grades for group, grades in plan.graded.items() if isinstance(grades, TwoStage)}
    if not staged:
        return rows
    half = pick([(rows["grp"] == group, _in_top(rows, grades)) for group, grades in staged.items()], ibis.null("boolean"))
    rows = rows.mutate(in_top=half)
    rows = rows.mutate(again=pick([(rows["grp"] == group, _again(plan, rows, group, grades)) for group, grades in staged.items()], _INT64))
    keys = ["grp", "in_top", "again"]
    held = _histogram(rows.filter(rows["grp"].isin(list(staged))), keys)
    by = [held["grp"], held["in_top"]]
    run = int64(held["c"].sum().over(ibis.window(group_by=by, order_by=held["again"].desc(), preceding=None, following=0)))
    size = int64(held["c"].sum().over(group_by=by))
    held = held.mutate(up2=run - held["c"] + whole(1), down2=run, size2=size)
    joined = _joined(rows, held, keys, ["up2", "down2", "size2"])
    places = [(joined["grp"] == group, _stage_place(joined, grades)) for group, grades in staged.items()]
    return joined.mutate(place_in=pick(places, joined["place_in"]), place_out=pick(places, joined["place_out"]))


def _in_top(rows: Table, grades: TwoStage) -> Column:
    place = _own(rows, grades, rows["up"], rows["down"])
    return place <= share(rows["n"], grades.half, grades.half_rounding)


def _own(rows: Table, grades: TwoStage, up: Column, down: Column) -> Column:
    """Place of a row, as if alone where it does not count."""
    return pick([(rows["counted"], down)], down + whole(1)) if lowest_place(grades) else up


def _again(plan: Plan, rows: Table, group: int, grades: TwoStage) -> Column:
    name = plan.groups[group][1]
    top, bottom = (
        _steps(plan.number(rows, f"groups.{name}.grades.{stage}.by", getattr(grades, stage).by).plain()) for stage in ("top", "bottom")
    )
    return pick([(rows["in_top"], top)], bottom)


def _stage_place(rows: Table, grades: TwoStage) -> Column:
    """The first `top.share` of all n of the better half, the last `bottom.share` of all n of the other."""
    place = _own(rows, grades, rows["up2"], rows["down2"])
    best, worst = share(rows["n"], grades.top.share, grades.top.rounding), share(rows["n"], grades.bottom.share, grades.bottom.rounding)
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
    rank = pick([((rows["pool"] == group) & ibis.literal(lowest_place(grades)), rows["down"]) for group, grades in plan.graded.items()], rows["up"])
    graded = rows["standing"] == code(GRADED)
    place = pick([(graded & rows["counted"], rows["place_in"]), (graded, rows["place_out"])], _INT8)
    settled = rows.mutate(rank=pick([(rows["counted"], rank)], _INT64), place=place)
    alone = [group for group, grades in plan.graded.items() if isinstance(grades, RankShare) and grades.small_group.below in ("ungraded", "merge")]
    if not alone:
        return settled
    dropped = graded & settled["small"].fill_null(False) & settled["pool"].isin(alone)
    return settled.mutate(
        standing=pick([(dropped, code(UNGRADED))], settled["standing"]),
        standing_id=pick([(dropped, ibis.literal("small_group"))], settled["standing_id"]),
    )


