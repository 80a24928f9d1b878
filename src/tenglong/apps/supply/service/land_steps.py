"""Steps of a control-plan change or of a listing: each on its day, with its paper, refused with the clause when it is early."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import ControlPlanChange, LandStep, Listing, SupplementState
from tenglong.apps.supply.service import land_files
from tenglong.apps.supply.service.land_base import clocks_of, not_later_than_today, said
from tenglong.domain.delta import diff
from tenglong.domain.landing.supply.policy import Procedure
from tenglong.domain.landing.supply.steps import StepState, may, standing
from tenglong.domain.landing.supply.supplement import Added, with_supplements

Row = ControlPlanChange | Listing


def procedure_of(row: Row) -> Procedure:
    """With the supplementary notices of a listing. Raises SupplyError when the pinned policy has no such procedure any more."""
    try:
        found = clocks_of(row.clocks).procedure(row.procedure)
    except KeyError as error:
        raise SupplyError(_("政策参数“%(name)s”里没有流程“%(id)s”。") % {"name": row.clocks, "id": row.procedure}) from error
    return with_supplements(found, added(row)) if isinstance(row, Listing) else found


def added(row: Listing) -> list[Added]:
    """Supplementary notices that were approved, those that wait for their publication among them."""
    lasting = row.supplements.filter(state__in=(SupplementState.APPROVED, SupplementState.PUBLISHED))
    return [Added(ordinal, weighty) for ordinal, weighty in lasting.values_list("ordinal", "weighty")]


def kind_of(row: Row) -> str:
    return "change" if isinstance(row, ControlPlanChange) else "listing"


def done_days(row: Row) -> dict[str, date]:
    return dict(row.steps.values_list("step", "on"))


def where(row: Row, on: date) -> list[StepState]:
    """Every step of the row's procedure as it stands on the day."""
    return standing(procedure_of(row), done_days(row), on, calendar())


def take(actor: Any, row: Row, step: str, *, on: date, paper: str, file: Any = None) -> StepState:
    """Write the step inside the caller's transaction; the caller locked the row. `file`: its paper as uploaded. Raises
    SupplyError with the clause.

    A `min_wait` refuses; a deadline or a pledge that is missed is kept as a warning of the step.
    """
    try:
        state = may(procedure_of(row), step, done_days(row), not_later_than_today(on, _("办理日期")), calendar())
    except KeyError as error:
        raise SupplyError(_("这个流程里没有这一步。")) from error
    what = kind_of(row)
    if row.steps.filter(step=step).exists():
        raise SupplyError(_("“%(step)s”已经登记过。") % {"step": state.step.label})
    if state.blocks:
        record(actor, f"{what}.refused", what, row.ulid, result="refused", deltas=diff({}, {"step": step, "on": on}),
               reason="；".join(state.blocks))
        raise Early("；".join(state.blocks))
    told = said(paper, state.step.paper)
    document = land_files.keep(actor, file, row, number=told, dated=on)
    LandStep.objects.create(**{what: row}, step=step, on=on, paper=told, document=document, warnings=list(state.warnings),
                            created_by_id=actor.pk)
    record(actor, f"{what}.step", what, row.ulid, reason="；".join(state.warnings),
           deltas=diff({}, {"step": step, "on": on, "paper": told, "document": document.ulid if document else None}))
    return state


class Early(SupplyError):
    """Refused by the law of the clocks; the attempt stays in the audit (the caller keeps its transaction)."""
