"""The three kinds of clock: a lawful wait blocks the next step, a deadline and a pledge only warn.

`min_wait`: the next step may not be taken before the wait has run (公告、公示); starting the next step early never shortens it.
`max_deadline`: the step must be done within so many days; late is told, not blocked. `pledge`: the same, by one's own word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pydantic import Field

from tenglong.domain.casework.calendar import DAY, Deadline, WorkCalendar
from tenglong.domain.casework.definition import Term
from tenglong.domain.evaluation.sourced import Basis

ClockKind = Literal["min_wait", "max_deadline", "pledge"]
KIND_WORDS: Final[dict[str, str]] = {"min_wait": "法定最短时限", "max_deadline": "最长时限", "pledge": "承诺时限"}


class Clock(Term):
    """One rule of time, as a policy writes it. `days` or `working_days`; the day the term begins on is not counted.

    `opens`: the guarded step may be taken on the last day of the wait, when it ends with the step itself (挂牌截止), or only on
    the day after it (公示期满后报批).
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1)
    kind: ClockKind
    clause: str = Field(min_length=1)
    opens: Literal["last_day", "day_after"] = "last_day"
    basis: Basis | None = None

    @property
    def term(self) -> str:
        return f"{self.working_days} 个工作日" if self.working_days is not None else f"{self.days} 日"

    def deadline(self, start: date, calendar: WorkCalendar) -> Deadline:
        """Last day of the term begun on `start`; ends on a working day (民法典第二百零一条、第二百零三条)."""
        return calendar.deadline(start, working_days=self.working_days, days=self.days)

    def earliest(self, start: date, calendar: WorkCalendar) -> date:
        """First day on which the law lets the guarded step be taken; `start` itself unless the clock is a `min_wait`."""
        if self.kind != "min_wait":
            return start
        due = self.deadline(start, calendar).due
        return due + DAY if self.opens == "day_after" else due


@dataclass(frozen=True)
class Verdict:
    """`refused`: the step may not be taken on that day. `warned`: it may, but late. `due`: last day of the term.

    `unpublished`: years that were counted as Monday to Friday since their days off are not announced yet.
    """

    clock: Clock
    start: date | None
    on: date
    due: date | None
    earliest: date | None
    refused: bool
    warned: bool
    says: str
    unpublished: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.refused and not self.warned


def verdict(clock: Clock, start: date | None, on: date, calendar: WorkCalendar) -> Verdict:
    """May the guarded step be taken `on` that day, when the step before it was done on `start` (None: not done)?

    A wait that has not begun refuses; a deadline that has not begun says nothing.
    """
    if start is None:
        waits = clock.kind == "min_wait"
        says = f"{clock.label}：时限还没有起算，要先办前一步（{clock.clause}）" if waits else ""
        return Verdict(clock, None, on, None, None, waits, False, says)
    term, earliest = clock.deadline(start, calendar), clock.earliest(start, calendar)
    refused = clock.kind == "min_wait" and on < earliest
    warned = clock.kind != "min_wait" and on > term.due
    says = _early(clock, start, earliest) if refused else _late(clock, start, term.due, on) if warned else ""
    return Verdict(clock, start, on, term.due, earliest, refused, warned, says, term.unpublished)


def verdicts(given: Iterable[tuple[Clock, date | None]], on: date, calendar: WorkCalendar) -> list[Verdict]:
    """One verdict per (clock, day it began)."""
    return [verdict(clock, start, on, calendar) for clock, start in given]


def lawful(given: Iterable[tuple[Clock, date]], not_before: date, calendar: WorkCalendar) -> date:
    """First day, not before `not_before`, that every wait among (clock, day it began) leaves open."""
    return max([not_before, *(clock.earliest(start, calendar) for clock, start in given)])


def _early(clock: Clock, start: date, earliest: date) -> str:
    return (
        f"{clock.label}不得少于 {clock.term}：从 {start.isoformat()} 起算，最早 {earliest.isoformat()} 才能办，"
        f"提前办理不能缩短（{clock.clause}）"
    )


def _late(clock: Clock, start: date, due: date, on: date) -> str:
    return (
        f"{clock.label}应在 {clock.term}内：从 {start.isoformat()} 起算，截止 {due.isoformat()}，"
        f"晚了 {(on - due).days} 天（{KIND_WORDS[clock.kind]}，{clock.clause}）"
    )
