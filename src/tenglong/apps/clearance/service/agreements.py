"""Valuation, agreement with its items, approval by a second person, signing, voiding, payments in parts.

The audit trail is read by people who may not read amounts: it keeps a digest of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit.service import digest_of, has_done, record
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import (
    Agreement,
    AgreementItem,
    AgreementState,
    ClearedHolder,
    Payment,
    Role,
    Valuation,
    ValuationCause,
    Way,
)
from tenglong.apps.clearance.service.base import DECIDE, MONEY, WORK, holder_for_work, numbered, past, raised
from tenglong.apps.clearance.service.holders import blocks_of
from tenglong.domain.delta import Delta
from tenglong.domain.landing.clearance import consistency

E4, FEN = 10_000, 100
MOST_ITEMS, MOST_PAYMENTS = 60, 40
#: what a column holds sixty times over
MOST_QUANTITY, MOST_FEN = 10**11, 10**15


def _money(actor: Any, holder: ClearedHolder, lock_version: int | None = None) -> ClearedHolder:
    """For those who work the project and see its amounts."""
    require(actor, WORK)
    return holder_for_work(actor, holder, MONEY, lock_version=lock_version)


@transaction.atomic
def value(
    actor: Any, holder: ClearedHolder, *, amount_fen: int, appraiser: str, number: str, on: date | None = None,
    cause: str = ValuationCause.FIRST,
) -> Valuation:
    """A report of the appraiser. A second one names why the first did not stand. Raises ClearanceError, Refused."""
    fresh = _money(actor, holder)
    if fresh.role == Role.TENANT or amount_fen < 0 or cause not in ValuationCause.values:
        raise ClearanceError(_("只对权利人登记评估结果，金额不能为负。"))
    if (cause == ValuationCause.FIRST) == fresh.valuations.exists():
        raise ClearanceError(_("第一次填“首次评估”；已有评估结果的，写明变更原因：复核、鉴定或基础数据更正。"))
    made = Valuation.objects.create(
        holder=fresh, on=past(on), appraiser=numbered(appraiser, _("评估机构")), number=numbered(number, _("报告编号")),
        amount_fen=amount_fen, cause=cause, created_by_id=actor.pk)
    record(actor, "clearance.value", "cleared_holder", fresh.ulid, digest=digest_of([("amount_fen", amount_fen)]),
           deltas=[Delta("number", None, made.number), Delta("cause", None, str(cause))])
    return made


def live(holder: ClearedHolder) -> Agreement | None:
    return holder.agreements.exclude(state=AgreementState.VOID).first()


def approved(holder: ClearedHolder) -> bool:
    """A second person has approved the agreement; how much it holds is not told."""
    return holder.agreements.filter(state=AgreementState.APPROVED).exists()


@transaction.atomic
def draft(
    actor: Any, holder: ClearedHolder, *, number: str, items: Sequence[Mapping[str, Any]],
    payments: Sequence[Mapping[str, Any]] = (), way: str = Way.CASH, basis: str = "",
    vacate_by: date | None = None,
) -> Agreement:
    """A new draft, or the draft written anew. `items`: kind, quantity (Decimal), unit_fen; `payments`: amount_fen, due_on,
    together the whole. Items outside the policy's range need `basis`. Raises ClearanceError, Refused."""
    fresh = _money(actor, holder)
    if fresh.role == Role.TENANT or not fresh.valuations.exists():
        raise ClearanceError(_("先登记评估结果，再拟协议；承租户的补偿写在权利人的协议里。"))
    held = live(fresh)
    if held is not None and held.state != AgreementState.DRAFT:
        raise ClearanceError(_("这户已有%(state)s的协议；要改先退回或作废。") % {"state": held.get_state_display()})
    lines = [item_of(str(one["kind"]), Decimal(one["quantity"]), int(one["unit_fen"])) for one in items]
    whole = sum(one["amount_fen"] for one in lines)
    _fits(lines, payments, whole)
    head = {"number": numbered(number, _("协议编号")), "way": way, "amount_fen": whole, "basis": basis.strip()[:120],
            "vacate_by": vacate_by}
    if held is None:
        held = Agreement.objects.create(holder=fresh, created_by_id=actor.pk, **head)
    else:
        raised(held, **head)
        held.items.all().delete()
        held.payments.all().delete()
    AgreementItem.objects.bulk_create([AgreementItem(agreement=held, **one) for one in lines])
    Payment.objects.bulk_create([
        Payment(agreement=held, ordinal=at, amount_fen=one["amount_fen"], due_on=one["due_on"])
        for at, one in enumerate(payments, 1)])
    _told(actor, "clearance.draft", fresh, held)
    return held


