"""The reserve account: land that came in, money laid out on it, interest by the stated day-count, land that went out.

A lot is what came in by one entry. Land that goes out carries its share, by area, of the cost and of the interest run up so
far. Interest is simple, on what was laid out and is still in stock, from the day after. Everything is exact until shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

Kind = Literal["in", "cost", "out"]
DayCount = Literal["act/365", "act/360", "30/360"]
DAY_COUNTS: Final[tuple[DayCount, ...]] = ("act/365", "act/360", "30/360")
_ORDER: Final = {"in": 0, "cost": 1, "out": 2}


class ReserveError(ValueError):
    """A line that the account cannot hold; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Entry:
    """`lot`: key of the lot. `in` has area, cost, yearly rate; `cost` a cost and its own rate; `out` an area."""

    key: str
    lot: str
    kind: Kind
    on: date
    area_cm2: int = 0
    cost_fen: int = 0
    rate: Decimal = Decimal(0)
    day_count: DayCount = "act/365"


@dataclass
class _Sum:
    """A sum laid out with its own rate; `fen` is what is left of it."""

    since: date
    fen: Fraction
    rate: Fraction
    day_count: DayCount


@dataclass(frozen=True)
class Carried:
    """What one exit took with it, exact 分."""

    key: str
    lot: str
    on: date
    area_cm2: int
    cost_fen: Fraction
    interest_fen: Fraction


@dataclass(frozen=True)
class Lot:
    """What is in stock of a lot on a day."""

    key: str
    since: date
    area_cm2: int
    cost_fen: Fraction
    interest_fen: Fraction


@dataclass(frozen=True)
class Stock:
    """Lots with land left on the day, and what went out up to it."""

    on: date
    lots: tuple[Lot, ...]
    carried: tuple[Carried, ...] = field(default=(), repr=False)

    @property
    def area_cm2(self) -> int:
        return sum(lot.area_cm2 for lot in self.lots)

    @property
    def cost_fen(self) -> Fraction:
        return sum((lot.cost_fen for lot in self.lots), Fraction(0))

    @property
    def interest_fen(self) -> Fraction:
        return sum((lot.interest_fen for lot in self.lots), Fraction(0))


def days(start: date, end: date, count: DayCount) -> int:
    """Days of interest from `start` (not counted) to `end`; 30/360: months have 30 days, the 31st counts as the 30th."""
    if count != "30/360":
        return (end - start).days
    first, last = min(start.day, 30), min(end.day, 30)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def interest(fen: Fraction | int, rate: Decimal | Fraction, start: date, end: date, count: DayCount) -> Fraction:
    """Simple interest in exact 分; 0 when `end` is not after `start`."""
    if end <= start:
        return Fraction(0)
    return Fraction(fen) * Fraction(rate) * days(start, end, count) / (365 if count == "act/365" else 360)


def stock(entries: Iterable[Entry], on: date) -> Stock:
    """The account at the end of the day `on`; later entries do not count. Raises ReserveError naming the lot."""
    by_lot: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.on <= on:
            by_lot[entry.lot].append(entry)
    lots, carried = [], []
    for key, lines in by_lot.items():
        lot, gone = _run(key, sorted(lines, key=lambda one: (one.on, _ORDER[one.kind])), on)
        carried += gone
        lots += [lot] if lot.area_cm2 else []
    return Stock(on, tuple(lots), tuple(sorted(carried, key=lambda one: (one.on, one.key))))


def _run(key: str, lines: Sequence[Entry], on: date) -> tuple[Lot, list[Carried]]:
    if not lines or lines[0].kind != "in" or any(line.kind == "in" for line in lines[1:]):
        raise ReserveError(f"地块“{key}”应先有一笔入库，且只有一笔")
    area, gone, sums, took = lines[0].area_cm2, [], [_sum(lines[0])], Fraction(0)
    if area <= 0:
        raise ReserveError(f"地块“{key}”入库面积应大于 0")
    for line in lines[1:]:
        if line.kind == "cost":
            if not area:
                raise ReserveError(f"地块“{key}”已全部出库，不能再记投入")
            sums.append(_sum(line))
            continue
        if not 0 < line.area_cm2 <= area:
            raise ReserveError(f"地块“{key}”出库面积应大于 0 且不超过库存：库存 {area} cm²，出库 {line.area_cm2} cm²")
        part, area = Fraction(line.area_cm2, area), area - line.area_cm2
        accrued = _accrued(sums, line.on) + took
        gone.append(Carried(line.key, key, line.on, line.area_cm2, part * sum((one.fen for one in sums), Fraction(0)),
                            part * accrued))
        took = (1 - part) * accrued
        for one in sums:
            one.fen, one.since = one.fen * (1 - part), line.on
    return Lot(key, lines[0].on, area, sum((one.fen for one in sums), Fraction(0)), _accrued(sums, on) + took), gone


def _sum(line: Entry) -> _Sum:
    if line.rate < 0:
        raise ReserveError(f"地块“{line.lot}”的年利率不能为负")
    return _Sum(line.on, Fraction(line.cost_fen), Fraction(line.rate), line.day_count)


def _accrued(sums: Sequence[_Sum], on: date) -> Fraction:
    return sum((interest(one.fen, one.rate, one.since, on, one.day_count) for one in sums), Fraction(0))


def whole_fen(value: Fraction) -> int:
    """Exact 分 to whole 分, half away from zero, as accounts round."""
    sign = -1 if value < 0 else 1
    return sign * int((abs(value) * 2 + 1) // 2)
