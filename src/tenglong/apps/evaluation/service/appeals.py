"""Appeals with evidence and reply; adjustments with a collective decision and two persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.casework import service as casework
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Adjustment, Appeal, AppealEvidence, Result, Run
from tenglong.apps.evaluation.models.after import AdjustmentState
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.evaluation.service import appeal_case
from tenglong.apps.evaluation.service.base import at, document_of, locked, not_future, one_of, said
from tenglong.apps.evaluation.service.case import APPEAL
from tenglong.apps.evaluation.service.effective import effective
from tenglong.apps.registry import service as registry_service
from tenglong.domain.delta import Delta, diff

MOST_FILES = 10
HEARD = ("publicity", "appeals", "minutes", "final")


@transaction.atomic
def file_appeal(
    actor: Any, run: Run, enterprise_id: int, *, text: str, evidence: Iterable[tuple[str, bytes]] = (), ground: str = "grade"
) -> Appeal:
    """By the firm against its own published grade, or written down by an office. Opens the appeal's case."""
    fresh = locked(actor, run, "evaluation.own", "evaluation.appeal")
    found = scoped(actor, Result.objects.filter(run=fresh, enterprise_id=enterprise_id)).first()
    if found is None:
        raise EvaluationError(_("没有这家企业的评价结果，或者它不在您的管辖范围内。"))
    if fresh.released_on is None:
        raise EvaluationError(_("结果还没有公示，不能申诉。"))
    at(fresh.cycle, *HEARD)
    files = list(evidence)
    if len(files) > MOST_FILES:
        raise EvaluationError(_("一次申诉最多交 %(n)s 份材料。") % {"n": MOST_FILES})
    made = _appeal(actor, fresh, found, said(text, _("申诉内容")))
    for name, content in files:
        _evidence(actor, made, name, content)
    _open_case(actor, made, found, ground)
    record(actor, "appeal.file", "appeal", made.ulid, count=1 + len(files), reason=text)
    return Appeal.objects.get(pk=made.pk)


def _appeal(actor: Any, run: Run, found: Result, text: str) -> Appeal:
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                cycle=run.cycle, run=run, enterprise_id=found.enterprise_id, division_code=found.town, text=text,
                created_by_id=actor.pk,
            )
    except IntegrityError as error:
        raise EvaluationError(_("这家企业已有一件申诉在办理，请等答复后再提。")) from error


def _evidence(actor: Any, appeal: Appeal, name: str, content: bytes) -> None:
    verb = "evaluation.appeal" if can(actor, "evaluation.appeal") else "evaluation.own"
    try:
        paper = registry_service.add_document(
            actor, name, content, kind="evidence", subject_type="enterprise", subject_id=appeal.enterprise_id, verb=verb
        )
    except registry_service.RegistryError as error:
        raise EvaluationError(str(error)) from error
    AppealEvidence.objects.create(appeal=appeal, document=paper)


def _open_case(actor: Any, appeal: Appeal, found: Result, ground: str) -> None:
    if not appeal.cycle.case_ulid:
        return
    fields = {"ground": ground, "statement": appeal.text[:4000], "cycle": appeal.cycle.title, "old_grade": found.grade}
    papers = [("evidence", row.document.ulid) for row in appeal.evidence.select_related("document")]
    try:
        case = casework.open_case(
            actor, APPEAL, "enterprise", appeal.enterprise_id, _("%(name)s对评价等级的申诉") % {"name": found.name},
            division_code=appeal.division_code, fields=fields, documents=papers,
        )
    except casework.CaseError as error:
        raise EvaluationError(str(error)) from error
    Appeal.objects.filter(pk=appeal.pk).update(case_ulid=case.ulid)


@transaction.atomic
def reply_appeal(actor: Any, appeal: Appeal, *, outcome: str, reply: str, verification: Any = None) -> Appeal:
    """Upheld or rejected, by somebody else than who filed it. Upheld alone changes no grade: that is an adjustment.

    The case goes along: 维持 at once, 调整 when the adjustment is approved. `verification`: the paper of the verifying, which
    the case asks for unless it is on file. Raises EvaluationError naming what the case lacks.
    """
    fresh = locked(actor, appeal, "evaluation.appeal")
    one_of(outcome, ("upheld", "rejected"), _("处理结果"))
    if fresh.outcome:
        raise EvaluationError(_("这件申诉已经答复，不能再改。"))
    if fresh.created_by_id == actor.pk:
        raise EvaluationError(_("登记申诉的人不能自己答复，请另一位经办人办理。"))
    why = said(reply, _("答复内容"))
    Appeal.objects.filter(pk=fresh.pk).update(
        outcome=outcome, reply=why, replied_by_id=actor.pk, replied_at=timezone.now()
    )
    record(actor, "appeal.reply", "appeal", fresh.ulid, deltas=[Delta("outcome", None, outcome)], reason=why)
    if verification is not None:
        document_of(actor, verification, _("核实材料"))
    appeal_case.answered(actor, fresh, outcome=outcome, reply=why, verification=verification)
    return Appeal.objects.get(pk=fresh.pk)


