"""卡点: when one goes to the next level by itself, until when it holds a step, and how long solving takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tenglong.domain.casework.calendar import Deadline, WorkCalendar
from tenglong.domain.landing.projects.policy import LEVELS, LevelTerm, Milestones
from tenglong.domain.landing.projects.ramp import quantile


def term_of(policy: Milestones, level: str) -> LevelTerm:
    return next(term for name, term in policy.levels.items() if name == level)


def next_level(level: str) -> str | None:
    at = LEVELS.index(level)
    return LEVELS[at + 1] if at + 1 < len(LEVELS) else None


def escalates(policy: Milestones, level: str, since: date, calendar: WorkCalendar) -> Deadline | None:
    """Last day that the level has; the day after it the blocker goes up. None: it stays."""
    term = term_of(policy, level).escalate
    return None if term is None else calendar.deadline(since, working_days=term.working_days, days=term.days)


def holds_until(policy: Milestones, level: str, expected: date | None, today: date, calendar: WorkCalendar) -> date:
    """A step that is blocked cannot end before this day: the day that was told, while it lies ahead, else the usual days of the
    level from today. Never a fact, and never before today."""
    if expected is not None and expected >= today:
        return expected
    term = term_of(policy, level).usual
    return calendar.deadline(today, working_days=term.working_days, days=term.days).due


@dataclass(frozen=True)
class Solving:
    """`solved` of `total`; days of those that were solved. Open ones are counted beside, never as solved at once."""

    total: int
    solved: int
    median: Fraction | None
    p90: Fraction | None
    open: int
    oldest: int | None


def solving(rows: Iterable[tuple[date, date | None]], today: date) -> Solving:
    """(opened, solved or None) of each blocker, calendar days."""
    held = list(rows)
    days = sorted(Fraction((solved - opened).days) for opened, solved in held if solved is not None)
    waiting = [(today - opened).days for opened, solved in held if solved is None]
    median, p90 = (quantile(days, at) if days else None for at in (Fraction(1, 2), Fraction(9, 10)))
    return Solving(len(held), len(days), median, p90, len(waiting), max(waiting, default=None))
