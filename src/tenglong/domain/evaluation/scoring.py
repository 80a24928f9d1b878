"""Points of a whole group at once, in doubles, from values and benchmarks: the frozen field in which a change is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.evaluation.scheme import Benchmark, Indicator, MaxBase, MinMax, Points, Ratio, Reverse
from tenglong.domain.evaluation.trace_terms import CAPPED, COMPUTED, FLOORED

Doubles = NDArray[np.float64]
Codes = NDArray[np.int8]
#: what doubles cannot tell apart counts as equal when a total is rounded (docs/developer/evaluation.md)
TINY: Final = 1e-7


@dataclass(frozen=True)
class Values:
    """Of every member: value in the declared unit, numerator and denominator of Σ ÷ Σ (None: no quotient); NaN is missing.

    `scale`: numerator ÷ denominator × scale = value. `prefix`: industry prefix of a benchmark taken per industry."""

    value: Doubles
    top: Doubles | None
    bottom: Doubles | None
    scale: float
    prefix: NDArray[Any] | None = None


def benchmark(rule: Benchmark, values: Values) -> Doubles:
    """The benchmark of every member, worked from its group or its industry inside it; NaN where there is none."""
    if rule.per == "group" or values.prefix is None:
        return np.full(len(values.value), _one(rule, values, ~np.isnan(values.value)))
    found = np.full(len(values.value), np.nan)
    for prefix in set(values.prefix.tolist()) - {""}:
        inside = values.prefix == prefix
        found[inside] = _one(rule, values, inside & ~np.isnan(values.value))
    return found


def _one(rule: Benchmark, values: Values, held: NDArray[np.bool_]) -> float:
    known = values.value[held]
    if not len(known):
        return float("nan")
    if rule.kind in ("max", "min"):
        return float(known.max() if rule.kind == "max" else known.min())
    if rule.kind == "percentile":
        place = (len(known) * Fraction(rule.percentile or 100) / 100).__ceil__()
        return float(np.sort(known)[place - 1])
    return _mean(rule, values, held) * float(rule.factor or 1)


def _mean(rule: Benchmark, values: Values, held: NDArray[np.bool_]) -> float:
    if rule.mean == "of_ratios" or values.top is None or values.bottom is None:
        return float(values.value[held].mean())
    bottom = float(values.bottom[held].sum())
    return float(values.top[held].sum()) / bottom * values.scale if bottom else float("nan")


def points(indicator: Indicator, value: Doubles, base: Doubles, low: Doubles) -> tuple[Doubles, Codes]:
    """Points (NaN: none can be formed) and COMPUTED, CAPPED or FLOORED, before the missing rule."""
    score, weight = indicator.score, float(indicator.weight or 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(score, Ratio):
            limits = [float(limit * (indicator.weight or 0)) if isinstance(limit, Decimal) else None
                      for limit in (score.floor, score.cap)]
            return _limited(value * weight / _zero_out(base), *limits)
        if isinstance(score, MinMax):
            return _min_max(score, value, base, low, weight)
        if isinstance(score, Reverse):
            return _limited((2.0 - value / _zero_out(base)) * weight / 2.0, 0.0, None)
        if isinstance(score, MaxBase):
            return _limited(value * weight / _zero_out(base), 0.0, None)
    return value, np.zeros(len(value), dtype=np.int8)


def _zero_out(base: Doubles) -> Doubles:
    return np.where(base == 0, np.nan, base)


def _limited(raw: Doubles, least: float | Doubles | None, most: float | Doubles | None) -> tuple[Doubles, Codes]:
    found, codes = raw, np.full(len(raw), COMPUTED, dtype=np.int8)
    if least is not None:
        below = raw < least
        found, codes = np.where(below, least, found), np.where(below, FLOORED, codes)
    if most is not None:
        above = raw > most
        found, codes = np.where(above, most, found), np.where(above, CAPPED, codes)
    return found, codes.astype(np.int8)


def _min_max(score: MinMax, value: Doubles, high: Doubles, low: Doubles, weight: float) -> tuple[Doubles, Codes]:
    inside, codes = _limited(value, low, high)
    part = (inside - low) / _zero_out(high - low)
    start, width = float(score.from_percent), float(score.to_percent - score.from_percent)
    flat = np.where(np.isnan(inside), np.nan, float("nan") if score.flat is None else float(score.flat) * weight / 100.0)
    return np.where(high == low, flat, (start + width * part) * weight / 100.0), codes


def missing(indicator: Indicator, found: Doubles) -> Doubles:
    """Points with the missing rule applied; NaN stays where the item is left out or the enterprise refused."""
    absent, rule, weight = np.isnan(found), indicator.missing, float(indicator.weight or 0)
    if isinstance(rule, Points):
        return np.where(absent, float(rule.points), found)
    if rule == "group_mean":
        known = found[~absent]
        return np.where(absent, known.mean() if len(known) else np.nan, found)
    return np.where(absent, {"zero": 0.0, "full": weight}.get(str(rule), np.nan), found)


@dataclass(frozen=True)
class Share:
    """Points of one item: those left out (their weight goes to the others in proportion) and those that do not grow."""

    points: Doubles
    weight: float
    left_out: NDArray[np.bool_]
    steady: NDArray[np.bool_]


def totals(parts: Sequence[Share]) -> Doubles:
    """Sum of the items of everyone; NaN when an item has no points or all are left out."""
    full = sum(part.weight for part in parts)
    kept = np.asarray(sum(np.where(part.left_out, 0.0, part.weight) for part in parts), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = full / _zero_out(kept) if full else np.ones(len(kept))
    whole = np.zeros(len(kept))
    for part in parts:
        found = np.where(part.steady, part.points, part.points * scale)
        whole = whole + np.where(part.left_out, 0.0, found)
    return np.where(np.logical_and.reduce([part.left_out for part in parts]), np.nan, whole)


def rounded(raw: Doubles, decimals: int, cap: Decimal | str | None) -> NDArray[np.float64]:
    """Rounded totals × 10^decimals, whole numbers as doubles; NaN where there is none."""
    held = np.minimum(raw, float(cap)) if isinstance(cap, Decimal) else raw
    return np.floor(held * 10.0**decimals + 0.5 + TINY)
