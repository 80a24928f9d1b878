"""Score families (评分函数族): value and benchmarks → points.

A new one is an entry here and a model in `domain.evaluation.scheme`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import ibis

from tenglong.domain.evaluation.scheme import Benchmark, MaxBase, MinMax, Ratio, Reverse, Value
from tenglong.engine.exact import NUMBER, Column, double, pick

COMPUTED, CAPPED, FLOORED = 0, 1, 2


@dataclass(frozen=True)
class Item:
    """One indicator of one group: value and benchmarks are doubles in the indicator's unit, null = not there."""

    value: Column
    base: Column
    low: Column
    weight: Decimal | None

    @property
    def full(self) -> Column:
        return double(self.weight or 0)


@dataclass(frozen=True)
class Scored:
    """Points (null when value or benchmark is missing or no quotient can be formed), and COMPUTED, CAPPED or FLOORED."""

    points: Column
    limited: Column


@dataclass(frozen=True)
class Family:
    """`benchmarks`: role (`base`, the upper one, or `low`) → where it comes from."""

    points: Callable[[Any, Item], Scored]
    benchmarks: Callable[[Any], Mapping[str, Benchmark]]
    weighted: bool = True


def _limited(raw: Column, least: Column | None, most: Column | None) -> Scored:
    """`raw` held between the two, and which of them held it."""
    held = [(raw > most, most, CAPPED)] if most is not None else []
    held += [(raw < least, least, FLOORED)] if least is not None else []
    flags = [(met, ibis.literal(flag, "int8")) for met, _, flag in held]
    return Scored(pick([(met, value) for met, value, _ in held], raw), pick(flags, ibis.literal(COMPUTED, "int8")))


def ratio(score: Ratio, item: Item) -> Scored:
    """F1, F2: w · x ÷ base between floor · w and cap · w."""
    weight = item.weight or Decimal(0)
    raw = item.value * item.full / item.base.nullif(double(0))
    bounds = [double(weight * limit) if isinstance(limit, Decimal) else None for limit in (score.floor, score.cap)]
    return _limited(raw, *bounds)


def min_max(score: MinMax, item: Item) -> Scored:
    """F3: w · [from + (to − from)(x − low) ÷ (high − low)] ÷ 100, x outside as the nearer end; `flat` when they are equal."""
    start, width = double(score.from_percent), double(score.to_percent - score.from_percent)
    inside = _limited(item.value, item.low, item.base)
    part = (inside.points - item.low) / (item.base - item.low).nullif(double(0))
    points = (start + width * part) * item.full / double(100)
    flat = NUMBER if score.flat is None else double(score.flat) * item.full / double(100)
    alike = item.base == item.low
    known = item.value.notnull() & item.low.notnull() & item.base.notnull()
    limited = pick([(alike, ibis.literal(COMPUTED, "int8"))], inside.limited)
    return Scored(pick([(known & alike, flat), (known, points)], NUMBER), limited)


def value(score: Value, item: Item) -> Scored:
    """F4: the value itself."""
    return Scored(item.value, ibis.literal(COMPUTED, "int8"))


def reverse(score: Reverse, item: Item) -> Scored:
    """F6: (2 − x ÷ base) · w ÷ 2, zero from x = 2 · base on."""
    raw = (double(2) - item.value / item.base.nullif(double(0))) * item.full / double(2)
    return _limited(raw, double(0), None)


def max_base(score: MaxBase, item: Item) -> Scored:
    """F7: w · x ÷ greatest x of the group, below 0 as 0."""
    return _limited(item.value * item.full / item.base.nullif(double(0)), double(0), None)


def _one(score: Ratio | Reverse) -> Mapping[str, Benchmark]:
    return {} if score.benchmark is None else {"base": score.benchmark}


def _two(score: MinMax) -> Mapping[str, Benchmark]:
    return {role: found for role, found in (("base", score.high), ("low", score.low)) if found is not None}


FAMILIES: Final[dict[str, Family]] = {
    "ratio": Family(ratio, _one),
    "min_max": Family(min_max, _two),
    "value": Family(value, lambda score: {}, weighted=False),
    "reverse": Family(reverse, _one),
    "max_base": Family(max_base, lambda score: {"base": Benchmark(kind="max")}),
}
