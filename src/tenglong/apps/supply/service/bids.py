"""Offers under seal, and the reserve price: enciphered until the opening, for persons named to the listing (office-rule 21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.cipher import decrypt, encrypt
from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Bid, BidState, Listing, ListingReader, ListingState, ReservePrice
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import floors
from tenglong.apps.supply.service.land_base import VIEW, WORK, locked, not_later_than_today, said
from tenglong.domain.delta import Delta


def _secret(actor: Any, row: Listing, *states: ListingState) -> Listing:
    """The listing for a person named to it, in one of the states. Raises Refused, SupplyError."""
    fresh = locked(actor, row, WORK)
    if not land.is_named(actor, fresh):
        raise SupplyError(_("没有指定您查看这次出让的底价和报价。"))
    if fresh.state not in states:
        raise SupplyError(_("现在是“%(state)s”，不能办这一步。") % {"state": fresh.get_state_display()})
    return fresh


@transaction.atomic
def admit(actor: Any, row: Listing, person: Any, *, reason: str) -> ListingReader:
    """Name a person to the secrets. Only who is named names others; the person must reach the listing by office."""
    fresh = _secret(actor, row, *ListingState)
    told = said(reason, _("指定的理由"))
    if not person.is_active or not can(person, WORK) or not scoped(person, Listing.objects.filter(pk=fresh.pk), VIEW).exists():
        raise SupplyError(_("%(name)s 不能办理这个镇街的供地，不能指定。") % {"name": person})
    made, new = ListingReader.objects.get_or_create(listing=fresh, user=person, defaults={"added_by_id": actor.pk})
    if not new or person.pk == fresh.created_by_id:
        raise SupplyError(_("%(name)s 已经可以查看。") % {"name": person})
    record(actor, "secret.admit", "listing", fresh.ulid, deltas=[Delta("reader", None, person.username)], reason=told)
    return made


@transaction.atomic
def dismiss(actor: Any, row: Listing, reader: ListingReader, *, reason: str) -> None:
    fresh = _secret(actor, row, *ListingState)
    told = said(reason, _("移除的理由"))
    if reader.listing_id != fresh.pk:
        raise SupplyError(_("名单里没有这个人。"))
    record(actor, "secret.dismiss", "listing", fresh.ulid, deltas=[Delta("reader", reader.user.username, None)], reason=told)
    reader.delete()


@transaction.atomic
def set_price(actor: Any, row: Listing, *, fen: int, paper: str) -> None:
    """The reserve price, with the paper of the collective decision; neither reaches the audit."""
    fresh = _secret(actor, row, ListingState.DRAFT, ListingState.SUBMITTED, ListingState.APPROVED, ListingState.RUNNING)
    if fen <= 0:
        raise SupplyError(_("底价应大于 0。"))
    floors.must_be_lawful(fresh, fen, timezone.localdate(), _("底价"))
    told = said(paper, _("定价依据"))
    held = ReservePrice.objects.filter(listing=fresh).first()
    ReservePrice.objects.filter(listing=fresh).delete()
    ReservePrice.objects.create(listing=fresh, sealed=encrypt(str(fen)), paper=told, set_by_id=actor.pk)
    record(actor, "listing.price", "listing", fresh.ulid, deltas=[Delta("reserve_price", "set" if held else None, "set")])


@transaction.atomic
def see_price(actor: Any, row: Listing, *, purpose: str) -> int:
    """The reserve price in 分 for one look; who looked and why stays in the audit. Raises SupplyError."""
    told = said(purpose, _("查看的用途"))
    held = land.reserve_price(actor, row)
    if held is None:
        raise SupplyError(_("没有底价，或没有指定您查看。"))
    record(actor, "secret.see", "listing", row.ulid, deltas=[Delta("reserve_price", "shown", "shown")], reason=told)
    return int(decrypt(held.sealed))


@transaction.atomic
def receive(actor: Any, row: Listing, values: Mapping[str, Any]) -> Bid:
    """`values`: bidder, uscc, received_on, amount_fen, deposit_paid_on. The sum is sealed at once."""
    fresh = _secret(actor, row, ListingState.RUNNING)
    on = not_later_than_today(values["received_on"], _("收到日期"))
    begun = fresh.steps.filter(step="announced").values_list("on", flat=True).first()
    if begun is not None and on < begun:
        raise SupplyError(_("收到日期早于公告日期。"))
    if fresh.closes_on is not None and on > fresh.closes_on:
        raise SupplyError(_("公告写明 %(day)s 截止，之后收到的报价不登记。") % {"day": fresh.closes_on})
    if not values.get("amount_fen") or values["amount_fen"] <= 0:
        raise SupplyError(_("请填写报价。"))
    uscc = said(values["uscc"], _("统一社会信用代码"), 18).upper()
    if fresh.bids.filter(uscc=uscc).exclude(state=BidState.WITHDRAWN).exists():
        raise SupplyError(_("这家企业已经报过价；要改请先撤回。"))
    firm = registry.enterprises(actor).filter(uscc=uscc).first()
    made = Bid.objects.create(
        listing=fresh, bidder=said(values["bidder"], _("竞买人")), uscc=uscc, received_on=on,
        sealed=encrypt(str(values["amount_fen"])), deposit_paid_on=values.get("deposit_paid_on"),
        enterprise_id=firm.enterprise_id if firm else None, created_by_id=actor.pk)
    record(actor, "bid.receive", "listing", fresh.ulid, deltas=[Delta("bid", None, made.ulid)])
    return made


@transaction.atomic
def pay_deposit(actor: Any, bid: Bid, *, on: Any) -> None:
    fresh = _secret(actor, bid.listing, ListingState.RUNNING, ListingState.OPENED)
    Bid.objects.filter(pk=bid.pk, listing=fresh).update(deposit_paid_on=not_later_than_today(on, _("到账日期")))
    record(actor, "bid.deposit", "listing", fresh.ulid, deltas=[Delta("deposit", None, bid.ulid)])


@transaction.atomic
def withdraw(actor: Any, bid: Bid, *, reason: str) -> None:
    """Before the opening only; the seal is kept."""
    fresh = _secret(actor, bid.listing, ListingState.RUNNING)
    told = said(reason, _("撤回的理由"))
    if not fresh.bids.filter(pk=bid.pk, state=BidState.SEALED).exists():
        raise SupplyError(_("这份报价已经撤回或开启。"))
    Bid.objects.filter(pk=bid.pk).update(state=BidState.WITHDRAWN)
    record(actor, "bid.withdraw", "listing", fresh.ulid, deltas=[Delta("bid", bid.ulid, None)], reason=told)
