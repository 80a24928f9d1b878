"""Only the demo county may lay a case into the past."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tenglong.apps.casework.demo_past import pretend_earlier
from tenglong.apps.casework.errors import CaseError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("actor", [SimpleNamespace(is_demo=False), "system", None])
def test_a_true_case_keeps_its_days(actor: Any) -> None:
    with pytest.raises(CaseError, match="不能改动"):
        pretend_earlier(actor, "01J00000000000000000000000", 3)
