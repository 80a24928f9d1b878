"""When will it be done: tasks with predecessors over the working calendar, forwards and backwards, and what cannot slip.

A moment is the end of a day. A task begins when its predecessors have ended; that day is not counted (民法典第二百零一条), so a
task of n working days ends on the n-th working day after it, one of n calendar days on that day or the next working day.
Terms that run through a year whose days off nobody has published are counted Monday to Friday, and the year is told (未公布).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tenglong.domain.casework.calendar import DAY, MOST_DAYS, WorkCalendar


class NetworkError(ValueError):
    """The tasks cannot be put in order; a Chinese sentence."""


@dataclass(frozen=True)
class Activity:
    """`working_days` or `days` (calendar days), at most one; neither: no time. `after`: ids of the tasks before it.

    `not_before`: it cannot begin earlier. `started_on`, `done_on`: what has happened.
    """

    id: str
    label: str = ""
    working_days: int | None = None
    days: int | None = None
    after: tuple[str, ...] = ()
    not_before: date | None = None
    started_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class Planned:
    """Earliest and latest dates. `slack`: working days by which the end of the task may slip without moving the end of all;
    None for a task that is done. `driver`: the predecessor whose end it waits for, empty when none holds it."""

    id: str
    label: str
    early_start: date
    early_finish: date
    late_start: date
    late_finish: date
    slack: int | None
    driver: str
    unpublished: tuple[int, ...]

    @property
    def critical(self) -> bool:
        return self.slack == 0


@dataclass(frozen=True)
class Schedule:
    """`path`: the chain of tasks that drives the end, first to last; `critical`: every task that cannot slip."""

    start: date
    end: date
    tasks: tuple[Planned, ...]
    path: tuple[str, ...]
    unpublished: tuple[int, ...]

    @property
    def critical(self) -> tuple[str, ...]:
        return tuple(task.id for task in self.tasks if task.critical)

    def task(self, id_: str) -> Planned:
        return next(task for task in self.tasks if task.id == id_)

    @property
    def end_text(self) -> str:
        """2027-03-01（2027 年放假安排未公布，按周一至周五推算）."""
        if not self.unpublished:
            return self.end.isoformat()
        years = "、".join(str(year) for year in self.unpublished)
        return f"{self.end.isoformat()}（{years} 年放假安排未公布，按周一至周五推算）"


def schedule(
    activities: Sequence[Activity], start: date, calendar: WorkCalendar, *, as_of: date | None = None
) -> Schedule:
    """Early and late dates of every activity, in the order given. `as_of`: what is not done cannot end before that day, what
    has not begun cannot begin before it. Raises NetworkError: an id twice, an unknown predecessor, a ring, a wrong duration."""
    if not activities:
        raise NetworkError("没有任务，算不出完成日期")
    order = ordered(activities)
    work = _Work({one.id: one for one in activities}, order, start, calendar, as_of)
    work.forward()
    work.backward()
    tasks = tuple(work.planned(one) for one in activities)
    return Schedule(start, work.end, tasks, work.path(), calendar.unpublished(start, work.end))


def finishes(
    activities: Sequence[Activity], start: date, calendar: WorkCalendar, *, as_of: date | None = None
) -> dict[str, date]:
    """The end of every activity as `schedule` finds it, without its second pass. Raises NetworkError."""
    work = _Work({one.id: one for one in activities}, ordered(activities), start, calendar, as_of)
    work.forward()
    return {name: ends for name, (_begins, ends) in work.early.items()}


def ordered(activities: Iterable[Activity]) -> list[str]:
    """Ids with every predecessor before its successors. Raises NetworkError."""
    held: dict[str, Activity] = {}
    for one in activities:
        if one.id in held:
            raise NetworkError(f"任务“{one.id}”重复")
        held[one.id] = one
        _duration(one)
    found = _order_of(tuple((one.id, one.after) for one in held.values()))
    if found is None:
        _complain(held)
    return list(found or ())


@lru_cache(maxsize=256)
def _order_of(shape: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...] | None:
    """Of (id, predecessors); None when it cannot be. The same network is put in order again and again: dates alone differ."""
    after = dict(shape)
    if any(name not in after for before in after.values() for name in before) or ring_of(after):
        return None
    return tuple(_sorted(after))


def _complain(held: Mapping[str, Activity]) -> None:
    for one in held.values():
        for name in one.after:
            if name not in held:
                raise NetworkError(f"任务“{one.label or one.id}”的前置任务“{name}”不存在")
    ring = ring_of({one.id: one.after for one in held.values()})
    raise NetworkError(f"前置任务绕成了圈：{' → '.join(held[name].label or name for name in ring)}")


def ring_of(after: Mapping[str, Sequence[str]]) -> list[str]:
    """A ring in “task → its predecessors”, its first id repeated at the end; empty when there is none.

    Unknown ids are passed over.
    """
    done: set[str] = set()
    for root in after:
        trail: list[str] = []
        waiting: list[tuple[str, bool]] = [(root, False)]
        while waiting:
            name, leaving = waiting.pop()
            if leaving:
                trail.pop()
                done.add(name)
            elif name in trail:
                return [*trail[trail.index(name):], name][::-1]
            elif name in after and name not in done:
                trail.append(name)
                waiting.append((name, True))
                waiting += [(below, False) for below in after[name]]
    return []


def _sorted(after: Mapping[str, Sequence[str]]) -> list[str]:
    left = {name: set(before) for name, before in after.items()}
    found: list[str] = []
    while left:
        ready = [name for name, before in left.items() if not before]
        found += ready
        for name in ready:
            del left[name]
        for before in left.values():
            before.difference_update(ready)
    return found


def _duration(one: Activity) -> None:
    given = [term for term in (one.working_days, one.days) if term is not None]
    if len(given) > 1:
        raise NetworkError(f"任务“{one.label or one.id}”的时长写 working_days 或 days 之一")
    if given and not 0 <= given[0] <= MOST_DAYS:
        raise NetworkError(f"任务“{one.label or one.id}”的时长应在 0 到 {MOST_DAYS:,} 之间，写的是 {given[0]}")


class _Work:
    """Both passes; dates are ends of days."""

    def __init__(
        self, held: Mapping[str, Activity], order: list[str], start: date, calendar: WorkCalendar, as_of: date | None
    ) -> None:
        self.held, self.order, self.start, self.calendar, self.as_of = held, order, start, calendar, as_of
        self.early: dict[str, tuple[date, date]] = {}
        self.late: dict[str, tuple[date, date]] = {}
        self.end = start

    def forward(self) -> None:
        for name in self.order:
            one = self.held[name]
            begins = one.started_on or self._begins(one)
            ends = one.done_on or self._ends(one, begins)
            self.early[name] = min(begins, ends), ends
        self.end = max(ends for _begins, ends in self.early.values())

    def _begins(self, one: Activity) -> date:
        held = [self.early[name][1] for name in one.after]
        limits = [limit for limit in (one.not_before, None if one.done_on else self.as_of) if limit is not None]
        return max([self.start, *held, *limits])

    def _ends(self, one: Activity, begins: date) -> date:
        ends = _finish(one, begins, self.calendar)
        return max(ends, self.calendar.next_working_day(self.as_of)) if self.as_of and one.started_on else ends

    def backward(self) -> None:
        ends = dict.fromkeys(self.order, self.end)
        for name in reversed(self.order):
            one = self.held[name]
            begins = _latest_start(one, ends[name], self.calendar)
            self.late[name] = begins, ends[name]
            if one.started_on is None and one.done_on is None:  # what has begun no longer waits for anything
                for before in one.after:
                    ends[before] = min(ends[before], begins)

    def planned(self, one: Activity) -> Planned:
        early, late = self.early[one.id], self.late[one.id]
        begun = one.started_on is not None or one.done_on is not None
        late_start = early[0] if begun else self._shown(early[0], late[0])
        late_finish = early[1] if one.done_on else self._shown(early[1], late[1])
        slack = None if one.done_on else self.calendar.working_days_between(early[1], late[1])
        years = self.calendar.unpublished(early[0], early[1])
        return Planned(one.id, one.label, *early, late_start, late_finish, slack, self._driver(one), years)

    def _shown(self, early: date, late: date) -> date:
        """The last working day up to the latest moment, never before the earliest."""
        return max(early, last_working_day(late, self.calendar))

    def _driver(self, one: Activity) -> str:
        if one.started_on or one.done_on:
            return ""
        waits = [name for name in one.after if self.early[name][1] == self.early[one.id][0]]
        return waits[0] if waits else ""

    def path(self) -> tuple[str, ...]:
        """Back from the last end along what each task waited for."""
        last = next(name for name in self.held if self.early[name][1] == self.end and not self._followed(name))
        found = [last]
        while driver := self._driver(self.held[found[-1]]):
            found.append(driver)
        return tuple(found[::-1])

    def _followed(self, name: str) -> bool:
        """Whether a task after it ends on the same day: then that one is the last."""
        return any(name in one.after and self.early[one.id][1] == self.end for one in self.held.values())


def last_working_day(day: date, calendar: WorkCalendar) -> date:
    """`day` when it is worked, else the last working day before it."""
    while not calendar.is_working(day):
        day -= DAY
    return day


def _finish(one: Activity, begins: date, calendar: WorkCalendar) -> date:
    if one.working_days:
        return calendar.add_working_days(begins, one.working_days)
    return calendar.next_working_day(begins + timedelta(days=one.days)) if one.days else begins


def _latest_start(one: Activity, ends: date, calendar: WorkCalendar) -> date:
    """The last day from which the task still ends by `ends`."""
    if one.days:
        return last_working_day(ends, calendar) - timedelta(days=one.days)
    if not one.working_days:
        return ends
    low, high = ends - timedelta(days=2 * one.working_days + 40), ends
    while calendar.working_days_between(low, ends) < one.working_days:
        low -= timedelta(days=one.working_days + 40)
    while low < high:
        middle = high - (high - low) // 2
        if calendar.working_days_between(middle, ends) >= one.working_days:
            low = middle
        else:
            high = middle - DAY
    return low
