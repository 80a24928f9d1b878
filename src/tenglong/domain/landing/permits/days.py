"""Days as numbers, so that ten thousand forward passes are a few look-ups in tables.

A moment is the end of a day, as in `casework.network`; day 0 is 2000-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.casework.calendar import DAY, WorkCalendar
from tenglong.domain.casework.network import Activity, NetworkError, ordered

Days = NDArray[np.int32]
FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2099, 12, 31)
_SIZE: Final = (LAST - FIRST).days + 1


class DayTable:
    """Tables of one calendar. `add_working` and `add_days` say what `WorkCalendar` says, for whole arrays."""

    def __init__(self, calendar: WorkCalendar) -> None:
        day, worked = FIRST, np.zeros(_SIZE, dtype=bool)
        for at in range(_SIZE):
            worked[at] = calendar.is_working(day)
            day += DAY
        self.upto: Days = np.cumsum(worked, dtype=np.int32)
        self.nth: Days = np.concatenate([[0], np.flatnonzero(worked)]).astype(np.int32)
        found = np.where(worked, np.arange(_SIZE), _SIZE)
        self.next: Days = np.minimum.accumulate(found[::-1])[::-1].astype(np.int32)

    def add_working(self, begins: Days, n: Days) -> Days:
        """The n-th working day after each moment; n = 0 is the moment itself. Raises NetworkError beyond 2099."""
        places = self.upto[begins] + n
        if places.size and int(places.max()) >= len(self.nth):
            raise NetworkError(f"推算超出了 {LAST.year} 年")
        ends: Days = np.maximum(begins, self.nth[places])
        return ends

    def add_days(self, begins: Days, days: int) -> Days:
        """So many calendar days after each moment, or the next working day; 0 is the moment itself."""
        if not days:
            return begins
        ends = begins + np.int32(days)
        if ends.size and int(ends.max()) >= _SIZE - 30:
            raise NetworkError(f"推算超出了 {LAST.year} 年")
        due: Days = self.next[ends]
        return due


@lru_cache(maxsize=8)
def table(calendar: WorkCalendar) -> DayTable:
    return DayTable(calendar)


def number(day: date) -> int:
    """Raises NetworkError outside 2000–2099."""
    if not FIRST <= day <= LAST:
        raise NetworkError(f"日期 {day} 不在 {FIRST.year}–{LAST.year} 年之间")
    return (day - FIRST).days


def day_of(value: int) -> date:
    return date.fromordinal(FIRST.toordinal() + value)


def forward(
    acts: Sequence[Activity], start: date, calendar: WorkCalendar, *, as_of: date | None = None,
    working: Mapping[str, Days] | None = None, order: Sequence[str] | None = None,
) -> dict[str, Days]:
    """The end of every activity as the first pass of `casework.network.schedule` finds it, one value per draw.

    `working`: working days of an activity in each draw, in place of its own. `order`: from `ordered`, when the caller has it.
    """
    days, given = table(calendar), working or {}
    held = {one.id: one for one in acts}
    today = None if as_of is None else np.int32(number(as_of))
    begun, ends = np.array(number(start), dtype=np.int32), {}
    for name in order or ordered(acts):
        one = held[name]
        if one.done_on is not None:
            ends[name] = np.array(number(one.done_on), dtype=np.int32)
            continue
        at = _begins(one, begun, ends, today)
        end = _ends(one, at, given.get(name), days)
        ends[name] = end if today is None or one.started_on is None else np.maximum(end, days.next[today])
    return ends


def _begins(one: Activity, begun: Days, ends: Mapping[str, Days], today: np.int32 | None) -> Days:
    if one.started_on is not None:
        return np.array(number(one.started_on), dtype=np.int32)
    at = begun if today is None else np.maximum(begun, today)
    if one.not_before is not None:
        at = np.maximum(at, np.int32(number(one.not_before)))
    for name in one.after:
        at = np.maximum(at, ends[name])
    return at


def _ends(one: Activity, begins: Days, working: Days | None, days: DayTable) -> Days:
    if working is not None:
        return days.add_working(begins, working)
    if one.working_days:
        return days.add_working(begins, np.int32(one.working_days))  # type: ignore[arg-type]
    return days.add_days(begins, one.days or 0)
