"""What a step of a listing means for the record: the opening of offers, the winner, the contract, land leaving the stock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.accounts.cipher import decrypt
from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.supply.bulk import natural_key
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Bid, BidState, Deal, Listing, ListingState, ReserveEntry, ReservePrice
from tenglong.apps.supply.service import floors, notices, reserve
from tenglong.apps.supply.service.land_base import said
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.supply.policy import Step

METHODS = {"tender": "招标出让", "auction": "拍卖出让", "listing": "挂牌出让"}


def of_step(actor: Any, row: Listing, step: Step, on: date, more: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the listing after the step. Raises SupplyError."""
    effect = step.effect
    if effect == "announce":
        notices.closing_is_lawful(row, row.closes_on, on)
        floors.must_be_lawful(row, row.start_price_fen, on, _("起始价"))
        return {"state": ListingState.RUNNING}
    if effect == "amend":
        return notices.published(actor, row, step.id, on)
    if effect == "open":
        return _open(actor, row, on)
    if effect == "confirm":
        return _confirm(actor, row, more.get("winner"))
    if effect == "contract":
        return _contract(actor, row, on, more.get("contract_number") or "")
    return {}


def _open(actor: Any, row: Listing, on: date) -> dict[str, Any]:
    """The seals are broken for all offers at once, not before the day that the notice named."""
    _not_before_closing(row, on)
    bids = list(Bid.objects.select_for_update().filter(listing=row, state=BidState.SEALED))
    if any(bid.received_on > on for bid in bids):  # whose, is still under seal
        raise SupplyError(_("有报价是在开启日期之后收到的，请由指定查看底价和报价的人核对。"))
    for bid in bids:
        bid.amount_fen, bid.state = int(decrypt(bid.sealed)), BidState.OPENED
        bid.save(update_fields=["amount_fen", "state"])
    record(actor, "listing.open", "listing", row.ulid, count=len(bids), deltas=[Delta("opened", 0, len(bids))])
    return {"state": ListingState.OPENED, "opened_on": on}


def _not_before_closing(row: Listing, on: date) -> None:
    if row.closes_on is not None and on < row.closes_on:
        raise SupplyError(_("公告写明 %(day)s 截止，不能提前开启。") % {"day": row.closes_on})


def _confirm(actor: Any, row: Listing, winner: Any) -> dict[str, Any]:
    """The winner is an opened offer, its deposit paid, not under the starting nor the reserve price; a bare highest price wins
    an auction and a listing."""
    bid = Bid.objects.filter(pk=getattr(winner, "pk", 0), listing=row, state=BidState.OPENED).first()
    if bid is None or bid.amount_fen is None:
        raise SupplyError(_("请从已开启的报价里选竞得人。"))
    floor = ReservePrice.objects.filter(listing=row).first()
    if bid.amount_fen < row.start_price_fen or (floor is not None and bid.amount_fen < int(decrypt(floor.sealed))):
        raise SupplyError(_("报价低于起始价或底价，不能成交。"))
    floors.must_be_lawful(row, bid.amount_fen, row.opened_on or row.steps.latest("on").on, _("成交价"))
    if row.deposit_fen and bid.deposit_paid_on is None:
        raise SupplyError(_("“%(name)s”的保证金没有到账。") % {"name": bid.bidder})
    others = Bid.objects.filter(listing=row, state=BidState.OPENED).exclude(pk=bid.pk)
    if row.method != "tender" and others.filter(amount_fen__gt=bid.amount_fen).exists():
        raise SupplyError(_("还有更高的报价；拍卖和挂牌由出价最高者竞得。"))
    others.update(state=BidState.LOST)
    Bid.objects.filter(pk=bid.pk).update(state=BidState.WON)
    record(actor, "listing.deal", "listing", row.ulid, deltas=[Delta("winner", None, bid.ulid)])
    return {"state": ListingState.DEALT, "winner": bid, "price_fen": bid.amount_fen}


