"""The worker's loop: sweep what died, do what is due by itself, take the next job, run it, again."""

from __future__ import annotations

import signal
import threading
import time

from django.db import OperationalError, close_old_connections

from tenglong.apps.jobs import service
from tenglong.apps.jobs.periodic import Round

IDLE_SECONDS = 0.5
SWEEP_SECONDS = 20.0


class Worker:
    """Runs jobs of its queues one after another until told to stop; a running job is finished first."""

    def __init__(self, queues: tuple[str, ...], idle: float = IDLE_SECONDS) -> None:
        self.queues, self.idle = queues, idle
        self.stop = threading.Event()
        self._swept = -SWEEP_SECONDS
        #: the worker of short jobs is never long away
        self._chores = Round() if "short" in queues else None

    def on_signals(self) -> Worker:
        """SIGTERM, SIGINT and SIGHUP (a closed terminal) end the loop after the present job."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_args: self.stop.set())
        return self

    def run(self) -> None:
        while not self.stop.is_set():
            close_old_connections()
            if not self.step():
                self.stop.wait(self.idle)

    def step(self) -> bool:
        """One turn; False when there was nothing to do or the database was busy."""
        try:
            self._sweep_sometimes()
            if self._chores is not None:
                self._chores.run_due()
            taken = service.claim_next(self.queues)
        except OperationalError:
            return False
        if taken is None:
            return False
        service.run_claimed(taken)
        return True

    def drain(self) -> int:
        """Run until the queues are empty (tests, `--once`); returns how many jobs ran."""
        ran = 0
        while self.step():
            ran += 1
        return ran

    def _sweep_sometimes(self) -> None:
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        service.sweep()
