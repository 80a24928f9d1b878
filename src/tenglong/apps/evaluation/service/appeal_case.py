"""An appeal and its case agree: the answer moves the case, and a move made in the case answers the appeal.

The definition says how (`evaluation-appeal`): verified before it is answered; 维持 when it is rejected; 调整 when the grade has
been changed by a collective decision and two persons. Nothing here skips a step that the definition asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.casework import service as casework
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Adjustment, Appeal

#: state → the transition that leads towards the answer
TOWARDS: Final = {"filed": "accept", "accepted": "verify", "verification": "report"}
READY: Final = "reply"
ANSWERED: Final = {"adjusted": "upheld", "upheld": "rejected"}


def case_of(actor: Any, appeal: Appeal) -> Any:
    """The case, or None for an appeal of a year entered afterwards."""
    return casework.visible(actor).filter(ulid=appeal.case_ulid).first() if appeal.case_ulid else None


def answered(actor: Any, appeal: Appeal, *, outcome: str, reply: str, verification: Any = None) -> None:
    """The case of an appeal that has just got its answer. Raises EvaluationError with what the case still asks for."""
    case = case_of(actor, appeal)
    if case is None:
        return
    try:
        _to_reply(actor, case, reply, verification)
        if outcome == "rejected":
            casework.move(actor, case.ulid, "uphold", fields={"reply": reply}, reason=reply)
            return
        if task := casework.open_task(actor, case, "answer"):
            casework.complete_task(actor, task, note=reply)
    except casework.CaseError as error:
        raise EvaluationError(_("申诉的流程还不能往下走：%(why)s") % {"why": error}) from error
    approved = Adjustment.objects.filter(appeal=appeal, state="approved").first()
    if approved is not None:
        adjusted(actor, approved)


def _to_reply(actor: Any, case: Any, finding: str, verification: Any) -> None:
    """Accepted, verified, reported, step by step; `verification` is the paper that closes the verifying."""
    while case.state in TOWARDS:
        step = TOWARDS[case.state]
        if step == "report" and (task := casework.open_task(actor, case, "verify")):
            papers: Iterable[tuple[str, str]] = [("verification", verification.ulid)] if verification is not None else []
            casework.complete_task(actor, task, note=finding, documents=papers)
        case = casework.move(actor, case.ulid, step, fields={"finding": finding} if step == "report" else None)
    if case.state != READY:
        raise casework.CaseError(_("案件现在是“%(state)s”，不能答复。") % {"state": _(case.state_label)})


def adjusted(actor: Any, adjustment: Adjustment) -> None:
    """An approved 调档 of an appeal that was found right moves its case on. Raises EvaluationError."""
    held = Appeal.objects.filter(pk=adjustment.appeal_id or 0, outcome="upheld").first()
    case = case_of(actor, held) if held is not None else None
    if held is None or case is None or case.state in ANSWERED:
        return
    fields = {"reply": held.reply, "new_grade": adjustment.to_grade, "decision_number": adjustment.decision_number}
    try:
        papers = [("decision", adjustment.document.ulid)]
        casework.move(actor, case.ulid, "adjust", fields=fields, documents=papers, reason=adjustment.reason)
    except casework.CaseError as error:
        raise EvaluationError(_("申诉的流程还不能往下走：%(why)s") % {"why": error}) from error


def follow(moved: casework.Moved) -> None:
    """Hook: what was done in the case itself is told to the appeal. A refusal undoes the move."""
    appeal = Appeal.objects.filter(case_ulid=moved.case.ulid, outcome="").first()
    if appeal is None:
        return
    if moved.after == "withdrawn":
        Appeal.objects.filter(pk=appeal.pk).update(outcome="withdrawn", replied_at=timezone.now())
    elif moved.after in ANSWERED:
        _answer(moved, appeal, ANSWERED[moved.after])


def _answer(moved: casework.Moved, appeal: Appeal, outcome: str) -> None:
    if appeal.created_by_id == moved.actor.pk:
        raise casework.CaseError(_("登记申诉的人不能自己答复，请另一位经办人办理。"))
    grade = moved.case.fields.get("new_grade", "")
    approved = Adjustment.objects.filter(appeal=appeal, state="approved", to_grade=grade)
    if outcome == "upheld" and not approved.exists():
        told = {"grade": grade}
        raise casework.CaseError(_("等级还没有调整为 %(grade)s：请先在评价里凭集体决定提出调档，并由第二人批准。") % told)
    Appeal.objects.filter(pk=appeal.pk).update(
        outcome=outcome, reply=str(moved.case.fields.get("reply", "")), replied_by_id=moved.actor.pk, replied_at=timezone.now())
