"""A result served on its firm, and what the firm says to it in its days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import GradeNotice, Result, Run, StatementEvidence
from tenglong.apps.evaluation.service.base import document_of, due, locked, not_future, said
from tenglong.apps.evaluation.service.effective import effective
from tenglong.apps.registry import service as registry
from tenglong.domain.delta import Delta, diff

MOST_FILES = 10
STATES = ("evaluation.own", "evaluation.appeal", "evaluation.publish")


@transaction.atomic
def serve_grade(actor: Any, run: Run, enterprise_id: int, *, served_on: date, how: str, proof: Any) -> GradeNotice:
    """The result is handed to the firm with proof; its days to state and defend itself begin."""
    fresh = _formal(actor, run, "evaluation.publish", "evaluation.appeal")
    not_future(served_on, _("送达日期"))
    document_of(actor, proof, _("送达凭证"))
    found = scoped(actor, Result.objects.filter(run=fresh, enterprise_id=enterprise_id)).first()
    if found is None or not found.grade:
        raise EvaluationError(_("这家企业在本次结果里没有等级，或者它不在您的管辖范围内。"))
    try:
        with transaction.atomic():
            made = GradeNotice.objects.create(
                run=fresh, enterprise_id=enterprise_id, division_code=found.town, grade=effective(fresh)[enterprise_id],
                served_on=served_on, served_by=how[:48], proof_document=proof, created_by_id=actor.pk,
                window_ends_on=due(fresh.cycle, "statement", served_on),
            )
    except IntegrityError as error:
        raise EvaluationError(_("这家企业已经送达过。")) from error
    told = diff({}, {"grade": made.grade, "served_on": served_on})
    record(actor, "evaluation.serve", "enterprise", enterprise_id, deltas=told)
    return made


def _formal(actor: Any, run: Run, *verbs: str) -> Run:
    fresh = locked(actor, run, *verbs)
    if fresh.kind != "formal":
        raise EvaluationError(_("试算和推演的结果不对外送达。"))
    return fresh


@transaction.atomic
def record_statement(
    actor: Any, notice: GradeNotice, *, text: str, document: Any = None, evidence: Iterable[tuple[str, bytes]] = ()
) -> GradeNotice:
    """What the firm says inside its days, with files; until it is answered it may say more. Raises EvaluationError."""
    fresh = locked(actor, notice, *STATES)
    if fresh.window_ends_on < timezone.localdate():
        raise EvaluationError(_("陈述申辩期已于 %(day)s 届满；可以提出申诉。") % {"day": fresh.window_ends_on})
    if fresh.reply:
        raise EvaluationError(_("这份陈述申辩已经答复，不能再改；结果公示后可以提出申诉。"))
    if document is not None:
        document_of(actor, document, _("材料"))
    files = list(evidence)
    if len(files) + fresh.evidence.count() > MOST_FILES:
        raise EvaluationError(_("一次陈述申辩最多交 %(n)s 份材料。") % {"n": MOST_FILES})
    told = said(text, _("陈述申辩内容"))
    GradeNotice.objects.filter(pk=fresh.pk).update(
        statement=told, statement_document=document, stated_by_id=actor.pk, stated_at=timezone.now())
    for name, content in files:
        _evidence(actor, fresh, name, content)
    record(actor, "evaluation.statement", "enterprise", fresh.enterprise_id, count=1 + len(files), reason=told,
           deltas=[Delta("statement", fresh.statement or None, told)])
    return GradeNotice.objects.get(pk=fresh.pk)


def _evidence(actor: Any, notice: GradeNotice, name: str, content: bytes) -> None:
    verb = next(verb for verb in ("evaluation.appeal", "evaluation.publish", "evaluation.own") if can(actor, verb))
    try:
        paper = registry.add_document(
            actor, name, content, kind="evidence", subject_type="enterprise", subject_id=notice.enterprise_id, verb=verb)
    except registry.RegistryError as error:
        raise EvaluationError(str(error)) from error
    StatementEvidence.objects.create(notice=notice, document=paper)


@transaction.atomic
def reply_statement(actor: Any, notice: GradeNotice, *, reply: str) -> GradeNotice:
    """What the office found, by somebody else than who brought the statement in; once. Raises EvaluationError."""
    fresh = locked(actor, notice, "evaluation.appeal")
    if not fresh.statement:
        raise EvaluationError(_("这家企业没有提出陈述申辩，不用答复。"))
    if fresh.reply:
        raise EvaluationError(_("这份陈述申辩已经答复，不能再改。"))
    if fresh.stated_by_id == actor.pk:
        raise EvaluationError(_("代记陈述申辩的人不能自己答复，请另一位经办人办理。"))
    why = said(reply, _("答复内容"))
    GradeNotice.objects.filter(pk=fresh.pk).update(reply=why, replied_by_id=actor.pk, replied_at=timezone.now())
    record(actor, "evaluation.statement_reply", "enterprise", fresh.enterprise_id, reason=why,
           deltas=[Delta("statement_reply", None, why)])
    return GradeNotice.objects.get(pk=fresh.pk)