def item_of(name: str, quantity: Decimal, unit: int) -> dict[str, Any]:
    """Columns of an item: its amount, and the range of the policy in force. Raises ClearanceError."""
    kind = policies.current().items.get(name)
    large = quantity >= MOST_QUANTITY or unit >= MOST_FEN
    if kind is None or quantity <= 0 or unit < 0 or large or quantity * E4 != int(quantity * E4):
        raise ClearanceError(_("补偿项目、数量或单价不对：数量最多四位小数，单价不能为负，也不能大得离谱。"))
    low, high = (None if end is None else int(end * FEN) for end in (kind.low, kind.high))
    amount = consistency.amount_of(quantity, unit)
    if amount >= MOST_FEN:
        raise ClearanceError(_("补偿金额大得离谱，请核对数量和单价。"))
    return {"kind": name, "quantity_e4": int(quantity * E4), "unit_fen": unit, "low_fen": low, "high_fen": high,
            "amount_fen": amount}


def _fits(lines: Sequence[Mapping[str, Any]], payments: Sequence[Mapping[str, Any]], whole: int) -> None:
    if not 0 < len(lines) <= MOST_ITEMS or len(payments) > MOST_PAYMENTS:
        raise ClearanceError(_("协议至少有一个补偿项目。"))
    if any(one["amount_fen"] <= 0 for one in payments):
        raise ClearanceError(_("每期付款应大于零。"))
    if payments and sum(one["amount_fen"] for one in payments) != whole:
        raise ClearanceError(_("付款计划合计不等于补偿金额。"))


def outside(agreement: Agreement) -> list[AgreementItem]:
    """Items whose price lies outside the range of the day they were written."""
    return [one for one in agreement.items.all() if (one.low_fen is not None and one.unit_fen < one.low_fen)
            or (one.high_fen is not None and one.unit_fen > one.high_fen)]


@transaction.atomic
def submit(actor: Any, holder: ClearedHolder, *, lock_version: int | None = None) -> Agreement:
    """To the second person. Refused without a plan of payments, or with prices outside the range and no basis for them."""
    held = _held(_money(actor, holder), AgreementState.DRAFT, lock_version)
    if not held.payments.exists():
        raise ClearanceError(_("请先填付款计划。"))
    if outside(held) and not held.basis:
        raise ClearanceError(_("有补偿项目超出政策幅度，请写明依据文号再报审。"))
    raised(held, state=AgreementState.SUBMITTED, submitted_by_id=actor.pk)
    return _told(actor, "clearance.submit", holder, held)


def wrote(actor: Any, holder: ClearedHolder, held: Agreement) -> bool:
    """Whether the actor drafted the agreement, drafted it anew after somebody else, or handed it in."""
    if actor.pk in (held.created_by_id, held.submitted_by_id):
        return True
    return has_done(actor, "cleared_holder", holder.ulid, ("clearance.draft", "clearance.submit"), since=held.created_at)


@transaction.atomic
def approve(actor: Any, holder: ClearedHolder, *, lock_version: int | None = None) -> Agreement:
    """By a person who neither wrote nor submitted it."""
    held = _held(holder_for_work(actor, holder, DECIDE), AgreementState.SUBMITTED, lock_version)
    if wrote(actor, holder, held):
        raise ClearanceError(_("拟协议或报审的人不能自己审定，请另一位有审定权限的人办理。"))
    raised(held, state=AgreementState.APPROVED, approved_by_id=actor.pk, approved_on=timezone.localdate())
    return _told(actor, "clearance.approve", holder, held)


@transaction.atomic
def send_back(actor: Any, holder: ClearedHolder, *, number: str, lock_version: int | None = None) -> Agreement:
    fresh = holder_for_work(actor, holder, DECIDE)
    held = _held(fresh, AgreementState.SUBMITTED, lock_version)
    raised(held, state=AgreementState.DRAFT, submitted_by_id=None)
    return _told(actor, "clearance.send_back", fresh, held, numbered(number, _("退回依据")))


@transaction.atomic
def sign(actor: Any, holder: ClearedHolder, *, on: date | None = None, lock_version: int | None = None) -> ClearedHolder:
    """The holder signed on a day: only while the taking is under way, its steps done and the agreement approved."""
    fresh, day = holder_for_work(actor, holder, lock_version=lock_version), past(on)
    if blocks := blocks_of(actor, fresh, "signed", day):
        raise ClearanceError("；".join(blocks) + "。")
    held = live(fresh)
    if held is None or held.state != AgreementState.APPROVED:
        raise ClearanceError(_("协议还没有审定，不能签约。"))
    raised(held, state=AgreementState.SIGNED, signed_on=day)
    raised(fresh, signed_on=day, reason="", next_on=None, funded_on=funded_from(held, day))
    record(actor, "clearance.sign", "cleared_holder", fresh.ulid, deltas=[Delta("signed_on", None, day)], reason=held.number)
    return fresh


