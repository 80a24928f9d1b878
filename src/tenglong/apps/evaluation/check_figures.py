"""What looks wrong about figures: outliers inside an industry, jumps against last year, wrong units. Pure.

Sizes of firms are spread over powers of ten, so all comparing is done on logarithms.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

#: makes the median deviation of a normal spread its standard deviation
NORMAL: Final = 1.4826
#: slips that a wide industry explains as well are only told against the firm's own last year
SURE_WITHOUT_LAST_YEAR: Final = 1_000.0


@dataclass(frozen=True)
class Limits:
    """From the cycle's terms."""

    z: float
    least: int
    jump: float
    factors: tuple[float, ...]
    tolerance: float
    #: a slip of this factor, or one while so many other measures stayed, has to be answered; None: only told
    stop: float | None = None
    alone: int | None = None

    @classmethod
    def of(cls, checks: Mapping[str, Any]) -> Limits:
        factors = tuple(sorted((float(value) for value in checks["slip_factors"]["value"]), reverse=True))
        return cls(float(checks["outlier_z"]["value"]), int(float(checks["outlier_least"]["value"])),
                   float(checks["jump"]["value"]), factors, float(checks["slip_tolerance"]["value"]),
                   *_must(checks))


def _must(checks: Mapping[str, Any]) -> tuple[float | None, int | None]:
    """Cycles opened before these terms were stated tell slips without stopping a firm."""
    stop, alone = checks.get("slip_stop"), checks.get("slip_alone")
    return (float(stop["value"]) if stop else None), (int(float(alone["value"])) if alone else None)


@dataclass(frozen=True)
class Odd:
    """`rule`: unit-slip, jump, outlier. `expected` is what it was compared with; `ratio` = value ÷ expected."""

    firm: int
    rule: str
    value: int
    expected: int
    ratio: float
    against: str  # last_year industry


def odd(
    values: Mapping[int, int], last: Mapping[int, int], industry: Mapping[int, str], limits: Limits
) -> Iterator[Odd]:
    """One measure: firm → value × 10⁶ this year and last; at most one finding per firm, the surest first."""
    middles = _middles(values, industry, limits.least)
    for firm, value in sorted(values.items()):
        if value <= 0:
            continue
        before, middle = last.get(firm, 0), middles.get(industry.get(firm, "")[:2])
        found = _own(firm, value, before, limits) if before > 0 else None
        if found is None and middle is not None:
            found = _among(firm, value, before > 0, middle, limits)
        if found is not None:
            yield found


def _own(firm: int, value: int, before: int, limits: Limits) -> Odd | None:
    ratio = value / before
    if slip(ratio, limits):
        return Odd(firm, "unit-slip", value, before, ratio, "last_year")
    if ratio > limits.jump or ratio < 1 / limits.jump:
        return Odd(firm, "jump", value, before, ratio, "last_year")
    return None


def _among(firm: int, value: int, has_last: bool, middle: tuple[float, float], limits: Limits) -> Odd | None:
    centre, spread = middle
    expected = round(10**centre)
    ratio = value / 10**centre
    factor = slip(ratio, limits)
    if not has_last and factor and factor >= SURE_WITHOUT_LAST_YEAR:
        return Odd(firm, "unit-slip", value, expected, ratio, "industry")
    if spread and abs(math.log10(value) - centre) / spread > limits.z:
        return Odd(firm, "outlier", value, expected, ratio, "industry")
    return None


def stayed(values: Mapping[int, int], last: Mapping[int, int], limits: Limits) -> set[int]:
    """Firms whose figure is of the size of last year's."""
    return {firm for firm, value in values.items()
            if value > 0 and last.get(firm, 0) > 0 and 1 / limits.jump <= value / last[firm] <= limits.jump}


def stops(found: Odd, steady: int, moved: int, limits: Limits) -> bool:
    """A slip that business does not explain: of thousands, or of one measure (`moved` counts it) while `steady` stayed."""
    if found.rule != "unit-slip":
        return False
    size = max(found.ratio, 1 / found.ratio) * limits.tolerance
    if limits.stop is not None and size > limits.stop:
        return True
    return limits.alone is not None and found.against == "last_year" and moved == 1 and steady >= limits.alone


def slip(ratio: float, limits: Limits) -> float | None:
    """The factor that the ratio (or its inverse) comes near to."""
    size = max(ratio, 1 / ratio)
    for factor in limits.factors:
        if 1 / limits.tolerance < size / factor < limits.tolerance:
            return factor
    return None


def _middles(values: Mapping[int, int], industry: Mapping[int, str], least: int) -> dict[str, tuple[float, float]]:
    """Industry division → median and robust spread of the logarithms, where enough firms give a figure."""
    logs: dict[str, list[float]] = defaultdict(list)
    for firm, value in values.items():
        if value > 0 and industry.get(firm):
            logs[industry[firm][:2]].append(math.log10(value))
    found = {}
    for code, sizes in logs.items():
        if len(sizes) >= least:
            centre = median(sizes)
            found[code] = (centre, NORMAL * median(abs(size - centre) for size in sizes))
    return found
