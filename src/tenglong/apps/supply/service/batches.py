"""Supply batches: plots out of stock meant to be supplied together, approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import has_done, record
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import BatchPlot, BatchState, ReserveEntry, SupplyBatch
from tenglong.apps.supply.queries import reserve
from tenglong.apps.supply.service.land_base import DECIDE, WORK, in_reach, locked, moved, said, standard_of
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.standard.check import NoRow, row_of

#: whoever took one of these wrote what is approved
WRITING: Final = ("batch.create", "batch.add", "batch.drop", "batch.standard", "batch.submit")


@transaction.atomic
def draft(actor: Any, values: Mapping[str, Any]) -> SupplyBatch:
    """`values`: title, division_code, planned_on. Raises Refused, SupplyError."""
    in_reach(actor, values["division_code"])
    held = {"title": said(values["title"], _("批次名称")), "division_code": values["division_code"],
            "planned_on": values.get("planned_on")}
    made = SupplyBatch.objects.create(**held, created_by_id=actor.pk)
    record(actor, "batch.create", "supply_batch", made.ulid, deltas=diff({}, held))
    return made


@transaction.atomic
def add(actor: Any, batch: SupplyBatch, lot: ReserveEntry, *, area_cm2: int, land_use: str, lock_version: int) -> SupplyBatch:
    """A plot out of stock, not more than is in it today."""
    fresh = _draft(actor, batch, lock_version)
    if not reserve.lots(actor).filter(pk=lot.pk).exists() or not lot.division_code.startswith(fresh.division_code):
        raise SupplyError(_("没有这块在库的地，或者它不在这个批次的镇街。"))
    held, _rows = reserve.of_lot(actor, lot, timezone.localdate())
    if not 0 < area_cm2 <= held.area_cm2:
        raise SupplyError(_("面积应大于 0，且不超过库存 %(area)s 平方米。") % {"area": held.area_cm2 // 10_000})
    if fresh.plots.filter(lot=lot).exists():
        raise SupplyError(_("这块地已经在批次里。"))
    BatchPlot.objects.create(batch=fresh, lot=lot, area_cm2=area_cm2, land_use=said(land_use, _("用途")))
    record(actor, "batch.add", "supply_batch", fresh.ulid, deltas=diff({}, {"lot": lot.ulid, "area_cm2": area_cm2}))
    return moved(fresh)


@transaction.atomic
def drop(actor: Any, batch: SupplyBatch, plot: BatchPlot, *, lock_version: int) -> SupplyBatch:
    fresh = _draft(actor, batch, lock_version)
    if plot.batch_id != fresh.pk:
        raise SupplyError(_("这块地不在批次里。"))
    record(actor, "batch.drop", "supply_batch", fresh.ulid, deltas=[Delta("lot", plot.lot.ulid, None)])
    plot.delete()
    return moved(fresh)


@transaction.atomic
def attach(actor: Any, batch: SupplyBatch, *, standard: str, row: str, lock_version: int) -> SupplyBatch:
    """The indicator table, and the industry in it, that listings of the batch start with."""
    fresh = _draft(actor, batch, lock_version)
    _known_row(standard, row)
    record(actor, "batch.standard", "supply_batch", fresh.ulid,
           deltas=[Delta("standard", f"{fresh.standard} {fresh.standard_row}".strip(), f"{standard} {row}")])
    return moved(fresh, standard=standard, standard_row=row)


def _known_row(standard: str, row: str) -> None:
    try:
        row_of(standard_of(standard), row)
    except NoRow as error:
        raise SupplyError(str(error)) from error


@transaction.atomic
def submit(actor: Any, batch: SupplyBatch, *, lock_version: int) -> SupplyBatch:
    fresh = _draft(actor, batch, lock_version)
    if not fresh.plots.exists():
        raise SupplyError(_("批次里还没有地块。"))
    record(actor, "batch.submit", "supply_batch", fresh.ulid, deltas=[Delta("state", fresh.state, "submitted")])
    return moved(fresh, state=BatchState.SUBMITTED, submitted_by_id=actor.pk)


@transaction.atomic
def approve(actor: Any, batch: SupplyBatch, *, lock_version: int) -> SupplyBatch:
    """By a second person: nobody who drafted it, changed it or handed it in."""
    fresh = locked(actor, batch, DECIDE, lock_version)
    _submitted(fresh)
    if actor.pk in (fresh.created_by_id, fresh.submitted_by_id) or has_done(actor, "supply_batch", fresh.ulid, WRITING):
        raise SupplyError(_("拟定、修改或报审的人不能自己审定，请另一位有审定权限的人办理。"))
    record(actor, "batch.approve", "supply_batch", fresh.ulid, deltas=[Delta("state", fresh.state, "approved")])
    return moved(fresh, state=BatchState.APPROVED, approved_by_id=actor.pk, approved_on=timezone.localdate())


@transaction.atomic
def send_back(actor: Any, batch: SupplyBatch, *, reason: str, lock_version: int) -> SupplyBatch:
    fresh = locked(actor, batch, DECIDE, lock_version)
    _submitted(fresh)
    told = said(reason, _("退回的理由"))
    record(actor, "batch.back", "supply_batch", fresh.ulid, deltas=[Delta("state", fresh.state, "draft")], reason=told)
    return moved(fresh, state=BatchState.DRAFT, submitted_by_id=None)


def _draft(actor: Any, batch: SupplyBatch, lock_version: int) -> SupplyBatch:
    fresh = locked(actor, batch, WORK, lock_version)
    if fresh.state != BatchState.DRAFT:
        raise SupplyError(_("只有草拟中的批次可以改；已报审的请先退回。"))
    return fresh


def _submitted(batch: SupplyBatch) -> None:
    if batch.state != BatchState.SUBMITTED:
        raise SupplyError(_("这个批次不在待审定状态。"))
