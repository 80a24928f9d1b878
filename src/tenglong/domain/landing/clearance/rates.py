"""Rates of clearing on a day, by three bases: holders, area, plots. Both parts of each are counted from the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from tenglong.domain.landing.clearance.policy import STAGES, Stage
from tenglong.domain.landing.clearance.stages import SHOWN, Dates, standing

Base = Literal["holders", "area", "plots"]
BASES: Final[tuple[Base, ...]] = ("holders", "area", "plots")


@dataclass(frozen=True)
class Share:
    """A holder's land in one plot, cm²."""

    plot: int
    area_cm2: int


@dataclass(frozen=True)
class Line:
    """One holder as it stands in the record. Money in 分: `due` agreed, `funds` and `paid` as (day, amount)."""

    key: int
    dates: Dates
    land: tuple[Share, ...] = ()
    due_fen: int = 0
    funds: tuple[tuple[date, int], ...] = ()
    paid: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class Rate:
    """`done` of `of`: holders, cm² or plots."""

    done: int
    of: int

    @property
    def value(self) -> Fraction | None:
        """None when there is nothing to count."""
        return Fraction(self.done, self.of) if self.of else None

    @property
    def percent(self) -> str:
        """To a hundredth, never rounded up to a hundred: “100” is said only when all of it is done."""
        if self.value is None:
            return "—"
        bp = self.done * 10_000 // self.of
        return f"{bp // 100}.{bp % 100:02d}%"


@dataclass(frozen=True)
class Money:
    """分: agreed by those who had signed, put in place, paid out."""

    due: int
    funded: int
    paid: int

    @property
    def funded_rate(self) -> Rate:
        return Rate(self.funded, self.due)

    @property
    def paid_rate(self) -> Rate:
        return Rate(self.paid, self.due)


@dataclass(frozen=True)
class Rates:
    """Everything of one day. `cells[stage][base]`; `listed`: holders, cm² and plots of the list of that day."""

    on: date
    cells: Mapping[Stage, Mapping[Base, Rate]]
    money: Money
    listed: Mapping[Base, int] = field(default_factory=dict)


def rates(lines: Iterable[Line], on: date) -> Rates:
    """Rates of the list as it stood on that day.

    A plot has reached a stage when every holder on it has; its area counts for each holder by the holder's own share, so that
    the area base needs no whole plot.
    """
    held = [line for line in lines if line.dates.counts(on)]
    plots: dict[int, list[Line]] = {}
    for line in held:
        for one in {share.plot for share in line.land}:
            plots.setdefault(one, []).append(line)
    total = {"holders": len(held), "area": sum(map(_area, held)), "plots": len(plots)}
    cells: dict[Stage, dict[Base, Rate]] = {}
    for stage in STAGES:
        there = [line for line in held if line.dates.reached(stage, on)]
        whole = sum(all(line.dates.reached(stage, on) for line in on_it) for on_it in plots.values())
        cells[stage] = {
            "holders": Rate(len(there), total["holders"]), "area": Rate(sum(map(_area, there)), total["area"]),
            "plots": Rate(whole, total["plots"])}
    return Rates(on, cells, money(held, on), total)  # type: ignore[arg-type]


def money(lines: Iterable[Line], on: date) -> Money:
    """Of the holders who had signed by that day."""
    signed = [line for line in lines if line.dates.reached("signed", on)]
    return Money(sum(line.due_fen for line in signed), sum(_until(line.funds, on) for line in signed),
                 sum(_until(line.paid, on) for line in signed))


def colours(lines: Iterable[Line], on: date) -> dict[int, str]:
    """Plot → the colour of its least advanced holder."""
    order = {name: at for at, name in enumerate(reversed(SHOWN))}
    found: dict[int, str] = {}
    for line in lines:
        if line.dates.counts(on):
            now = standing(line.dates, on)
            for share in line.land:
                before = found.get(share.plot)
                found[share.plot] = now if before is None or order[now] < order[before] else before
    return found


def days_of(lines: Sequence[Line]) -> list[date]:
    """Days on which a rate may change, in order."""
    found: set[date] = set()
    for line in lines:
        found.update(day for day in (line.dates.listed, line.dates.dropped, *(line.dates.on(one) for one in STAGES)) if day)
    return sorted(found)


def _area(line: Line) -> int:
    return sum(share.area_cm2 for share in line.land)


def _until(parts: Iterable[tuple[date, int]], on: date) -> int:
    return sum(amount for day, amount in parts if day <= on)
