"""What officers say to each other about a case; never shown to the enterprise."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import papers, working
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, CaseEvent
from tenglong.domain.casework.kinds import ATTACHMENT
from tenglong.domain.delta import Delta

LONGEST = 1_000


@transaction.atomic
def comment(actor: Any, ulid: str, text: str, *, name: str = "", content: bytes = b"") -> CaseEvent:
    """Add a comment, with a file where one is given (`name`, `content`); it is never changed. Raises CaseError, Refused."""
    require(actor, "case.work")
    case = scoped(actor, Case.objects.filter(ulid=ulid)).first()
    if case is None:
        raise CaseError(_("没有这个案件，或它不在您的管辖范围内。"))
    told = text.strip()
    if not told:
        raise CaseError(_("请写评论内容。"))
    if len(told) > LONGEST:
        raise CaseError(_("评论有 %(long)s 字，最多 %(most)s 字。") % {"long": len(told), "most": LONGEST})
    files = _attached(actor, case, name, content) if name else []
    event = working.note(case, actor, "comment", "", on=timezone.localdate(), reason=told, documents=files)
    deltas = [Delta("document", None, one) for one in files]
    audit.record(actor, "case.comment", "case", case.ulid, deltas=deltas, reason=told[:500])
    return event


def _attached(actor: Any, case: Case, name: str, content: bytes) -> list[str]:
    require(actor, "document.add")
    if not case.open:
        raise CaseError(_("案件已办结，不能再加材料。"))
    document = papers.keep_file(actor, case, ATTACHMENT, name, content)
    return papers.file_all(actor, case, [(ATTACHMENT, document)])
