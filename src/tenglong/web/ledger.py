"""报数台账 for figures that are no list: a bulletin, a report. Lists enter theirs in `web.listing.export`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.web.listing.export import ExportRefused, notes_of, rows_digest
from tenglong.web.models import FigureLedger

__all__ = ["ExportRefused", "enter", "notes_of"]


@transaction.atomic
def enter(
    user: Any, *, page: str, title: str, caliber: str, filter_text: str, query: str, rows: list[dict[str, Any]], form: str,
    recipient: str, purpose: str, request: Any = None,
) -> FigureLedger:
    """One line and one audit entry for figures given out; the same rows give the same hash. Raises ExportRefused."""
    if not recipient.strip() or not purpose.strip():
        raise ExportRefused(_("请填写报给谁和用途：每次报数都要进报数台账"))
    digest = rows_digest(rows)
    line = FigureLedger.objects.create(
        number=f"新{digest[:20]}", page=page, title=title[:120], caliber=caliber[:400], filter_text=filter_text[:2000],
        query=query[:2000], rows=len(rows), rows_sha256=digest, form=form, made_by=user, recipient=recipient.strip()[:80],
        purpose=purpose.strip()[:200],
    )
    line.number = f"BS{timezone.localdate():%Y%m%d}-{line.pk:05d}"
    line.save(update_fields=["number"])
    record(user, "export.make", "figure", line.number, count=len(rows), digest=digest,
           reason=f"{line.recipient}：{line.purpose}", request=request)
    return line
