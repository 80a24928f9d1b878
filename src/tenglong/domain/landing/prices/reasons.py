"""Why a deal gives no price, and why a price should be looked at before it is compared.

Left out are only deals without a market price. Prices that stand far off stay in the count and in the median, which they
hardly move; each is listed with its reasons, and the median without them is printed beside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tenglong.domain.landing.prices.deals import Limits, PriceRow
from tenglong.domain.landing.prices.exact import median, quantile
from tenglong.domain.units import AREA_UNITS, area_text

LEFT_OUT: Final[Mapping[str, str]] = {
    "no-area": "没有面积或面积为 0", "no-price": "没有价款", "price-zero": "价款为 0，不是市场价",
    "allocation": "划拨，没有出让价款", "lease": "租赁，公布的是租金", "duplicate": "与前面一行是同一宗成交",
}
FLAGS: Final[Mapping[str, str]] = {
    "tiny-area": "面积很小", "short-term": "年限短", "unit-suspect": "疑似单位有误", "far-above": "远高于同组",
    "far-below": "远低于同组",
}
#: sentences of flags; a page says them in the language of its reader
TEXTS: Final[Mapping[str, str]] = {
    "tiny-area": "面积只有 %(area)s 亩（不足 %(least)s 亩），多为边角地、塔基或按层分摊的厂房用地",
    "short-term": "年限 %(years)s 年（不足 %(least)s 年），单价没有按年限修正",
    "yuan": "如果价款其实是元而不是万元，单价是 %(price)s 万元/亩，正在同组的中间一半里；请核对原公告的单位",
    "yi": "如果价款其实是亿元而不是万元，或面积其实是平方米而不是公顷，"
          "单价是 %(price)s 万元/亩，正在同组的中间一半里；请核对原公告的单位",
    "mu": "如果面积其实是亩而不是公顷，单价是 %(price)s 万元/亩，正在同组的中间一半里；请核对原公告的单位",
    "ha": "如果面积其实是公顷而不是亩，单价是 %(price)s 万元/亩，正在同组的中间一半里；请核对原公告的单位",
    "far-above": "单价 %(price)s 万元/亩是中位数的 %(times)s 倍，"
                 "远高于“%(group)s”%(n)s 宗的中位数 %(middle)s 万元/亩（稳健 z＝%(z)s）",
    "far-below": "单价 %(price)s 万元/亩是中位数的 1/%(times)s，"
                 "远低于“%(group)s”%(n)s 宗的中位数 %(middle)s 万元/亩（稳健 z＝%(z)s）",
}
#: what a wrong unit multiplies the price per mu by, and the sentence of it
_UNITS: Final = ((Fraction(10_000), "yuan"), (Fraction(1, 10_000), "yi"), (Fraction(1, 15), "mu"), (Fraction(15), "ha"))
#: 0.6745 is the third quartile of the standard normal; 1.2533 is √(π/2), for the mean deviation (Iglewicz and Hoaglin 1993)
_MAD_SCALE: Final = 0.6745
_MEAN_SCALE: Final = 1.253314


@dataclass(frozen=True)
class Flag:
    """One reason to look: a sentence of TEXTS and its figures."""

    id: str
    text: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def says(self) -> str:
        return self.text % dict(self.values)


@dataclass(frozen=True)
class Judged:
    """A deal with its price per mu (分, exact), or with the reason why it has none, and what stands out."""

    deal: PriceRow
    per_mu: Fraction | None
    left_out: str = ""
    flags: tuple[Flag, ...] = ()
    z: float | None = None

    @property
    def flagged(self) -> bool:
        return bool(self.flags)


@dataclass(frozen=True)
class Baseline:
    """Prices with which one is compared: the group itself, or a wider one that has enough."""

    label: str
    ordered: tuple[Fraction, ...]
    middle: Fraction
    low: Fraction
    high: Fraction
    centre: float
    spread: float
    scale: float

    def z(self, price: Fraction) -> float | None:
        """Modified z-score of the logarithm; None when all prices are the same."""
        return self.scale * (math.log(price) - self.centre) / self.spread if self.spread else None

    def times(self, price: Fraction) -> Fraction:
        """How many times the median, or the median how many times the price: never below 1."""
        return max(price / self.middle, self.middle / price)


def left_out(rows: Sequence[PriceRow]) -> list[str]:
    """Reason of each deal that has no market price, "" where it has one."""
    seen: set[tuple[object, ...]] = set()
    return [_no_price(row) or _again(row, seen) for row in rows]


def _no_price(row: PriceRow) -> str:
    if row.method in ("allocation", "lease"):
        return row.method
    if not row.area_cm2:
        return "no-area"
    if row.price_fen is None:
        return "no-price"
    return "" if row.price_fen else "price-zero"


def _again(row: PriceRow, seen: set[tuple[object, ...]]) -> str:
    key: tuple[object, ...] = (row.number,) if row.number else (
        row.signed_on, row.location, row.holder, row.area_cm2, row.price_fen)
    told = bool(row.number or (row.location and row.holder))
    if told and key in seen:
        return "duplicate"
    seen.add(key)
    return ""


def baseline(label: str, prices: Sequence[Fraction]) -> Baseline:
    """Centre and spread of logarithms: prices of land lie about evenly on a log scale. Raises ValueError without prices."""
    ordered = tuple(sorted(prices))
    logs = sorted(math.log(price) for price in ordered)
    centre = _middle(logs)
    away = sorted(abs(one - centre) for one in logs)
    spread, scale = _middle(away), _MAD_SCALE
    if spread < 1e-12:
        spread, scale = math.fsum(away) / len(away), 1 / _MEAN_SCALE
    return Baseline(
        label, ordered, median(ordered), quantile(ordered, Fraction(1, 4)), quantile(ordered, Fraction(3, 4)), centre,
        spread if spread > 1e-12 else 0.0, scale)


def _middle(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def flags_of(row: PriceRow, price: Fraction, among: Baseline | None, limits: Limits) -> tuple[float | None, tuple[Flag, ...]]:
    """z-score and every reason to look at this price."""
    found = doubts(row, limits)
    z = among.z(price) if among else None
    if among is not None and z is not None and abs(z) > limits.far_z and among.times(price) >= Fraction(limits.far_times):
        found += [*_unit(price, among), _far(price, z, among)]
    return z, tuple(found)


def doubts(row: PriceRow, limits: Limits) -> list[Flag]:
    """Reasons that lie in the deal itself: such a price is no company for others."""
    return [*_size(row, limits), *_term(row, limits)]


def _size(row: PriceRow, limits: Limits) -> list[Flag]:
    if row.area_cm2 is None or row.area_cm2 >= Fraction(limits.tiny_mu) * AREA_UNITS["mu"]:
        return []
    return [_flag("tiny-area", area=area_text(row.area_cm2), least=f"{limits.tiny_mu:g}")]


def _term(row: PriceRow, limits: Limits) -> list[Flag]:
    if row.years is None or row.years >= limits.short_years:
        return []
    return [_flag("short-term", years=str(row.years), least=str(limits.short_years))]


def _unit(price: Fraction, among: Baseline) -> list[Flag]:
    """A factor of a wrong unit that would put the price among the middle half of its group."""
    for factor, text in _UNITS:
        if among.low <= price / factor <= among.high:
            return [_flag("unit-suspect", text, price=wan(price / factor))]
    return []


def _far(price: Fraction, z: float, among: Baseline) -> Flag:
    return _flag(
        "far-above" if price > among.middle else "far-below", price=wan(price), times=f"{float(among.times(price)):.1f}",
        group=among.label, n=str(len(among.ordered)), middle=wan(among.middle), z=f"{z:.1f}")


def _flag(id_: str, text: str = "", **values: str) -> Flag:
    return Flag(id_, TEXTS[text or id_], tuple(values.items()))


def wan(fen: Fraction) -> str:
    """分 → 万元 with two places, half-even."""
    cents = round(fen / 10_000)
    return f"{cents // 100:,}.{cents % 100:02d}"
