"""The light of a task: how many working days are left, as a colour and always a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from tenglong.domain.casework.calendar import WorkCalendar

#: light → (word, tone of the shell)
WORDS: Final[dict[str, tuple[str, str]]] = {
    "green": ("正常", "ok"),
    "amber": ("即将到期", "warn"),
    "due": ("今天到期", "warn"),
    "overdue": ("已逾期", "late"),
    "waiting": ("等待期内", "wait"),
    "ready": ("等待期满，可办", "run"),
    "paused": ("已暂停", "wait"),
    "undated": ("无期限", "wait"),
    "closed": ("已办结", "wait"),
}


@dataclass(frozen=True)
class Light:
    """`days`: working days left (negative: overdue by so many); None without a deadline."""

    id: str
    days: int | None = None

    @property
    def colour(self) -> str:
        """green, amber, red or grey."""
        known = {"green": "green", "ready": "green", "amber": "amber", "due": "amber", "overdue": "red"}
        return known.get(self.id, "grey")

    @property
    def left(self) -> int:
        """Working days still to go, 0 when none or no deadline."""
        return max(self.days or 0, 0)

    @property
    def over(self) -> int:
        """Working days past the deadline."""
        return max(-(self.days or 0), 0)

    @property
    def word(self) -> str:
        return WORDS[self.id][0]

    @property
    def tone(self) -> str:
        return WORDS[self.id][1]


def light(kind: str, due: date | None, amber: int, today: date, calendar: WorkCalendar, *, closed: bool = False,
          paused: bool = False) -> Light:
    """Light of a task. A min_wait is never late: it waits until its day has passed, then it is ready."""
    if closed:
        return Light("closed")
    if paused and due is None:
        return Light("paused")
    if due is None:
        return Light("undated")
    left = calendar.working_days_between(today, due)
    if kind == "min_wait":
        return Light("ready", 0) if today > due else Light("waiting", left)
    if today > due:
        return Light("overdue", min(left, -1))
    if today == due:
        return Light("due", 0)
    return Light("amber" if left <= amber else "green", left)
