"""What was reached of an agreed indicator: one year, the mean of years, or their sum, in exact numbers; 缺数 is never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from tenglong.domain.landing.covenant.counted import Figure
from tenglong.domain.landing.covenant.policy import FLOOR, LAND_M2, LAND_MU, CovenantPolicy, Indicator, Mode
from tenglong.domain.landing.covenant.texts import number
from tenglong.domain.units import AREA_UNITS

Verdict = Literal["met", "short", "unknown", "not_due"]
MODES: Final[dict[str, str]] = {"single": "单年度", "average": "年平均", "cumulative": "累计"}
#: (measure, year); year 0: the register on the day
Figures = Mapping[tuple[str, int], Figure]


@dataclass(frozen=True)
class Terms:
    """What a paper says of an indicator. The first year assessed is `first_year`, or the `plus`-th whole year after the node
    `after` was reached (达产年); `years` follow one another. `cumulative`: `at_least` is the sum of all years."""

    at_least: Fraction
    mode: Mode = "single"
    first_year: int | None = None
    after: str = ""
    plus: int = 0
    years: int = 1


@dataclass(frozen=True)
class Value:
    """A value of one year (0: of the day) with its numerator and denominator."""

    year: int
    value: Fraction | None
    top: Fraction | None = None
    bottom: Fraction | None = None
    why: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """`reached` None unless the verdict is met or short; `gap`: agreed − reached, 0 when met. `why` for unknown and not_due."""

    indicator: str
    verdict: Verdict
    agreed: Fraction
    reached: Fraction | None = None
    values: tuple[Value, ...] = ()
    years: tuple[int, ...] = ()
    why: str = ""
    mode: Mode = "single"

    @property
    def gap(self) -> Fraction | None:
        return None if self.reached is None else max(Fraction(0), self.agreed - self.reached)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source for one in self.values for source in one.sources))


def years_of(policy: CovenantPolicy, terms: Terms, done: Mapping[str, date]) -> tuple[tuple[int, ...], str]:
    """Years assessed, or () and why they are not known."""
    if terms.first_year is not None:
        first = terms.first_year
    elif terms.after not in policy.nodes:
        return (), "约定没有写明从哪一年起考核"
    elif terms.after not in done:
        node = policy.nodes[terms.after].label
        return (), f"从{node}后第 {terms.plus} 个完整年度起考核，还没有登记{node}日期"
    else:
        first = done[terms.after].year + max(terms.plus, 0)
    return tuple(range(first, first + terms.years)), ""


def judge(
    policy: CovenantPolicy, indicator: str, terms: Terms, figures: Figures, *,
    land_cm2: int, begun: int, done: Mapping[str, date], on: date,
) -> Outcome:
    """`begun`: year from which “so far” is counted; `done`: nodes reached. Raises ValueError where the mode does not fit."""
    rule = policy.indicators[indicator]
    if terms.mode == "cumulative" and not rule.adds:
        raise ValueError(f"“{rule.label}”是比值，几年的数值不能相加，请按单年度或年平均约定")
    if land_cm2 <= 0:
        return Outcome(indicator, "unknown", terms.at_least, why="没有登记宗地面积")
    years, why = years_of(policy, terms, done)
    if not years:
        return Outcome(indicator, "not_due", terms.at_least, why=why)
    if rule.span == "on_day":
        return _on_day(indicator, rule, terms, figures, land_cm2, done, on)
    past = [year for year in years if year < on.year]
    values = tuple(_value(rule, year, begun, figures, land_cm2) for year in past)
    if terms.mode == "single" or rule.span == "so_far":
        return _each(indicator, terms, values, years)
    return _together(indicator, terms, values, years)


def _each(indicator: str, terms: Terms, values: tuple[Value, ...], years: tuple[int, ...]) -> Outcome:
    """Every year stands for itself: one short year is short, and the lowest is what was reached."""
    if not values:
        return Outcome(indicator, "not_due", terms.at_least, None, (), years, f"考核年度 {_span(years)} 还没有过完")
    known = [one.value for one in values if one.value is not None]
    low = min(known, default=None)
    if low is not None and low < terms.at_least:
        return Outcome(indicator, "short", terms.at_least, low, values, years)
    if len(known) < len(values):
        return Outcome(indicator, "unknown", terms.at_least, None, values, years, _lacking(values))
    return Outcome(indicator, "met", terms.at_least, low, values, years)


def _together(indicator: str, terms: Terms, values: tuple[Value, ...], years: tuple[int, ...]) -> Outcome:
    """Mean or sum, only when all its years are over and known."""
    if len(values) < len(years):
        why = f"考核期 {_span(years)} 还没有过完"
        return Outcome(indicator, "not_due", terms.at_least, None, values, years, why)
    if any(one.value is None for one in values):
        return Outcome(indicator, "unknown", terms.at_least, None, values, years, _lacking(values))
    whole = sum((one.value or Fraction(0) for one in values), Fraction(0))
    reached = whole if terms.mode == "cumulative" else whole / len(values)
    verdict: Verdict = "met" if reached >= terms.at_least else "short"
    return Outcome(indicator, verdict, terms.at_least, reached, values, years, "", terms.mode)


def _on_day(
    indicator: str, rule: Indicator, terms: Terms, figures: Figures, land_cm2: int, done: Mapping[str, date], on: date
) -> Outcome:
    """What the register says today, once the node is reached (容积率 after 竣工)."""
    if terms.first_year is not None and on.year < terms.first_year:
        return Outcome(indicator, "not_due", terms.at_least, None, (), (), f"从 {terms.first_year} 年起考核")
    value = _value(rule, 0, 0, figures, land_cm2)
    if value.value is None:
        return Outcome(indicator, "unknown", terms.at_least, None, (value,), (), value.why)
    return Outcome(indicator, "met" if value.value >= terms.at_least else "short", terms.at_least, value.value, (value,))


def _value(rule: Indicator, year: int, begun: int, figures: Figures, land_cm2: int) -> Value:
    years = range(begun, year + 1) if rule.span == "so_far" else (year,)
    top = _sum([_found(figures, name, one, land_cm2) for name in rule.top for one in years])
    bottom = _sum([_found(figures, name, year, land_cm2) for name in rule.bottom])
    sources = (*top.sources, *bottom.sources)
    why = "；".join(dict.fromkeys(one.why for one in (top, bottom) if one.why))
    if top.value is None or bottom.value is None:
        return Value(year, None, top.value, bottom.value, why, sources)
    if bottom.value <= 0:
        return Value(year, None, top.value, bottom.value, f"{year} 年分母为 {number(bottom.value)}，不能相除", sources)
    return Value(year, top.value / bottom.value * rule.times, top.value, bottom.value, "", sources)


def _found(figures: Figures, name: str, year: int, land_cm2: int) -> Figure:
    if name == LAND_MU:
        return Figure(Fraction(land_cm2) / AREA_UNITS["mu"])
    if name == LAND_M2:
        return Figure(Fraction(land_cm2) / AREA_UNITS["m2"])
    told = "建筑面积" if name == FLOOR else f"{name} {year}"
    return figures.get((name, year), Figure(None, f"缺 {told}"))


def _sum(found: list[Figure]) -> Figure:
    sources = tuple(source for one in found for source in one.sources)
    why = [one.why or "缺数" for one in found if one.value is None]
    if why:
        return Figure(None, "；".join(dict.fromkeys(why)), sources)
    return Figure(sum((one.value or Fraction(0) for one in found), Fraction(0)), "", sources)


def _lacking(values: tuple[Value, ...]) -> str:
    return "；".join(dict.fromkeys(one.why for one in values if one.value is None))


def _span(years: tuple[int, ...]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
