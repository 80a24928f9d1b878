"""Working days over a calendar that is handed in as data: published holidays and moved working days per year.

A year that nobody has published is computed as Monday to Friday, and everything counted through it says so (未公布).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

DAY: Final = timedelta(days=1)
#: working days added at most: longer terms are written as dates
MOST_DAYS: Final = 5_000
_MONDAY: Final = date(1900, 1, 1)  # a Monday to count weeks from


class CalendarYear(BaseModel):
    """One year: the days off that the State Council announced (weekends inside them may be named) and the days made up."""

    model_config = ConfigDict(extra="forbid")
    published: bool
    document: str = ""
    holidays: list[date] = Field(default_factory=list)
    workdays: list[date] = Field(default_factory=list)

    @model_validator(mode="after")
    def _consistent(self) -> CalendarYear:
        for name, days in (("holidays", self.holidays), ("workdays", self.workdays)):
            if len(set(days)) != len(days):
                raise ValueError(f"{name} 里有重复的日期")
        if both := sorted(set(self.holidays) & set(self.workdays)):
            raise ValueError(f"{both[0]} 既写成放假又写成上班")
        if wrong := [day for day in self.workdays if day.weekday() < 5]:
            raise ValueError(f"workdays 只写调休上班的周末，{min(wrong)} 是工作日")
        if not self.published and (self.holidays or self.workdays):
            raise ValueError("published: false 的年份不能写放假安排；放假安排公布后再填")
        return self


class CalendarSpec(BaseModel):
    """`calendar/<id>.yaml`."""

    model_config = ConfigDict(extra="forbid")
    label: str = Field(min_length=1)
    years: dict[int, CalendarYear] = Field(min_length=1)

    @model_validator(mode="after")
    def _days_in_their_year(self) -> CalendarSpec:
        for year, given in self.years.items():
            if wrong := [day for day in (*given.holidays, *given.workdays) if day.year != year]:
                raise ValueError(f"{min(wrong)} 不在 {year} 年")
        return self


@dataclass(frozen=True)
class Deadline:
    """The last day of a term, and the years it was counted through that are not yet published."""

    due: date
    unpublished: tuple[int, ...] = ()


@dataclass(frozen=True)
class WorkCalendar:
    """Holidays and made-up working days of the `published` years; every other year is Monday to Friday."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    published: frozenset[int]

    @classmethod
    def of(cls, years: Mapping[int, CalendarYear]) -> WorkCalendar:
        told = {year: given for year, given in years.items() if given.published}
        return cls(
            frozenset(day for given in told.values() for day in given.holidays),
            frozenset(day for given in told.values() for day in given.workdays),
            frozenset(told),
        )

    @cached_property
    def _off(self) -> list[date]:
        """Weekdays that are holidays."""
        return sorted(day for day in self.holidays if day.weekday() < 5)

    @cached_property
    def _made_up(self) -> list[date]:
        """Weekend days that are worked."""
        return sorted(day for day in self.workdays if day.weekday() >= 5)

    def is_working(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)

    def unpublished(self, start: date, end: date) -> tuple[int, ...]:
        """Years from `start` to `end` whose days off nobody has published."""
        return tuple(year for year in range(min(start, end).year, max(start, end).year + 1) if year not in self.published)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

        The day a term begins on is not counted (民法典第二百零一条).
        """
        if end < start:
            return -self.working_days_between(end, start)
        return self._until(end) - self._until(start)

    def add_working_days(self, start: date, n: int) -> date:
        """The `n`-th working day after `start` (n = 0: `start` itself). Raises ValueError for n < 0 or over 5,000."""
        if not 0 <= n <= MOST_DAYS:
            raise ValueError(f"工作日数应在 0 到 {MOST_DAYS:,} 之间，写的是 {n}")
        low, high = start, start + timedelta(days=2 * n + 40)
        while self.working_days_between(start, high) < n:
            high += timedelta(days=n + 40)
        while low < high:
            middle = low + (high - low) // 2
            if self.working_days_between(start, middle) < n:
                low = middle + DAY
            else:
                high = middle
        return low

    def next_working_day(self, day: date) -> date:
        """`day` when it is worked, else the first working day after it."""
        return day if self.is_working(day) else self.add_working_days(day, 1)

    def deadline(self, start: date, *, working_days: int | None = None, days: int | None = None) -> Deadline:
        """Last day of a term that begins on `start` (not counted).

        A term in calendar days that would end on a day off ends on the next working day (民法典第二百零三条). Raises ValueError
        unless exactly one of the two is given.
        """
        if (working_days is None) == (days is None):
            raise ValueError("期限写 working_days 或 days 之一")
        if working_days is not None:
            due = self.add_working_days(start, working_days)
        else:
            due = self.next_working_day(start + timedelta(days=days or 0))
        return Deadline(due, self.unpublished(start, due))

    def _until(self, day: date) -> int:
        """Working days from the first of all Mondays up to and including `day`; only differences of it mean anything."""
        found = self._counted.get(day)
        if found is None:
            found = self._counted[day] = self._count(day)
        return found

    @cached_property
    def _counted(self) -> dict[date, int]:
        """What was counted before: schedules ask for the same few hundred days thousands of times."""
        return {}

    def _count(self, day: date) -> int:
        passed = (day - _MONDAY).days + 1
        weeks, rest = divmod(passed, 7)
        plain = weeks * 5 + min(rest, 5)
        return plain - bisect_right(self._off, day) + bisect_right(self._made_up, day)


