"""Order statistics in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

#: how quartiles are drawn, told beside every table
METHOD: Final = "分位数按线性内插（Hyndman–Fan 第 7 型），精确到分数后再四舍六入"


def quantile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    """Type 7 of Hyndman and Fan over values in rising order. Raises ValueError without values."""
    if not ordered:
        raise ValueError("没有数")
    place = share * (len(ordered) - 1)
    low = place.numerator // place.denominator
    if low + 1 == len(ordered):
        return ordered[low]
    return ordered[low] + (ordered[low + 1] - ordered[low]) * (place - low)


def median(ordered: Sequence[Fraction]) -> Fraction:
    return quantile(ordered, Fraction(1, 2))
