"""What a first try would have to wait for, done while its page is read: the SQL of the rule and its results of each year."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from django.conf import settings
from django.db import connections

from tenglong.apps.evaluation import tables, trying
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Snapshot
from tenglong.apps.evaluation.service.runs import last_year
from tenglong.store.snapshots import SnapshotError

_LOG: Final = logging.getLogger(__name__)
_DONE: Final[set[tuple[Path, str, str]]] = set()
_LOCK: Final = Lock()


def begin(snapshot: Snapshot, years: Sequence[Snapshot]) -> Thread | None:
    """Once per process, rule and snapshot, behind the answer; None where it was begun before."""
    key = (Path(settings.TENGLONG_HOME), snapshot.cycle.scheme_pin, snapshot.sha256)
    with _LOCK:
        if key in _DONE or not settings.WHATIF_WARM:
            return None
        _DONE.add(key)
    thread = Thread(target=_quietly, args=(snapshot, years), name="whatif-warm", daemon=True)
    thread.start()
    return thread


def _quietly(snapshot: Snapshot, years: Sequence[Snapshot]) -> None:
    """What cannot be worked now is told to whoever tries it."""
    try:
        work(snapshot, years)
    except (EvaluationError, SnapshotError) as error:
        _LOG.info("what-if is not prepared: %s", error)
    finally:
        connections.close_all()


def work(snapshot: Snapshot, years: Sequence[Snapshot]) -> None:
    """Raises EvaluationError, SnapshotError."""
    from tenglong.engine.kept import prepare

    base = trying.base_of(snapshot.cycle)
    trying.worked(base, snapshot)
    trying.worked_many(base, years)
    rows = trying.needed(base.compiled, tables.frozen(snapshot.sha256))
    prepare(base.compiled, rows, last_year=last_year(snapshot.cycle, base), trace=False)
