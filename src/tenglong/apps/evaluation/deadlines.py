"""How long there is still time, in working days of the county's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.casework.pinning import calendar


@dataclass(frozen=True)
class Until:
    """`day` is the last day; `left` counts the working days after today up to it, negative once it has passed."""

    day: date
    left: int

    @property
    def passed(self) -> bool:
        return self.left < 0

    @property
    def tone(self) -> str:
        """As a chip: late, soon (three working days or less), in time."""
        return "late" if self.passed else "warn" if self.left <= SOON else "run"

    @property
    def words(self) -> str:
        if self.passed:
            return _("已过期")
        return _("还剩 %(n)s 个工作日") % {"n": self.left} if self.left else _("今天截止")


SOON = 3


def until(day: date | None, today: date | None = None) -> Until | None:
    """None without a day. A last day that is off still counts as not passed on that day."""
    if day is None:
        return None
    now = today or timezone.localdate()
    left = calendar().working_days_between(now, day)
    return Until(day, min(left, -1) if day < now else max(left, 0))
