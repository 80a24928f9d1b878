"""A result served on its firm, and what the firm says to it in its days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import GradeNotice, Result, Run
from tenglong.apps.evaluation.service.base import document_of, due, locked, not_future, said
from tenglong.apps.evaluation.service.effective import effective
from tenglong.domain.delta import diff


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
def record_statement(actor: Any, notice: GradeNotice, *, text: str, document: Any = None) -> GradeNotice:
    """What the firm says, inside its days."""
    fresh = locked(actor, notice, "evaluation.own", "evaluation.appeal", "evaluation.publish")
    if fresh.window_ends_on < timezone.localdate():
        raise EvaluationError(_("陈述申辩期已于 %(day)s 届满；可以提出申诉。") % {"day": fresh.window_ends_on})
    if document is not None:
        document_of(actor, document, _("材料"))
    GradeNotice.objects.filter(pk=fresh.pk).update(statement=said(text, _("陈述申辩内容")), statement_document=document)
    record(actor, "evaluation.statement", "enterprise", fresh.enterprise_id, reason=text)
    return GradeNotice.objects.get(pk=fresh.pk)
