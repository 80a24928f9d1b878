"""From a value to points: which way the points of an indicator move when its value does, by score family and benchmark.

The own row counts in the mean, the extremes and the percentiles of its group; that is part of every rule here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from tenglong.domain.evaluation.expression import Binary, Expr
from tenglong.domain.evaluation.scheme import Benchmark, Indicator, MaxBase, MinMax, Ratio, Reverse, Value
from tenglong.domain.evaluation.slope import FLAT, Slope, greatest, least, lost, minus, number, over, plus, slope, times

_ABOVE = "基准值大于 0"


@dataclass(frozen=True)
class Given:
    """Value of an indicator in its declared unit, and where it is a quotient its two parts."""

    value: Slope
    top: Slope = FLAT
    bottom: Slope = FLAT

    @classmethod
    def of(cls, expr: Expr, names: Mapping[str, Slope], labels: Mapping[str, str], factor: Fraction) -> Given:
        value = times(slope(expr, names, labels), number(factor))
        if not (isinstance(expr, Binary) and expr.op == "/"):
            return cls(value)
        return cls(value, slope(expr.left, names, labels), slope(expr.right, names, labels))


def points(rule: Indicator, given: Given, wide: Given) -> Slope:
    """Points of a known value. `given` in one case of signs, `wide` what holds of every enterprise of the group."""
    score, x = rule.score, given.value
    if score is None or not x.moves:
        return FLAT
    if x.way == "unknown" or isinstance(score, Value):
        return x
    if not rule.weight:
        return FLAT
    if isinstance(score, MinMax):
        return _min_max(score, x, wide, Fraction(rule.weight or 0))
    return _ratio(score, x, wide, Fraction(rule.weight or 0))


def _ratio(score: Ratio | Reverse | MaxBase, x: Slope, wide: Given, weight: Fraction) -> Slope:
    if isinstance(score, MaxBase):
        return greatest(_weighed(_part(x, Benchmark(kind="max"), wide), weight), number(Fraction(0)))
    if score.benchmark is None:
        return FLAT
    part = _part(x, score.benchmark, wide)
    if isinstance(score, Reverse):
        return greatest(_weighed(plus(number(Fraction(2)), minus(part)), weight / 2), number(Fraction(0)))
    found = _weighed(part, weight)
    cap, floor = (None if limit is None or isinstance(limit, str) else Fraction(limit) for limit in (score.cap, score.floor))
    if cap is not None and floor is not None and floor > cap:
        return lost("保底高于封顶")
    found = found if floor is None else greatest(found, number(floor * weight))
    return found if cap is None else least(found, number(cap * weight))


def _weighed(part: Slope, weight: Fraction) -> Slope:
    return part if part.way == "unknown" else times(part, number(weight))


def _part(x: Slope, benchmark: Benchmark, wide: Given) -> Slope:
    """x ÷ benchmark."""
    if benchmark.kind == "by_industry":
        values = [Fraction(value) for value in benchmark.table.values()]
        return over(x, Slope(min(values), max(values)), "指标值 ÷ 分行业基准值")
    if benchmark.value is not None:
        return over(x, number(Fraction(benchmark.value))) if benchmark.value else FLAT
    if benchmark.kind == "group":
        return _of_mean(x, benchmark, wide)
    if wide.value.positive:
        return _like(x)
    return replace(_like(x), premises=x.premises | {("上年" if benchmark.kind == "last_year" else "本组") + _ABOVE})


def _of_mean(x: Slope, benchmark: Benchmark, wide: Given) -> Slope:
    """x ÷ (x + the others) rises only while what the others add up to is not below 0."""
    parts = (wide.value,) if benchmark.mean == "of_ratios" else (wide.top, wide.bottom)
    if all(part.positive for part in parts):
        return _like(x)
    return lost("基准值取本组平均，本企业也计入；其他企业的这项合计可能为负，这时数值升高得分反而下降")


def _like(x: Slope) -> Slope:
    """Divided by what is above 0."""
    return Slope(Fraction(0) if x.positive else None, Fraction(0) if x.negative else None, x.way, x.why, x.premises)


def _min_max(score: MinMax, x: Slope, wide: Given, weight: Fraction) -> Slope:
    if not _apart(score, wide.value):
        return lost("不能确定上限不低于下限")
    start, end = Fraction(score.from_percent), Fraction(score.to_percent)
    flat = None if score.flat is None else Fraction(score.flat)
    if flat is not None and not min(start, end) <= flat <= max(start, end):
        return lost("上下限相等时的得分不在最低分与最高分之间")
    held = Slope(min(start, end) * weight / 100, max(start, end) * weight / 100, x.way, "", x.premises)
    if start == end:
        return FLAT
    return held if end > start else replace(held, way=minus(x).way)


def _apart(score: MinMax, wide: Slope) -> bool:
    """Whether the upper end can never lie below the lower one, and the own row moves neither past the other."""
    low, high = score.low, score.high
    if low is None or high is None:
        return True
    fixed = [one.value if one.kind in ("fixed", "last_year") else None for one in (low, high)]
    if fixed[0] is not None and fixed[1] is not None:
        return fixed[0] <= fixed[1]
    places = [_place(one) for one in (low, high)]
    if places[0] is not None and places[1] is not None:
        same = low.per == high.per and (low.per == "group" or low.digits == high.digits)
        return same and places[0] <= places[1]
    if fixed[0] is not None and places[1] is not None:
        return wide.low is not None and fixed[0] <= wide.low
    return fixed[1] is not None and places[0] is not None and wide.high is not None and fixed[1] >= wide.high


def _place(one: Benchmark) -> Fraction | None:
    """Share of the ordered values at which an order statistic stands."""
    if one.kind == "percentile" and one.percentile is not None:
        return Fraction(one.percentile)
    return {"min": Fraction(0), "max": Fraction(100)}.get(one.kind)
