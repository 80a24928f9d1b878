"""Pairs of events measured in days, and what the law makes the least of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.clocks import verdict
from tenglong.domain.landing.projects.policy import Milestones, Pair, Wait

State = Literal["before", "running", "late", "kept", "missed"]


@dataclass(frozen=True)
class Measured:
    """One pair. `days`: from the first event to the second, or to today while it runs; the day it begins on is not counted.

    `left`: days until the pledge ends (negative: past). `lawful`: days that the waits inside the pair take at least; a pledge
    below it is `unlawful` and the lawful minimum holds instead.
    """

    pair: Pair
    state: State
    start: date | None
    end: date | None
    days: int | None
    due: date | None
    left: int | None
    lawful: int
    unpublished: tuple[int, ...] = ()

    @property
    def unlawful(self) -> bool:
        return self.lawful > self.pair.days

    @property
    def limit(self) -> int:
        """Days that are held against the pair: the pledge, or what the law takes at least."""
        return max(self.pair.days, self.lawful)


def measure(pair: Pair, policy: Milestones, done: Mapping[str, date], today: date, calendar: WorkCalendar) -> Measured:
    """The pair on a day; `done`: event → day on which it happened."""
    start, end = done.get(pair.start), done.get(pair.end)
    if start is None:
        return Measured(pair, "before", None, end, None, None, None, _lawful(pair, policy, today, calendar))
    lawful = _lawful(pair, policy, start, calendar)
    limit = max(pair.days, lawful)
    term = calendar.deadline(start, **_term(pair, limit)) if pair.count == "working" else None
    due = term.due if term else date.fromordinal(start.toordinal() + limit)
    unpublished = term.unpublished if term else ()
    days = _between(pair, start, end or max(today, start), calendar)
    if end is not None:
        state: State = "kept" if days <= limit else "missed"
        return Measured(pair, state, start, end, days, due, None, lawful, unpublished)
    return Measured(pair, "late" if today > due else "running", start, None, days, due, (due - today).days, lawful, unpublished)


def _term(pair: Pair, days: int) -> dict[str, int]:
    return {"working_days": days} if pair.count == "working" else {"days": days}


def _between(pair: Pair, start: date, end: date, calendar: WorkCalendar) -> int:
    return calendar.working_days_between(start, end) if pair.count == "working" else (end - start).days


def inside(pair: Pair, policy: Milestones) -> list[Wait]:
    """Waits whose both events lie between the events of the pair, in the order of the course."""
    at = policy.order
    held = [wait for wait in policy.waits if at[pair.start] <= at[wait.after] and at[wait.before] <= at[pair.end]]
    return sorted(held, key=lambda wait: (at[wait.after], at[wait.before]))


def _lawful(pair: Pair, policy: Milestones, start: date, calendar: WorkCalendar) -> int:
    """Days from `start` until every wait inside has run, one after another where one begins with what another guards."""
    reached: dict[str, date] = {}
    for wait in inside(pair, policy):
        begun = max((day for name, day in reached.items() if policy.order[name] <= policy.order[wait.after]), default=start)
        reached[wait.before] = max(reached.get(wait.before, start), wait.clock.earliest(begun, calendar))
    return _between(pair, start, max(reached.values()), calendar) if reached else 0


def refusals(kind: str, on: date, policy: Milestones, done: Mapping[str, date], calendar: WorkCalendar) -> list[str]:
    """Why `kind` may not be dated `on`: each lawful wait before it that is not over, with its clause."""
    held = [verdict(wait.clock, done.get(wait.after), on, calendar) for wait in policy.waits if wait.before == kind]
    return [one.says for one in held if one.refused]


def breaches(policy: Milestones, done: Mapping[str, date], calendar: WorkCalendar) -> list[str]:
    """The same for everything that has happened: what a corrected date would break."""
    return [said for kind, on in done.items() for said in refusals(kind, on, policy, done, calendar)]


def months(first: date, last: date) -> Iterable[date]:
    """First days of the months from that of `first` to that of `last`."""
    at = first.replace(day=1)
    while at <= last:
        yield at
        at = after(at, 1)


def after(month: date, count: int) -> date:
    """The first day of the month `count` months after that of `month`."""
    whole = month.year * 12 + month.month - 1 + count
    return date(whole // 12, whole % 12 + 1, 1)


def elapsed(first: date, month: date) -> int:
    """Whole months from the month of `first` to `month`."""
    return (month.year - first.year) * 12 + month.month - first.month
