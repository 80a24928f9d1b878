"""Only the demo county may lay a case into the past."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tenglong.apps.casework.demo_past import pretend_earlier
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Task

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("actor", [SimpleNamespace(is_demo=False), "system", None])
def test_a_true_case_keeps_its_days(actor: Any) -> None:
    with pytest.raises(CaseError, match="不能改动"):
        pretend_earlier(actor, "01J00000000000000000000000", 3)


def test_lists_know_of_the_earlier_deadlines(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    before = Task.objects.get(case=case)
    cast.county.is_demo = True
    moved = pretend_earlier(cast.county, case.ulid, 30)
    after = Task.objects.get(case=case)
    assert before.due_on is not None
    assert after.due_on == before.due_on - timedelta(days=30) == moved.next_due
    assert after.escalates_after == before.escalates_after - timedelta(days=30)
