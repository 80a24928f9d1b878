"""A defect accepted with a reason: the row enters, the reason stays with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit import service as audit
from tenglong.apps.survey import rematch
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import Action, ImportBatch, StagedIssue, StagedRow, State, Waiver
from tenglong.apps.survey.staging import counts

SHORTEST_REASON = 4


def waive(actor: Any, issue: StagedIssue, reason: str) -> Waiver:
    """Raises SurveyError without a reason, on a batch that is not in preview, or where there is nothing to write to."""
    require(actor, "survey.waive")
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise SurveyError(_("请写明豁免理由（至少 %(size)s 个字），例如依据的文件或核实情况。") % {"size": SHORTEST_REASON})
    if issue.batch.state != State.PREVIEW:
        raise SurveyError(_("这一批不在预览状态，不能再豁免。"))
    if issue.final:
        raise SurveyError(_("这个问题不能豁免：%(why)s") % {"why": issue.message})
    with transaction.atomic():
        made, _new = Waiver.objects.update_or_create(issue=issue, defaults={"reason": reason[:300], "user_id": actor.pk})
        audit.record(actor, "survey.waive", "staged_issue", issue.ulid, batch_id=issue.batch_id, reason=reason)
        _rejudge(issue)
    return made


def take_back(actor: Any, issue: StagedIssue) -> None:
    """Undo a waiver while the batch is still in preview."""
    require(actor, "survey.waive")
    if issue.batch.state != State.PREVIEW:
        raise SurveyError(_("这一批不在预览状态，不能撤销豁免。"))
    with transaction.atomic():
        Waiver.objects.filter(issue=issue).delete()
        audit.record(actor, "survey.unwaive", "staged_issue", issue.ulid, batch_id=issue.batch_id)
        _rejudge(issue)


def _rejudge(issue: StagedIssue) -> None:
    """The rows that the issue names enter or leave, by what is still unwaived."""
    refused = rematch.unwaived_rows(issue.batch)
    numbers = [number for number in (issue.row, issue.other_row) if number]
    for row in StagedRow.objects.filter(batch=issue.batch, row__in=numbers).only("row", "action", "verdict", "batch"):
        action = Action.REJECTED if row.row in refused else row.verdict
        StagedRow.objects.filter(pk=row.pk).update(action=action)
    ImportBatch.objects.filter(pk=issue.batch_id).update(counts=counts(issue.batch))
