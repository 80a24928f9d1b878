"""Two people press at the same moment, each in a thread of its own: one move, one conflict."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import service
from tenglong.apps.casework.models import Case, CaseEvent, Task


def together(*steps: Callable[[], Any]) -> list[str]:
    """What each step came to, all of them let go at once."""
    gate, told = Barrier(len(steps)), []

    def run(step: Callable[[], Any]) -> None:
        try:
            gate.wait()
            step()
            told.append("done")
        except service.CaseError as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_move_and_one_conflict(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    seen = case.lock_version
    told = together(
        lambda: service.move(cast.county, case.ulid, "accept", lock_version=seen),
        lambda: service.move(cast.analyst, case.ulid, "return", lock_version=seen, reason="缺材料"),
    )
    assert told == ["CaseConflict", "done"]
    assert CaseEvent.objects.filter(kind="move").count() == 1
    assert AuditEntry.objects.filter(action="case.move").count() == 1
    assert Case.objects.get().lock_version == seen + 1


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_one_task_is_taken_by_one_of_two(cast: Any, open_appeal: Any) -> None:
    task = open_appeal().tasks.get()
    told = together(lambda: service.take(cast.county, task.ulid), lambda: service.take(cast.analyst, task.ulid))
    assert told == ["CaseConflict", "done"]
    assert Task.objects.get().assignee in (cast.county, cast.analyst)
