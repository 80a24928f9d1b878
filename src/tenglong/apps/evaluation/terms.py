"""Days that a cycle's terms give, for the forms that propose them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from tenglong.apps.evaluation.service.base import due


def last_day(cycle: Any, term: str, start: date | None = None) -> date | None:
    """Last day of a term that begins today (or on `start`); None when this cycle has no such term."""
    if term not in cycle.terms.get("terms", {}):
        return None
    return due(cycle, term, start or timezone.localdate())
