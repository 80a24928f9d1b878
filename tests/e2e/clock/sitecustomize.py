"""Loaded by every process of the server under test: the calendar day is ahead by what the file `days-ahead` of the home says.

Only the day moves, not the clock: terms of days and working days run out, sessions and leases of jobs do not.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

_TODAY = timezone.localdate
_AHEAD = Path(os.environ["TENGLONG_HOME"]) / "days-ahead"


def _moved(*given: object, **named: object) -> date:
    """The day of a given moment stays what it is; today is later."""
    day: date = _TODAY(*given, **named)  # type: ignore[arg-type]
    if given or named.get("value") is not None:
        return day
    return day + timedelta(days=int(_AHEAD.read_text()) if _AHEAD.exists() else 0)


timezone.localdate = _moved
