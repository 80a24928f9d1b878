"""控规调整: opened, taken step by step through its notice, finished or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import ChangeState, ControlPlanChange
from tenglong.apps.supply.service import land_steps
from tenglong.apps.supply.service.land_base import WORK, clocks_in_force, in_reach, locked, moved, plot_of, said
from tenglong.domain.delta import Delta, diff

FIELDS: Final = ("title", "plan_unit", "area_cm2", "use_before", "use_after", "far_before", "far_after", "reason")


@transaction.atomic
def begin(actor: Any, values: Mapping[str, Any]) -> ControlPlanChange:
    """`values`: FIELDS, `division_code`, `plot_id` or None. Raises Refused, SupplyError."""
    town = values["division_code"]
    in_reach(actor, town)
    if not values.get("area_cm2"):
        raise SupplyError(_("请填写调整地块的面积。"))
    reference, policy = clocks_in_force()
    procedure = policy.of_subject("control_plan")[0]
    held = {name: values.get(name) or "" for name in FIELDS if name != "area_cm2"} | {"area_cm2": values["area_cm2"]}
    made = ControlPlanChange.objects.create(**held, division_code=town, plot_id=plot_of(actor, values.get("plot_id"), town),
                                            clocks=reference, procedure=procedure.id, created_by_id=actor.pk)
    record(actor, "change.begin", "change", made.ulid, deltas=diff({}, {**held, "division_code": town, "clocks": reference}))
    return made


def step(actor: Any, row: ControlPlanChange, name: str, *, on: date, paper: str, lock_version: int, file: Any = None
         ) -> ControlPlanChange:
    """Raises SupplyError with the clause when it is early; the refused attempt stays in the audit."""
    with transaction.atomic():
        fresh = locked(actor, row, WORK, lock_version)
        _open(fresh)
        try:
            state = land_steps.take(actor, fresh, name, on=on, paper=paper, file=file)
        except land_steps.Early as error:
            early = error
        else:
            return moved(fresh, state=ChangeState.DONE if state.step.effect == "finish" else fresh.state)
    raise early


@transaction.atomic
def withdraw(actor: Any, row: ControlPlanChange, *, reason: str, lock_version: int) -> ControlPlanChange:
    fresh = locked(actor, row, WORK, lock_version)
    _open(fresh)
    told = said(reason, _("撤回的理由"))
    record(actor, "change.withdraw", "change", fresh.ulid, deltas=[Delta("state", fresh.state, "withdrawn")], reason=told)
    return moved(fresh, state=ChangeState.WITHDRAWN)


def _open(row: ControlPlanChange) -> None:
    if row.state != ChangeState.OPEN:
        raise SupplyError(_("这次控规调整已经结束。"))
