"""How long a solve may take, whom it tells, and who may stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

POLL_S: Final = 0.2
#: of a solve that is told nothing else
DEFAULT_SECONDS: Final = 60.0
DEFAULT_GAP: Final = 1e-4


@dataclass(frozen=True)
class Progress:
    """Where a solve stands: `incumbent` None before the first plan; figures in units of the objective of the stage."""

    stage: str
    incumbent: int | None
    bound: int
    gap: float | None
    seconds: float


@dataclass
class Watch:
    """A clock that runs out, an ear for progress, and a question whether to stop."""

    limit_s: float
    tell: Callable[[Progress], None] = lambda progress: None
    cancelled: Callable[[], bool] = lambda: False
    began: float = field(default_factory=time.perf_counter)

    def spent(self) -> float:
        return time.perf_counter() - self.began

    def left(self) -> float:
        return max(0.0, self.limit_s - self.spent())

    def part(self, share: float) -> Watch:
        """The same ears, with a share of the time that is left."""
        return Watch(self.spent() + self.left() * share, self.tell, self.cancelled, self.began)

    def over(self) -> bool:
        return self.left() <= 0.0 or self.cancelled()

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Calls `stop` from another thread as soon as someone cancels."""
        done = threading.Event()

        def ask() -> None:
            while not done.wait(POLL_S):
                if self.cancelled():
                    stop()

        asker = threading.Thread(target=ask, daemon=True)
        asker.start()
        try:
            yield
        finally:
            done.set()
            asker.join()
