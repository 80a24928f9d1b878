"""Corrections in sight; those of instalments only for people who may see amounts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.clearance.models import Correction
from tenglong.apps.clearance.queries.figures import MONEY
from tenglong.apps.clearance.queries.rows import VIEW


def corrections(user: Any) -> QuerySet[Correction]:
    rows = Correction.objects.select_related("clearance", "step", "payment__agreement__holder", "asked_by", "decided_by")
    seen = scoped(user, rows, VIEW) if can(user, VIEW) else rows.none()
    if not can(user, MONEY):
        return seen.filter(payment__isnull=True)
    return seen.filter(Q(payment__isnull=True) | Q(pk__in=scoped(user, Correction.objects.all(), MONEY).values("pk")))


def correction(user: Any, ulid: str) -> Correction:
    """Raises Correction.DoesNotExist."""
    return corrections(user).get(ulid=ulid)
