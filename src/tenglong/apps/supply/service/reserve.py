"""The reserve account: land in, money laid out, land out, wrong lines taken back. Only a listed body takes land in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import BatchPlot, EntryKind, Listing, ListingState, ReserveBody, ReserveEntry
from tenglong.apps.supply.queries.reserve import lines_of
from tenglong.apps.supply.service.land_base import DECIDE, WORK, in_reach, locked, not_later_than_today, plot_of, said
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.supply.reserve import ReserveError, stock

Values = Mapping[str, Any]
#: decimals of a rate; `1e-99999` is a number too
PLACES: Final = 12


@transaction.atomic
def list_body(actor: Any, values: Values) -> ReserveBody:
    """A body of the published list, with the number of that list. Raises Refused, SupplyError."""
    in_reach(actor, values["division_code"], DECIDE)
    held = {name: values[name] for name in ("name", "uscc", "division_code", "listed_on")}
    held["listed_paper"] = said(values["listed_paper"], _("名录文号"))
    if ReserveBody.objects.filter(uscc=held["uscc"]).exists():
        raise SupplyError(_("这家机构已经登记过。"))
    made = ReserveBody.objects.create(**held, created_by_id=actor.pk)
    record(actor, "reserve.body", "reserve_body", made.ulid, deltas=diff({}, held))
    return made


@transaction.atomic
def delist_body(actor: Any, body: ReserveBody, *, on: date, reason: str) -> None:
    """From that day it takes no more land in; what it holds stays."""
    in_reach(actor, body.division_code, DECIDE)
    told = said(reason, _("移出名录的依据"))
    ReserveBody.objects.filter(pk=body.pk).update(delisted_on=on)
    record(actor, "reserve.delist", "reserve_body", body.ulid, deltas=[Delta("delisted_on", body.delisted_on, on)], reason=told)


@transaction.atomic
def take_in(actor: Any, values: Values) -> ReserveEntry:
    """`values`: title, division_code, plot_id, body_id, on, area_cm2, cost_fen, rate, day_count, paper, note.

    Raises SupplyError unless the body stood on the list that day: a purchase by a state company is no reserve.
    """
    town = values["division_code"]
    in_reach(actor, town)
    body = ReserveBody.objects.filter(pk=values.get("body_id") or 0).first()
    if body is None:
        raise SupplyError(_("收储单位不在土地储备机构名录里。国资公司的收购不是收储，不能记入收储账。"))
    day = not_later_than_today(values["on"], _("入库日期"))
    if day < body.listed_on or (body.delisted_on is not None and day >= body.delisted_on):
        raise SupplyError(_("“%(name)s”在 %(day)s 不在土地储备机构名录里，不能收储。") % {"name": body.name, "day": day})
    if not values.get("area_cm2"):
        raise SupplyError(_("请填写入库面积。"))
    held = {"title": said(values["title"], _("地块名称")), "division_code": town, "on": day, "area_cm2": values["area_cm2"],
            "plot_id": plot_of(actor, values.get("plot_id"), town), "body_id": body.pk, **_money(values)}
    return _write(actor, EntryKind.IN, held, values)


@transaction.atomic
def lay_out(actor: Any, lot: ReserveEntry, values: Values) -> ReserveEntry:
    """Money spent on land in stock: on, cost_fen, rate, day_count, paper, note."""
    fresh = _lot(actor, lot)
    if not values.get("cost_fen"):
        raise SupplyError(_("请填写投入金额。"))
    day = not_later_than_today(values["on"], _("投入日期"))
    return _write(actor, EntryKind.COST, {**_of_lot(fresh), "on": day, **_money(values)}, values)


@transaction.atomic
def take_out(actor: Any, lot: ReserveEntry, values: Values) -> ReserveEntry:
    """Land that leaves the stock: on, area_cm2, paper, note. It carries its share of cost and interest."""
    fresh = _lot(actor, lot)
    day = not_later_than_today(values["on"], _("出库日期"))
    held = {**_of_lot(fresh), "on": day, "area_cm2": values.get("area_cm2") or 0, "day_count": fresh.day_count}
    return _write(actor, EntryKind.OUT, held, values)


@transaction.atomic
def reverse(actor: Any, entry: ReserveEntry, *, reason: str) -> ReserveEntry:
    """Take a wrong line back: both lines stay in the book and neither counts. The entry of a lot only while it stands alone."""
    fresh = locked(actor, entry, WORK)
    told = said(reason, _("冲销的理由"))
    if fresh.reverses_id or ReserveEntry.objects.filter(reverses=fresh).exists():
        raise SupplyError(_("这一笔已经冲销，或本身就是冲销。"))
    if fresh.kind == EntryKind.IN:
        if fresh.entries.filter(reversed_by__isnull=True, reverses__isnull=True).exists():
            raise SupplyError(_("这块地后面还有投入或出库，请先冲销后面的。"))
        if _spoken_for(fresh):
            raise SupplyError(_("这块地已经列入供应批次或出让，不能冲销入库。"))
    held = {name: getattr(fresh, name) for name in (
        "title", "division_code", "plot_id", "body_id", "on", "area_cm2", "cost_fen", "rate", "day_count")}
    lot = fresh if fresh.kind == EntryKind.IN else fresh.lot
    made = ReserveEntry.objects.create(**held, kind=fresh.kind, lot=lot, reverses=fresh, paper=fresh.paper, note=told,
                                       created_by_id=actor.pk)
    assert lot is not None
    _balanced(lot)
    record(actor, "reserve.reverse", "reserve_entry", fresh.ulid, deltas=[Delta("reversed_by", None, made.ulid)], reason=told)
    return made


def _spoken_for(lot: ReserveEntry) -> bool:
    ended = (ListingState.FAILED, ListingState.WITHDRAWN)
    return BatchPlot.objects.filter(lot=lot).exists() or Listing.objects.filter(lot=lot).exclude(state__in=ended).exists()


def _lot(actor: Any, lot: ReserveEntry) -> ReserveEntry:
    fresh = locked(actor, lot, WORK)
    if fresh.kind != EntryKind.IN or ReserveEntry.objects.filter(reverses=fresh).exists():
        raise SupplyError(_("请选一块在库的地。"))
    return fresh


def _of_lot(lot: ReserveEntry) -> dict[str, Any]:
    return {"lot": lot, "title": lot.title, "division_code": lot.division_code, "plot_id": lot.plot_id, "body_id": lot.body_id}


def _money(values: Values) -> dict[str, Any]:
    try:
        rate = rate_of(Decimal(str(values.get("rate") or 0)))
    except InvalidOperation as error:
        raise SupplyError(_("年利率应是小数，如 0.0345。")) from error
    if rate is None:
        raise SupplyError(_("年利率写成小数，如 3.45% 写 0.0345。"))
    if (values.get("cost_fen") or 0) < 0:
        raise SupplyError(_("金额不能为负；记错了请冲销。"))
    count = values.get("day_count") or "act/365"
    return {"cost_fen": values.get("cost_fen") or 0, "rate": rate, "day_count": count}


def rate_of(rate: Decimal) -> str | None:
    """Exact decimal text of a rate of 0 or more and under 1; None for what is none, or has more places than money has."""
    if not rate.is_finite() or not 0 <= rate < 1 or int(rate.normalize().as_tuple().exponent) < -PLACES:
        return None
    return "0" if not rate else format(rate.normalize(), "f")


def _write(actor: Any, kind: str, held: dict[str, Any], values: Values) -> ReserveEntry:
    paper = said(values.get("paper") or "", _("依据文号"))
    made = ReserveEntry.objects.create(**held, kind=kind, paper=paper, note=(values.get("note") or "").strip(),
                                       created_by_id=actor.pk)
    lot = made.lot or made
    _balanced(lot)
    told = {name: str(value) for name, value in held.items() if name != "lot"} | {"lot": lot.ulid, "paper": paper}
    record(actor, f"reserve.{kind}", "reserve_entry", made.ulid, deltas=diff({}, told))
    return made


def _balanced(lot: ReserveEntry) -> None:
    """The book of the lot must hold on every day. Raises SupplyError."""
    try:
        stock(lines_of(ReserveEntry.objects.filter(pk=lot.pk) | ReserveEntry.objects.filter(lot=lot)), date.max)
    except ReserveError as error:
        raise SupplyError(str(error)) from error