def _contract(actor: Any, row: Listing, on: date, number: str) -> dict[str, Any]:
    """The deal joins the comparables; land of a lot leaves the stock on the day of the contract."""
    told = said(number, _("合同编号"))
    assert row.winner is not None
    values = {"contract_number": told, "division_code": row.division_code, "location": row.title, "area_cm2": row.area_cm2,
              "land_use": row.land_use, "supply_method": METHODS[row.method], "signed_on": on, "project_name": "",
              "term_years": row.term_years, "industry": row.industry, "price_fen": row.price_fen, "holder": row.winner.bidder}
    key = natural_key(values)
    if Deal.objects.filter(key=key).exists():
        raise SupplyError(_("合同编号“%(number)s”已有成交记录。") % {"number": told})
    deal = Deal.objects.create(**values, key=key, source=f"出让 {row.number}"[:64], created_by_id=actor.pk)
    counters.raise_revision("deals")
    if row.lot is not None:
        gone = {"on": on, "area_cm2": row.area_cm2, "paper": told, "note": f"出让 {row.number}"[:300]}
        reserve.take_out(actor, row.lot, gone)
    return {"state": ListingState.CONTRACTED, "contract_number": told, "deal": deal}


@dataclass(frozen=True)
class Corrected:
    """Values of the record after the correction, and sentences on what else was mended."""

    values: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Days of a step before and after; `contract`: the other number of the contract, "" when it stays."""

    before: date
    day: date
    contract: str = ""


def other_contract(row: Any, step: Step, number: str) -> str:
    """The number when it differs from the one that stands. Raises SupplyError where it is no number of a contract."""
    if not number or step.effect != "contract" or number == row.contract_number:
        return ""
    return said(number, _("合同编号"))


def of_correction(actor: Any, row: Any, step: Step, change: Change, reason: str) -> Corrected:
    """What another day of a step, or another number of its contract, means beside the clocks. Raises SupplyError."""
    effect, day = step.effect, change.day
    if day == change.before and not change.contract:
        return Corrected()
    if effect == "amend":
        notices.moved_to(row, step.id, day)
    if effect == "announce":
        _offers(row, {"received_on__lt": day},
                _("公告日期不能改到这一天：与已登记的材料不符，请由指定查看底价和报价的人核对。"))
    if effect == "open":
        _offers(row, {"received_on__gt": day}, _("有报价是在这一天之后收到的，不能更正。"))
        _not_before_closing(row, day)
        return Corrected({"opened_on": day})
    if effect == "contract":
        return _signed(actor, row, change, reason)
    return Corrected()


def _offers(row: Listing, wrong: Mapping[str, date], says: str) -> None:
    if Bid.objects.filter(listing=row, **wrong).exclude(state=BidState.WITHDRAWN).exists():
        raise SupplyError(says)


def _signed(actor: Any, row: Listing, change: Change, reason: str) -> Corrected:
    """The deal and the line by which the land left the stock follow the contract."""
    number = change.contract or row.contract_number
    told = [_("合同编号由 %(old)s 更正为 %(new)s") % {"old": row.contract_number, "new": number}] if change.contract else []
    values = {"contract_number": number} if change.contract else {}
    if row.deal is None:
        return Corrected(values, tuple(told))
    told.append(_deal_again(actor, row.deal, number, change.day, reason))
    if row.lot is not None:
        told.append(_out_again(actor, row, row.lot, change.day, number, reason))
    return Corrected(values, tuple(told))


def _deal_again(actor: Any, deal: Deal, number: str, day: date, reason: str) -> str:
    after = {"signed_on": day, "contract_number": number}
    before = {name: getattr(deal, name) for name in after}
    key = natural_key(after)
    if Deal.objects.filter(key=key).exclude(pk=deal.pk).exists():
        raise SupplyError(_("合同编号“%(number)s”已有成交记录。") % {"number": number})
    record(actor, "deal.correct", "deal", deal.ulid, reason=reason, deltas=diff(before, after))
    Deal.objects.filter(pk=deal.pk).update(**after, key=key, lock_version=deal.lock_version + 1)
    counters.raise_revision("deals")
    return _("成交案例的签订日期同时更正") if number == before["contract_number"] else _("成交案例同时更正")


def _out_again(actor: Any, row: Listing, lot: Any, day: date, number: str, reason: str) -> str:
    left = ReserveEntry.objects.filter(lot=lot, kind="out", reverses__isnull=True, reversed_by__isnull=True,
                                       paper=row.contract_number).first()
    if left is None:
        return _("储备库里没有找到这份合同的出库，请自行核对")
    reserve.reverse(actor, left, reason=reason)
    reserve.take_out(actor, lot, {"on": day, "area_cm2": left.area_cm2, "paper": number, "note": left.note})
    return _("储备库的出库日期同时更正（原来一笔冲销）") if day != left.on else _("储备库的出库同时更正（原来一笔冲销）")
