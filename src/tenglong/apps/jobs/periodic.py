"""What the worker does by itself, again and again. Apps register; a run that finds nothing to do changes nothing.

Two workers may run the same chore at once: it must settle by the rows it writes which of them was first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """`run()` every `seconds`, first when a worker starts; whatever it returns is not looked at."""

    id: str
    seconds: float
    run: Callable[[], object]


_chores: dict[str, Chore] = {}


def every(seconds: float, id: str, run: Callable[[], object]) -> None:  # noqa: A002
    """Register from `AppConfig.ready()`; the same id again replaces it."""
    _chores[id] = Chore(id, seconds, run)


def forget(id: str) -> None:  # noqa: A002
    """Take a chore away again (tests)."""
    _chores.pop(id, None)


class Round:
    """When each chore of one worker is next due."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._next: dict[str, float] = {}

    def run_due(self) -> list[str]:
        """Ids of the chores that ran. One that fails is told in the log and tried again when it is next due."""
        now = self.clock()
        due = [chore for chore in list(_chores.values()) if self._next.get(chore.id, now) <= now]
        for chore in due:
            self._next[chore.id] = now + chore.seconds
            try:
                chore.run()
            except OperationalError:
                logger.warning("chore %s found the database busy", chore.id)
            except Exception:
                logger.exception("chore %s failed", chore.id)
        return [chore.id for chore in due]
