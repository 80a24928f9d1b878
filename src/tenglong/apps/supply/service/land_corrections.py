"""更正: another day, paper, file or contract number for a step that was written down wrongly.

What stood there stays on the timeline and in the audit. The clocks are read again over every step that was done: a correction
never breaks a lawful wait; a missed deadline or pledge is told.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import LandStep, StepCorrection
from tenglong.apps.supply.service import land_files, outcome
from tenglong.apps.supply.service.land_base import WORK, locked, moved, not_later_than_today, said
from tenglong.apps.supply.service.land_steps import Early, Row, done_days, kind_of, procedure_of
from tenglong.domain.delta import diff
from tenglong.domain.landing.supply.correction import Recheck, recheck, starts_wait
from tenglong.domain.landing.supply.policy import Procedure

#: states in which what was done may no longer be touched
ENDED = ("draft", "submitted", "withdrawn")


def correct(actor: Any, row: Row, step: str, *, on: date, paper: str, reason: str, lock_version: int,
            file: Any = None, contract_number: str = "") -> StepCorrection:
    """`contract_number`: "" leaves it as it is. Raises SupplyError, with the clause where a wait would be broken; such an
    attempt stays in the audit."""
    with transaction.atomic():
        fresh = locked(actor, row, WORK, lock_version)
        try:
            return _correct(actor, fresh, step, on, paper, reason, file, contract_number.strip())
        except Early as error:
            early = error
    raise early


def _correct(actor: Any, row: Row, step: str, on: date, paper: str, reason: str, file: Any, contract: str) -> StepCorrection:
    held, procedure = _held(row, step), procedure_of(row)
    label = procedure.step(step).label
    day = not_later_than_today(on, _("办理日期"))
    told, number = said(reason, _("更正理由")), said(paper, procedure.step(step).paper)
    change = outcome.Change(held.on, day, outcome.other_contract(row, procedure.step(step), contract))
    if (day, number) == (held.on, held.paper) and not file and not change.contract:
        raise SupplyError(_("“%(step)s”没有改动。") % {"step": label})
    found = recheck(procedure, done_days(row), step, day, timezone.localdate(), calendar())
    if found.broken:
        _refuse(actor, row, step, day, found)
    _proof(procedure, held, day, file)
    more = outcome.of_correction(actor, row, procedure.step(step), change, told)
    document = land_files.keep(actor, file, row, number=number, dated=day) or held.document
    made = _write(actor, held, day, number, document, told, [*found.told, *more.told])
    _warn_again(row, found)
    before = getattr(row, "contract_number", "")
    record(actor, f"{kind_of(row)}.step.correct", kind_of(row), row.ulid, reason=told, deltas=diff(
        {"step": None, "on": held.on, "paper": held.paper, "document": held.document.ulid if held.document else None,
         "contract": before},
        {"step": step, "on": day, "paper": number, "document": document.ulid if document else None,
         "contract": change.contract or before}))
    moved(row, **more.values)
    return made


def _held(row: Row, step: str) -> LandStep:
    if row.state in ENDED:
        raise SupplyError(_("现在是“%(state)s”，不能更正步骤。") % {"state": row.get_state_display()})
    held = row.steps.select_related("document").filter(step=step).first()
    if held is None:
        raise SupplyError(_("这一步还没有登记，不用更正。"))
    return held


def _refuse(actor: Any, row: Row, step: str, day: date, found: Recheck) -> None:
    says = "；".join(found.broken)
    record(actor, f"{kind_of(row)}.refused", kind_of(row), row.ulid, result="refused", reason=says,
           deltas=diff({}, {"correct": step, "on": day}))
    raise Early(_("不能更正：%(why)s") % {"why": says})


def _proof(procedure: Procedure, held: LandStep, day: date, file: Any) -> None:
    """An earlier beginning ends a lawful wait earlier: that takes more than a word."""
    if day < held.on and not file and starts_wait(procedure, held.step):
        label = procedure.step(held.step).label
        raise SupplyError(_("法定时限从“%(step)s”起算，改早要附上写明日期的文书扫描件。") % {"step": label})


def _write(actor: Any, held: LandStep, day: date, paper: str, document: Any, reason: str, told: list[str]) -> StepCorrection:
    made = StepCorrection.objects.create(
        step=held, on_before=held.on, on_after=day, paper_before=held.paper, paper_after=paper, document_before=held.document,
        document_after=document, reason=reason, told=told, created_by_id=actor.pk)
    LandStep.objects.filter(pk=held.pk).update(on=day, paper=paper, document=document)
    return made


def _warn_again(row: Row, found: Recheck) -> None:
    for one in row.steps.all():
        if list(found.warnings[one.step]) != one.warnings:
            LandStep.objects.filter(pk=one.pk).update(warnings=list(found.warnings[one.step]))
