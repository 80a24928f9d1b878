"""The cycle's case moves along: what the record does, the case does in the same transaction, and its guards may refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.casework import service as casework
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle
from tenglong.apps.evaluation.stages import LEADS

CYCLE, APPEAL = "evaluation-cycle", "evaluation-appeal"


def begin(actor: Any, cycle: Cycle) -> None:
    """Open the case of a new cycle. Raises EvaluationError."""
    try:
        case = casework.open_case(
            actor, CYCLE, "cycle", cycle.pk, cycle.title, division_code=cycle.division_code, fields={"year": cycle.year}
        )
    except casework.CaseError as error:
        raise EvaluationError(str(error)) from error
    Cycle.objects.filter(pk=cycle.pk).update(case_ulid=case.ulid, stage=case.state)
    cycle.case_ulid, cycle.stage = case.ulid, case.state


def advance(
    actor: Any, cycle: Cycle, transition: str, *, fields: Mapping[str, Any] | None = None,
    documents: Iterable[tuple[str, Any]] = (), reason: str = "",
) -> None:
    """Move the case (or, without one, the stage). `documents`: (kind, SourceDocument or None). Raises EvaluationError."""
    if cycle.stage == LEADS[transition]:
        return
    if not cycle.case_ulid:
        _stage(cycle, LEADS[transition])
        return
    papers = [(kind, document.ulid) for kind, document in documents if document is not None]
    try:
        case = casework.move(actor, cycle.case_ulid, transition, fields=fields, documents=papers, reason=reason)
    except casework.CaseError as error:
        raise EvaluationError(_("流程还不能往下走：%(why)s") % {"why": error}) from error
    cycle.stage = case.state


def _stage(cycle: Cycle, stage: str) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(stage=stage)
    cycle.stage = stage


@transaction.atomic
def step(actor: Any, cycle: Cycle, transition: str, *, reason: str = "") -> Cycle:
    """Move a cycle to its next stage when nothing else has to be recorded (check, send_sheets, hear, submit…)."""
    from tenglong.apps.evaluation.service.base import whole

    if transition not in ("begin", "check", "send_sheets", "hear", "submit", "collect"):
        raise EvaluationError(_("“%(step)s”要在它自己的页面上办理。") % {"step": transition})
    fresh = whole(actor, cycle, "evaluation.manage")
    advance(actor, fresh, transition, reason=reason)
    return fresh


def follow(moved: casework.Moved) -> None:
    """Hook of the definition: the cycle's stage is the state of its case."""
    Cycle.objects.filter(case_ulid=moved.case.ulid).update(stage=moved.after)


def register() -> None:
    from tenglong.apps.evaluation.service import appeal_case

    casework.on_move(CYCLE, follow)
    casework.on_move(APPEAL, appeal_case.follow)
