"""Objections to published areas, and the explained differences per plot."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require
from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AreaGapNote, AreaObjection, AssessedArea, Cycle
from tenglong.apps.evaluation.models.area import AreaState, Outcome
from tenglong.apps.evaluation.objection_window import window
from tenglong.apps.evaluation.service.base import before_freeze, document_of, locked, one_of, said
from tenglong.domain.delta import Delta, diff


@transaction.atomic
def object_area(
    actor: Any, area: AssessedArea, *, text: str, claimed_cm2: int | None = None, document: Any = None
) -> AreaObjection:
    """By the firm itself while the publication lasts, or by an office that writes down what came in time.

    Only while the area is published and not settled. Raises EvaluationError.
    """
    fresh = locked(actor, area, "evaluation.own", "evaluation.area")
    before_freeze(fresh.cycle)
    if fresh.state not in (AreaState.PUBLISHED, AreaState.OBJECTED):
        raise EvaluationError(_("这家企业的面积现在是“%(state)s”，只有公示中的面积可以提出异议。") % {
            "state": fresh.get_state_display()})
    if fresh.objections.filter(outcome="").exists():
        raise EvaluationError(_("这家企业已有一件异议在办理，请等答复后再提。"))
    if not can(actor, "evaluation.area") and not (now := window(fresh)).open:
        raise EvaluationError(now.why)
    if document is not None:
        document_of(actor, document, _("材料"))
    made = AreaObjection.objects.create(
        area=fresh, text=said(text, _("异议内容")), claimed_cm2=claimed_cm2, document=document, created_by_id=actor.pk
    )
    AssessedArea.objects.filter(pk=fresh.pk).update(state=AreaState.OBJECTED)
    record(actor, "area.object", "assessed_area", fresh.ulid, deltas=[Delta("objection", None, made.ulid)], reason=text)
    return made


@transaction.atomic
def decide_objection(actor: Any, objection: AreaObjection, *, outcome: str, reply: str) -> AreaObjection:
    """By somebody else than who brought it in. The figures themselves are mended by `add_item` or in the register."""
    fresh = locked(actor, objection, "evaluation.area")
    one_of(outcome, (Outcome.UPHELD.value, Outcome.REJECTED.value), _("处理结果"))
    if fresh.outcome:
        raise EvaluationError(_("这件异议已经答复，不能再改。"))
    if fresh.created_by_id == actor.pk:
        raise EvaluationError(_("提出异议的人不能自己答复，请另一位经办人办理。"))
    why = said(reply, _("答复内容"))
    AreaObjection.objects.filter(pk=fresh.pk).update(
        outcome=outcome, reply=why, decided_by_id=actor.pk, decided_at=timezone.now()
    )
    AssessedArea.objects.filter(pk=fresh.area_id, state=AreaState.OBJECTED).update(state=AreaState.PUBLISHED)
    record(actor, "area.objection_decide", "assessed_area", fresh.area.ulid, deltas=diff({}, {"outcome": outcome}), reason=why)
    return AreaObjection.objects.get(pk=fresh.pk)


@transaction.atomic
def explain_gap(actor: Any, cycle: Cycle, plot_id: int, *, note: str, document: Any = None) -> AreaGapNote:
    """Why the assessed areas on a plot differ from the plot. Holds for the difference as it is now."""
    from tenglong.apps.evaluation.queries import area_gaps

    require(actor, "evaluation.area")
    gap = next((gap for gap in area_gaps(actor, cycle, plot_id=plot_id) if gap.gap_cm2), None)
    if gap is None:
        raise EvaluationError(_("这块地没有面积差，或者它不在您的管辖范围内。"))
    if document is not None:
        document_of(actor, document, _("依据材料"))
    why = said(note, _("差异原因"))
    made, _new = AreaGapNote.objects.update_or_create(
        cycle=cycle, plot_id=plot_id,
        defaults={"gap_cm2": gap.gap_cm2, "note": why, "document": document, "created_by_id": actor.pk},
    )
    record(actor, "area.gap_note", "plot", gap.code, deltas=[Delta("gap_cm2", None, gap.gap_cm2)], reason=why)
    return made
