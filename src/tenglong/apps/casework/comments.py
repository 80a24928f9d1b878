"""What officers say to each other about a case; never shown to the enterprise."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import working
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, CaseEvent

LONGEST = 1_000


@transaction.atomic
def comment(actor: Any, ulid: str, text: str) -> CaseEvent:
    """Add a comment; it is never changed. Raises CaseError, Refused."""
    require(actor, "case.work")
    case = scoped(actor, Case.objects.filter(ulid=ulid)).first()
    if case is None:
        raise CaseError(_("没有这个案件，或它不在您的管辖范围内。"))
    told = text.strip()
    if not told:
        raise CaseError(_("请写评论内容。"))
    if len(told) > LONGEST:
        raise CaseError(_("评论有 %(long)s 字，最多 %(most)s 字。") % {"long": len(told), "most": LONGEST})
    event = working.note(case, actor, "comment", "", on=timezone.localdate(), reason=told)
    audit.record(actor, "case.comment", "case", case.ulid, reason=told[:500])
    return event
