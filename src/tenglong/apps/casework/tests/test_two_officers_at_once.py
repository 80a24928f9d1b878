"""Two people press at the same moment, each in a thread of its own: one move, one conflict."""

from __future__ import annotations

from typing import Any

import pytest

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import service
from tenglong.apps.casework.models import Case, CaseEvent, Task


def kind(error: Exception) -> str:
    return type(error).__name__


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_move_and_one_conflict(cast: Any, open_appeal: Any, together: Any) -> None:
    case = open_appeal()
    seen = case.lock_version
    told = together(
        lambda: service.move(cast.county, case.ulid, "accept", lock_version=seen),
        lambda: service.move(cast.analyst, case.ulid, "return", lock_version=seen, reason="缺材料"),
        refused=service.CaseError, tell=kind,
    )
    assert told == ["CaseConflict", "done"]
    assert CaseEvent.objects.filter(kind="move").count() == 1
    assert AuditEntry.objects.filter(action="case.move").count() == 1
    assert Case.objects.get().lock_version == seen + 1


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_one_task_is_taken_by_one_of_two(cast: Any, open_appeal: Any, together: Any) -> None:
    task = open_appeal().tasks.get()
    told = together(lambda: service.take(cast.county, task.ulid), lambda: service.take(cast.analyst, task.ulid),
                    refused=service.CaseError, tell=kind)
    assert told == ["CaseConflict", "done"]
    assert Task.objects.get().assignee in (cast.county, cast.analyst)