@transaction.atomic
def void(actor: Any, holder: ClearedHolder, *, number: str) -> Agreement:
    """A signed or approved agreement is taken back by a second person with a paper; not once money was paid or land vacated."""
    fresh = holder_for_work(actor, holder, DECIDE)
    held = live(fresh)
    if held is None:
        raise ClearanceError(_("这户没有可作废的协议。"))
    if fresh.vacated_on or held.payments.filter(paid_on__isnull=False).exists():
        raise ClearanceError(_("已经付款或腾空，不能作废协议。"))
    if wrote(actor, holder, held):
        raise ClearanceError(_("拟协议或报审的人不能自己作废，请另一位有审定权限的人办理。"))
    told = numbered(number, _("作废依据"))
    raised(held, state=AgreementState.VOID, void_number=told)
    before = fresh.signed_on
    raised(fresh, signed_on=None, funded_on=None)
    record(actor, "clearance.void", "cleared_holder", fresh.ulid, deltas=[Delta("signed_on", before, None)], reason=told)
    return held


def _held(holder: ClearedHolder, state: str, lock_version: int | None) -> Agreement:
    held = live(holder)
    if held is None or held.state != state:
        raise ClearanceError(_("协议不在“%(state)s”状态。") % {"state": AgreementState(state).label})
    if lock_version is not None and held.lock_version != lock_version:
        raise ClearanceError(_("这条记录刚被别人改过，请刷新后再办。"))
    return held


def _told(actor: Any, action: str, holder: ClearedHolder, held: Agreement, reason: str = "") -> Agreement:
    lines = held.items.values_list("kind", "quantity_e4", "unit_fen", "amount_fen")
    parts = held.payments.values_list("ordinal", "amount_fen", "due_on")
    record(actor, action, "cleared_holder", holder.ulid, digest=digest_of([*map(tuple, lines), *map(tuple, parts)]),
           deltas=[Delta("number", None, held.number), Delta("state", None, str(held.state))], reason=reason)
    return held


# ---- payments


@transaction.atomic
def fund(actor: Any, holder: ClearedHolder, ordinal: int, *, on: date | None = None, voucher: str = "") -> Payment:
    """Funds of an instalment are in place on a day."""
    fresh, part = part_of(actor, holder, ordinal)
    if part.funded_on:
        raise ClearanceError(_("这一期资金已登记到位。"))
    return _write(actor, fresh, part, "clearance.fund", funded_on=past(on), voucher=voucher.strip()[:120] or part.voucher)


@transaction.atomic
def pay(actor: Any, holder: ClearedHolder, ordinal: int, *, voucher: str, on: date | None = None) -> Payment:
    """Paid out: only of a signed agreement, from funds in place, with a voucher."""
    fresh, part = part_of(actor, holder, ordinal)
    day = past(on)
    if part.agreement.state != AgreementState.SIGNED or fresh.signed_on is None or day < fresh.signed_on:
        raise ClearanceError(_("签约后才能付款。"))
    if part.funded_on is None or day < part.funded_on or part.paid_on:
        raise ClearanceError(_("资金到位后才能付款；付过的不能再付。"))
    return _write(actor, fresh, part, "clearance.pay", paid_on=day, voucher=numbered(voucher, _("凭证号")))


def part_of(actor: Any, holder: ClearedHolder, ordinal: int) -> tuple[ClearedHolder, Payment]:
    fresh = _money(actor, holder)
    held = live(fresh)
    part = held.payments.filter(ordinal=ordinal).first() if held is not None else None
    if part is None or held is None or held.state not in (AgreementState.APPROVED, AgreementState.SIGNED):
        raise ClearanceError(_("没有这一期付款，或者协议还没有审定。"))
    return fresh, part


def _write(actor: Any, holder: ClearedHolder, part: Payment, action: str, **values: Any) -> Payment:
    Payment.objects.filter(pk=part.pk).update(**values)
    part = Payment.objects.select_related("agreement").get(pk=part.pk)
    if holder.signed_on:
        raised(holder, funded_on=funded_from(part.agreement, holder.signed_on))
    record(actor, action, "cleared_holder", holder.ulid, deltas=[
        Delta("ordinal", None, part.ordinal), *(Delta(name, None, value) for name, value in values.items())])
    return part


def funded_from(held: Agreement, signed_on: date) -> date | None:
    """Day from which all funds of a signed holder were in place; None while an instalment waits."""
    days = list(held.payments.values_list("funded_on", flat=True))
    known = [day for day in days if day is not None]
    return max(signed_on, *known) if known and len(known) == len(days) else None
