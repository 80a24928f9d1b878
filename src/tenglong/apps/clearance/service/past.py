"""A clearing that was worked on paper before: its days and money entered as one dated record, all lines or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import (
    Agreement,
    AgreementItem,
    AgreementState,
    Clearance,
    ClearedHolder,
    Payment,
    Role,
    State,
    Valuation,
    ValuationCause,
)
from tenglong.apps.clearance.service.agreements import item_of
from tenglong.apps.clearance.service.base import DECIDE, MONEY, WORK, alive, locked, numbered, raised
from tenglong.apps.clearance.service.clearances import done_of
from tenglong.apps.clearance.service.holders import blocks_of_dates
from tenglong.domain.landing.clearance.policy import Stage

DAYS: tuple[Stage, ...] = ("signed", "vacated", "demolished", "delivered")


@dataclass(frozen=True)
class PastPart:
    """An instalment."""

    amount_fen: int
    due_on: date
    funded_on: date | None = None
    paid_on: date | None = None


@dataclass(frozen=True)
class PastLine:
    """What the paper says of the holder with this number in the list. `valuations`: (day, 分); `items`: (kind, quantity, 分 a
    unit). A tenant has `vacated` alone."""

    number: int
    days: Mapping[Stage, date]
    valuations: tuple[tuple[date, int], ...] = ()
    items: tuple[tuple[str, Decimal, int], ...] = ()
    parts: tuple[PastPart, ...] = ()
    basis: str = ""
    papers: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    next_on: date | None = None
    vacate_by: date | None = None


@transaction.atomic
def enter_past(actor: Any, row: Clearance, lines: Sequence[PastLine], *, source: str) -> int:
    """By a person who works, decides and sees amounts; `source` is the number of the paper. One audit entry. Days are held to
    the same rules as those that are entered one by one. Raises ClearanceError naming the line, Refused."""
    for verb in (WORK, MONEY):
        require(actor, verb)
    fresh, told = locked(actor, row, DECIDE), numbered(source, _("台账文号"))
    alive(fresh)
    held = {one.number: one for one in fresh.holders.prefetch_related("tenants")}
    if strange := [line.number for line in lines if line.number not in held]:
        raise ClearanceError(_("名单里没有第 %(n)s 号。") % {"n": strange[0]})
    for line in lines:
        _put(held[line.number], line)
    _check(fresh, [held[line.number] for line in lines], {line.number: line for line in lines}, held)
    ClearedHolder.objects.bulk_update(
        [held[line.number] for line in lines],
        ["signed_on", "funded_on", "vacated_on", "demolished_on", "delivered_on", "papers", "reason", "next_on"])
    _money(actor, held, lines, told)
    raised(fresh)
    days = [(line.number, *(line.days.get(stage) for stage in DAYS), line.valuations, line.items) for line in lines]
    record(actor, "clearance.past", "clearance", fresh.ulid, count=len(lines), digest=digest_of(days), reason=told)
    return len(lines)


def _put(holder: ClearedHolder, line: PastLine) -> None:
    """Funds count from the day the last instalment was in place, not before the signature."""
    for stage in DAYS:
        setattr(holder, f"{stage}_on", line.days.get(stage))
    known = [part.funded_on for part in line.parts if part.funded_on is not None]
    signed = line.days.get("signed")
    holder.funded_on = max(signed, *known) if signed and known and len(known) == len(line.parts) else None
    holder.papers, holder.reason, holder.next_on = dict(line.papers), line.reason, line.next_on


def _check(
    row: Clearance, holders: Sequence[ClearedHolder], lines: Mapping[int, PastLine], held: Mapping[int, ClearedHolder]
) -> None:
    taking, done, today = policies.taking_of(row), done_of(row), timezone.localdate()
    tenants: dict[int, list[ClearedHolder]] = {}
    for one in held.values():
        if one.landlord_id:
            tenants.setdefault(one.landlord_id, []).append(one)
    for one in holders:
        blocks = blocks_of_dates(taking, done, row.state == State.SURVEY, one, today)
        left = one.vacated_on
        if left and any(tenant.vacated_on is None or tenant.vacated_on > left for tenant in tenants.get(one.pk, ())):
            blocks.append(_("还有承租户没有搬出"))
        parts = lines[one.number].parts
        if one.signed_on and sum(part.amount_fen for part in parts) != sum(item_of(*item)["amount_fen"]
                                                                           for item in lines[one.number].items):
            blocks.append(_("付款计划合计不等于补偿金额"))
        if blocks:
            raise ClearanceError(_("第 %(n)s 号：%(why)s。") % {"n": one.number, "why": "；".join(blocks)})


def _money(actor: Any, held: Mapping[int, ClearedHolder], lines: Sequence[PastLine], source: str) -> None:
    """Valuations, agreements that were signed, items and instalments, each in one statement."""
    mine = [line for line in lines if held[line.number].role == Role.HOLDER]
    Valuation.objects.bulk_create([
        Valuation(holder=held[line.number], on=day, appraiser=source, number=f"{source}-{line.number}", amount_fen=amount,
                  cause=ValuationCause.REVIEW if at else ValuationCause.FIRST, created_by_id=actor.pk)
        for line in mine for at, (day, amount) in enumerate(line.valuations)])
    signed = [line for line in mine if "signed" in line.days]
    written = [[item_of(*item) for item in line.items] for line in signed]
    made = Agreement.objects.bulk_create([
        Agreement(holder=held[line.number], number=f"{source}-{line.number}", state=AgreementState.SIGNED,
                  amount_fen=sum(item["amount_fen"] for item in items), basis=line.basis, approved_by_id=actor.pk,
                  approved_on=line.days["signed"], signed_on=line.days["signed"], vacate_by=line.vacate_by,
                  created_by_id=actor.pk)
        for line, items in zip(signed, written, strict=True)])
    AgreementItem.objects.bulk_create([
        AgreementItem(agreement=one, **item) for one, items in zip(made, written, strict=True) for item in items])
    Payment.objects.bulk_create([
        Payment(agreement=one, ordinal=at, amount_fen=part.amount_fen, due_on=part.due_on, funded_on=part.funded_on,
                paid_on=part.paid_on, voucher=f"{source}-{line.number}-{at}" if part.funded_on else "")
        for one, line in zip(made, signed, strict=True) for at, part in enumerate(line.parts, 1)])

