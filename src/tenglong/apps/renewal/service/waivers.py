"""Waivers: proposed with a document and an end, approved by a second person, counted from the next run on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Finding, FindingWaiver, Verdict
from tenglong.apps.renewal.service.base import document_of, locked, said
from tenglong.domain.delta import Delta


@transaction.atomic
def propose(
    actor: Any, finding: Finding, *, reason: str, document: Any, until: date, criterion: str = ""
) -> FindingWaiver:
    """`criterion` "": every criterion that the finding met. Raises RenewalError, Refused."""
    fresh = locked(actor, finding, "renewal.appeal")
    if fresh.verdict != Verdict.HIT:
        raise RenewalError(_("只有列为疑似低效的地块可以豁免。"))
    if criterion and criterion not in [hit["criterion"] for hit in fresh.hits]:
        raise RenewalError(_("这块地没有命中这个条件。"))
    if until <= timezone.localdate():
        raise RenewalError(_("豁免的有效期 %(day)s 应在今天之后。") % {"day": until})
    if FindingWaiver.objects.filter(finding=fresh, state="proposed").exists():
        raise RenewalError(_("这块地已有一件豁免待批准。"))
    document_of(actor, document, _("豁免的依据文件"))
    made = FindingWaiver.objects.create(
        finding=fresh, division_code=fresh.division_code, reason=said(reason, _("豁免理由"), 4)[:1000], document=document,
        criterion=criterion, until=until, created_by_id=actor.pk,
    )
    record(actor, "waiver.propose", "finding", fresh.ulid, deltas=[Delta("waiver", None, f"{criterion or '*'} {until}")],
           reason=reason)
    return made


@transaction.atomic
def decide(actor: Any, waiver: FindingWaiver, *, approve: bool, note: str = "") -> FindingWaiver:
    """By a second person; never by who proposed it. A refusal says why."""
    fresh = locked(actor, waiver, "renewal.appeal", "renewal.approve")
    if fresh.state != "proposed":
        raise RenewalError(_("这件豁免已经办过。"))
    if fresh.created_by_id == actor.pk:
        raise RenewalError(_("提出豁免的人不能自己批准，请另一位经办人办理。"))
    why = note.strip() if approve else said(note, _("不批准的理由"))
    return _set(actor, fresh, "approved" if approve else "refused", why)


@transaction.atomic
def end(actor: Any, waiver: FindingWaiver, *, reason: str) -> FindingWaiver:
    """Before its day; the next run no longer counts it."""
    fresh = locked(actor, waiver, "renewal.appeal")
    if fresh.state != "approved":
        raise RenewalError(_("只有已批准的豁免可以提前终止。"))
    return _set(actor, fresh, "ended", said(reason, _("终止理由")))


def _set(actor: Any, waiver: FindingWaiver, state: str, why: str) -> FindingWaiver:
    before = waiver.state
    changes: dict[str, Any] = {"state": state}
    if state in ("approved", "refused"):
        changes |= {"approved_by_id": actor.pk, "approved_on": timezone.localdate()}
    FindingWaiver.objects.filter(pk=waiver.pk).update(**changes)
    record(actor, f"waiver.{state}", "finding", waiver.finding.ulid, deltas=[Delta("waiver", before, state)], reason=why)
    return FindingWaiver.objects.get(pk=waiver.pk)
