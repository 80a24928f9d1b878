"""Files of one job: progress, log, cancel flag, and the lock that says whether its worker is alive."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson
from django.conf import settings

#: a held lock with an older heartbeat means a worker that hangs: the doctor says so, nobody takes the job from it
STALE_SECONDS = 120


@dataclass(frozen=True)
class JobFolder:
    """`$TENGLONG_HOME/jobs/<ulid>/`: never touched inside a write transaction's critical path."""

    path: Path

    @classmethod
    def of(cls, ulid: str) -> JobFolder:
        return cls(Path(settings.TENGLONG_HOME) / "jobs" / ulid)

    def make(self) -> JobFolder:
        self.path.mkdir(parents=True, exist_ok=True)
        return self

    def write_progress(self, done: int, total: int, text: str) -> None:
        """Whole or not at all: a reader never meets half a file."""
        draft = self.path / f".progress.{os.getpid()}"
        draft.write_bytes(orjson.dumps({"done": done, "total": total, "text": text, "at": time.time()}))
        draft.replace(self.path / "progress.json")

    def progress(self) -> dict[str, Any]:
        """`done`, `total`, `text`, `at`; zeros before the first report."""
        try:
            data: dict[str, Any] = orjson.loads((self.path / "progress.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            data = {"done": 0, "total": 0, "text": "", "at": 0.0}
        return data

    def log(self, text: str) -> None:
        stamp = time.strftime("%H:%M:%S")
        with (self.path / "log.txt").open("a", encoding="utf-8") as handle:
            handle.write(f"{stamp} {text}\n")

    def log_tail(self, size: int = 8000) -> str:
        path = self.path / "log.txt"
        return path.read_text("utf-8", errors="replace")[-size:] if path.exists() else ""

    def ask_cancel(self) -> None:
        self.make()
        (self.path / "cancel").touch()

    @property
    def cancelled(self) -> bool:
        return (self.path / "cancel").exists()

    def beat(self) -> None:
        (self.path / "heartbeat").touch()

    def seize(self) -> IO[str] | None:
        """The job's lock, held until the answer is closed or the process dies, however it dies; None while another has it."""
        handle = (self.path / "lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        self.beat()
        return handle

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Hold the lock while working. Raises BlockingIOError when another process works on it."""
        lock = self.seize()
        if lock is None:
            raise BlockingIOError(self.path)
        with lock:
            yield

    def dead(self) -> bool:
        """True when no living process holds the job. A slow or starved one is not dead, whatever its heartbeat says: it may
        still commit, and only the kernel knows."""
        lock = self.path / "lock"
        if not lock.exists():
            return True
        with lock.open("r+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def silent(self, now: float) -> bool:
        """True when a living process has not moved for long (stopped, or its machine slept); `now` as `time.time()` says it."""
        heartbeat = self.path / "heartbeat"
        return not self.dead() and heartbeat.exists() and now - heartbeat.stat().st_mtime > STALE_SECONDS
