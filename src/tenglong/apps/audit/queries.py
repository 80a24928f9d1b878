"""What other apps may read of the audit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tenglong.apps.audit.models import AuditEntry


def recent(subject_types: Iterable[str], since: datetime, limit: int) -> list[AuditEntry]:
    """Entries about these subjects at or after `since`, newest first. Not scoped: show only what the user may see."""
    found = AuditEntry.objects.filter(ts__gte=since, subject_type__in=list(subject_types))
    return list(found.order_by("-seq")[:limit])
