"""A firm's own way to confirm: it sends the sealed sheet back itself."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Sheet
from tenglong.apps.evaluation.models.sheet import SheetState
from tenglong.apps.evaluation.service.base import at, locked
from tenglong.apps.registry import service as registry
from tenglong.domain.delta import Delta


@transaction.atomic
def seal_own(actor: Any, sheet: Sheet, *, code: str, content: bytes) -> Sheet:
    """`code`: what the code on the paper says; another sheet's paper is refused. Raises EvaluationError, Refused."""
    fresh = locked(actor, sheet, "evaluation.own")
    at(fresh.cycle, "checks", "sheets")
    if fresh.voided_at is not None or fresh.state not in (SheetState.DELIVERED, SheetState.OBJECTED):
        raise EvaluationError(_("这份单子现在不能确认；已盖章的不用再交，作废的请用新的一份。"))
    if code != fresh.code:
        raise EvaluationError(_("上传的不是这份单子：二维码对不上。请上传本页下载、盖章后的那一份。"))
    name = _("一企一单-%(name)s.pdf") % {"name": fresh.content.get("name", "")}
    paper = registry.add_document(
        actor, name, content, kind="confirmation", subject_type="enterprise", subject_id=fresh.enterprise_id,
        dated=timezone.localdate(), verb="evaluation.own",
    )
    Sheet.objects.filter(pk=fresh.pk).update(
        state=SheetState.SEALED, scanned_document=paper, sealed_on=timezone.localdate()
    )
    record(actor, "sheet.sealed", "sheet", fresh.ulid, deltas=[Delta("state", fresh.state, "sealed")], reason=_("企业在线交回"))
    return Sheet.objects.get(pk=fresh.pk)
