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

    @classmethod
    def of(cls, checks: Mapping[str, Any]) -> Limits:
        factors = tuple(sorted((float(value) for value in checks["slip_factors"]["value"]), reverse=True))
        return cls(float(checks["outlier_z"]["value"]), int(float(checks["outlier_least"]["value"])),
                   float(checks["jump"]["value"]), factors, float(checks["slip_tolerance"]["value"]))


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
