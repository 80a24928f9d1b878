"""A case on the way, and papers to file: what every test of casework begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

TOWN, OTHER_TOWN, COUNTY = "330604001", "330604002", "330604"
FILED = {"ground": "land", "statement": "面积多算了 2 亩"}


@pytest.fixture
def on_day(cast: Any) -> Callable[[date], Any]:
    """`with on_day(date(2025, 9, 26)):` — that is today for the services."""
    from tenglong.apps.accounts.models import RoleGrant

    RoleGrant.objects.update(valid_from=date(2020, 1, 1))
    return lambda day: mock.patch.object(timezone, "localdate", lambda *_args: day)


@pytest.fixture
def open_appeal(cast: Any) -> Callable[..., Any]:
    from tenglong.apps.casework import service

    def go(actor: Any = None, subject_id: int = 1, town: str = TOWN, **more: Any) -> Any:
        return service.open_case(
            actor or cast.county, "evaluation-appeal", "enterprise", subject_id, f"企业 {subject_id} 的申诉",
            division_code=town, fields={**FILED, **more.pop("fields", {})}, **more,
        )

    return go


@pytest.fixture
def paper(cast: Any) -> Callable[..., str]:
    from tenglong.apps.registry import service

    def make(actor: Any = None, name: str = "材料.pdf", town: str = TOWN) -> str:
        content = b"%PDF-1.4 " + name.encode()
        return str(service.add_document(actor or cast.county, name, content, kind="approval", division_code=town).ulid)

    return make
