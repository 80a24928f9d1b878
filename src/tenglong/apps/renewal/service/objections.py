"""What a holder says against a finding, worked as a case, and the answer; nothing changes the finding itself."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.audit.service import record
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal.criteria_sets import of_run
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Finding, FindingAppeal, Verdict
from tenglong.apps.renewal.service.base import locked, said
from tenglong.apps.renewal.service.findings import last_day
from tenglong.domain.delta import Delta

CASE: Final = "finding-objection"
#: outcome → transition of the case
STEPS: Final = {"upheld": "uphold", "rejected": "reject"}


def term(finding: Finding) -> date | None:
    """Last day on which the holder itself may object; None: the criteria state no term."""
    return last_day(finding.run, of_run(finding.run).objection_days)


@transaction.atomic
def appeal(actor: Any, finding: Finding, *, text: str, evidence: tuple[str, bytes] | None = None) -> FindingAppeal:
    """By the holder within the term, or written down for it by an office. Raises RenewalError, Refused."""
    fresh = locked(actor, finding, "renewal.own", "renewal.appeal")
    if fresh.verdict != Verdict.HIT or fresh.holder_id is None:
        raise RenewalError(_("只有列为疑似低效、登记了权利人的地块可以提异议。"))
    last = term(fresh)
    if last is not None and timezone.localdate() > last and not can(actor, "renewal.appeal"):
        raise RenewalError(_("异议期到 %(day)s 为止，已经过了。有新的材料请交属地镇街。") % {"day": last})
    if FindingAppeal.objects.filter(finding=fresh, state="open").exists():
        raise RenewalError(_("这块地已有一件异议在办理，请等答复后再提。"))
    why = said(text, _("异议内容"))
    paper = _paper(actor, fresh, evidence) if evidence else None
    made = FindingAppeal.objects.create(
        finding=fresh, enterprise_id=fresh.holder_id, division_code=fresh.division_code, reason=why[:1000], document=paper,
        created_by_id=actor.pk,
    )
    _open(actor, made, fresh)
    record(actor, "finding.appeal", "finding", fresh.ulid, reason=why)
    return FindingAppeal.objects.get(pk=made.pk)


def _paper(actor: Any, finding: Finding, evidence: tuple[str, bytes]) -> Any:
    verb = "renewal.appeal" if can(actor, "renewal.appeal") else "renewal.own"
    try:
        return registry.add_document(
            actor, *evidence, kind="evidence", subject_type="enterprise", subject_id=finding.holder_id, verb=verb)
    except registry.RegistryError as error:
        raise RenewalError(str(error)) from error


def _open(actor: Any, made: FindingAppeal, finding: Finding) -> None:
    papers = [("evidence", made.document.ulid)] if made.document else []
    try:
        case = casework.open_case(
            actor, CASE, "enterprise", made.enterprise_id, _("地块 %(code)s 低效识别异议") % {"code": finding.plot_code},
            division_code=made.division_code, fields={"plot": finding.plot_code, "statement": made.reason}, documents=papers,
        )
    except casework.CaseError as error:
        raise RenewalError(str(error)) from error
    FindingAppeal.objects.filter(pk=made.pk).update(case_id=case.pk)


@transaction.atomic
def reply(actor: Any, made: FindingAppeal, *, outcome: str, text: str) -> FindingAppeal:
    """upheld or rejected, by somebody else than who filed it; through its case. Raises RenewalError, Refused."""
    fresh = locked(actor, made, "renewal.appeal")
    if outcome not in STEPS:
        raise RenewalError(_("处理结果应为成立或不成立。"))
    return _moved(actor, fresh, STEPS[outcome], fields={"reply": said(text, _("答复内容"))})


@transaction.atomic
def withdraw(actor: Any, made: FindingAppeal, *, reason: str) -> FindingAppeal:
    """By the holder or for it; the finding stays."""
    return _moved(actor, locked(actor, made, "renewal.own", "renewal.appeal"), "withdraw", reason=said(reason, _("撤回理由")))


def _moved(actor: Any, made: FindingAppeal, step: str, **more: Any) -> FindingAppeal:
    if made.state != "open" or made.case is None:
        raise RenewalError(_("这件异议已经办结。"))
    try:
        if step != "withdraw" and (task := casework.open_task(actor, made.case, "answer")):
            casework.complete_task(actor, task, note=str(more["fields"]["reply"])[:500])
        casework.move(actor, made.case.ulid, step, **more)
    except casework.CaseError as error:
        raise RenewalError(str(error)) from error
    return FindingAppeal.objects.get(pk=made.pk)


def follow(moved: casework.Moved) -> None:
    """Hook of the case: where it ends, the objection ends. Who filed it never answers it."""
    made = FindingAppeal.objects.filter(case=moved.case, state="open").first()
    if made is None or moved.after == "filed":
        return
    if moved.after != "withdrawn" and made.created_by_id == moved.actor.pk:
        raise casework.CaseError(_("登记异议的人不能自己答复，请另一位经办人办理。"))
    FindingAppeal.objects.filter(pk=made.pk).update(
        state=moved.after, reply=str(moved.case.fields.get("reply", ""))[:1000], replied_by_id=moved.actor.pk,
        replied_on=moved.event.on,
    )
    record(moved.actor, "finding.reply", "finding", made.finding.ulid, deltas=[Delta("appeal", "open", moved.after)])