@transaction.atomic
def withdraw_appeal(actor: Any, appeal: Appeal, *, reason: str = "") -> Appeal:
    """By the firm or for it; the grade stays."""
    fresh = locked(actor, appeal, "evaluation.own", "evaluation.appeal")
    if fresh.outcome:
        raise EvaluationError(_("这件申诉已经办结。"))
    if fresh.case_ulid:
        try:
            casework.move(actor, fresh.case_ulid, "withdraw", reason=said(reason, _("撤回理由")))
        except casework.CaseError as error:
            raise EvaluationError(str(error)) from error
    Appeal.objects.filter(pk=fresh.pk).update(outcome="withdrawn", replied_at=timezone.now())
    record(actor, "appeal.withdraw", "appeal", fresh.ulid, reason=reason)
    return Appeal.objects.get(pk=fresh.pk)


@transaction.atomic
def propose_adjustment(
    actor: Any, run: Run, enterprise_id: int, *, to_grade: str, reason: str, document: Any, decision_number: str,
    decision_dated: date, appeal: Appeal | None = None,
) -> Adjustment:
    """调档 needs the collective decision; it takes effect when a second person approves."""
    fresh = locked(actor, run, "evaluation.adjust")
    if fresh.kind != "formal":
        raise EvaluationError(_("只有正式运算的结果可以调档。"))
    found = scoped(actor, Result.objects.filter(run=fresh, enterprise_id=enterprise_id), "evaluation.adjust").first()
    now = effective(fresh).get(enterprise_id) if found else None
    if found is None or not now:
        raise EvaluationError(_("这家企业在本次结果里没有等级，或者它不在您的管辖范围内。"))
    one_of(to_grade, _grades(fresh, found.group), _("调整后的等级"))
    if to_grade == now:
        raise EvaluationError(_("这家企业现在就是 %(grade)s。") % {"grade": now})
    document_of(actor, document, _("集体决定文件"))
    not_future(decision_dated, _("决定日期"))
    if appeal is not None and (appeal.run_id != fresh.pk or appeal.enterprise_id != enterprise_id):
        raise EvaluationError(_("这件申诉不是这家企业对本次结果的申诉。"))
    try:
        with transaction.atomic():
            made = Adjustment.objects.create(
                cycle=fresh.cycle, run=fresh, enterprise_id=enterprise_id, division_code=found.town, appeal=appeal,
                from_grade=now, to_grade=to_grade, reason=said(reason, _("调档理由")), document=document,
                decision_number=said(decision_number, _("决定文号")), decision_dated=decision_dated, created_by_id=actor.pk,
            )
    except IntegrityError as error:
        raise EvaluationError(_("这家企业已有一件调档在办或已批准。")) from error
    record(actor, "adjustment.propose", "adjustment", made.ulid, deltas=[Delta("grade", now, to_grade)],
           reason=f"{decision_number} {reason}")
    return made


def _grades(run: Run, group: str) -> tuple[str, ...]:
    rule = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text).compiled.scheme
    grades = rule.groups[group].grades if group in rule.groups else None
    return grades.order if grades is not None else ()


@transaction.atomic
def approve_adjustment(actor: Any, adjustment: Adjustment, *, note: str = "") -> Adjustment:
    """By a second person; the grade changes now. Approved once, whoever is quicker."""
    fresh = _decided(actor, adjustment)
    if fresh.created_by_id == actor.pk:
        raise EvaluationError(_("提出调档的人不能自己批准，请另一位有批准权限的人办理。"))
    return _close(actor, fresh, AdjustmentState.APPROVED, note)


@transaction.atomic
def reject_adjustment(actor: Any, adjustment: Adjustment, *, note: str) -> Adjustment:
    return _close(actor, _decided(actor, adjustment), AdjustmentState.REJECTED, said(note, _("不批准的理由")))


@transaction.atomic
def withdraw_adjustment(actor: Any, adjustment: Adjustment, *, note: str = "") -> Adjustment:
    """By who proposed it, before the decision."""
    fresh = locked(actor, adjustment, "evaluation.adjust")
    _proposed(fresh)
    if fresh.created_by_id != actor.pk:
        raise EvaluationError(_("只有提出人可以撤回；其他人请不批准并写明理由。"))
    Adjustment.objects.filter(pk=fresh.pk).update(state=AdjustmentState.WITHDRAWN)
    record(actor, "adjustment.withdraw", "adjustment", fresh.ulid, reason=note)
    return Adjustment.objects.get(pk=fresh.pk)


def _decided(actor: Any, adjustment: Adjustment) -> Adjustment:
    fresh = locked(actor, adjustment, "evaluation.approve")
    _proposed(fresh)
    return fresh


def _proposed(fresh: Adjustment) -> None:
    if fresh.state != AdjustmentState.PROPOSED:
        raise EvaluationError(_("这件调档已经是“%(state)s”，不能再办。") % {"state": fresh.get_state_display()})


def _close(actor: Any, fresh: Adjustment, state: AdjustmentState, note: str) -> Adjustment:
    """Only from `proposed`, checked again by the update itself."""
    told = Adjustment.objects.filter(pk=fresh.pk, state=AdjustmentState.PROPOSED).update(
        state=state, approved_by_id=actor.pk, approved_at=timezone.now(), decision_note=note[:300]
    )
    if not told:
        raise EvaluationError(_("这件调档刚被别人办理。"))
    deltas = diff({"state": "proposed", "grade": fresh.from_grade}, {"state": state.value, "grade": fresh.to_grade})
    kept = deltas if state == AdjustmentState.APPROVED else deltas[:1]
    record(actor, f"adjustment.{state.value}", "adjustment", fresh.ulid, deltas=kept, reason=note or fresh.decision_number)
    if state == AdjustmentState.APPROVED:
        appeal_case.adjusted(actor, fresh)
    return Adjustment.objects.get(pk=fresh.pk)
