"""What is secret about a listing until its opening: named persons, reserve price, sealed offers. Others get 404."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.accounts.service import user_named
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.forms_land import BidForm, PriceForm
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import bids
from tenglong.apps.supply.views import land_common as common
from tenglong.web.answers import or_404, whole
from tenglong.web.formats import wan_yuan

WORK = "supply.work"


def _named(request: HttpRequest, ulid: str) -> Any:
    def find() -> Any:
        row = land.listing(request.user, ulid)
        if not land.is_named(request.user, row):
            raise ObjectDoesNotExist
        return row

    return or_404(find)


@never_cache
@require_GET
@requires(WORK)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return _page(request, _named(request, ulid))


def _page(request: HttpRequest, row: Any, price: str = "") -> HttpResponse:
    held = land.reserve_price(request.user, row)
    return render(request, "supply/listing_secret.html", {
        "row": row, "held": held, "price": price, "bids": list(land.bids(request.user, row)), "now": timezone.now(),
        "readers": list(land.readers(request.user, row)), "creator": land.person(row.created_by_id),
        "price_form": PriceForm() if row.state in ("draft", "submitted", "approved", "running") else None,
        "bid_form": BidForm() if row.state == "running" else None})


@never_cache
@require_POST
@requires(WORK)
def act(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """price, see, bid, bid-withdraw, deposit, admit, dismiss."""
    row = _named(request, ulid)
    if name == "see":
        return _see(request, row)
    form = {"price": PriceForm, "bid": BidForm}.get(name)
    bound = form(request.POST) if form else None
    common.done(request, bound, lambda: _do(request, row, name, bound), _("已登记"))
    return redirect("supply:listing-secret", ulid)


def _see(request: HttpRequest, row: Any) -> HttpResponse:
    """One look, on this answer only."""
    shown: list[str] = []
    common.done(request, None, lambda: shown.append(
        wan_yuan(bids.see_price(request.user, row, purpose=request.POST.get("reason", "")))), _("这次查看已记入审计"))
    return _page(request, row, shown[0]) if shown else redirect("supply:listing-secret", row.ulid)


def _do(request: HttpRequest, row: Any, name: str, form: Any) -> None:
    user, reason = request.user, request.POST.get("reason", "")
    if name == "price":
        bids.set_price(user, row, fen=form.cleaned_data["fen"] or 0, paper=form.cleaned_data["paper"])
    elif name == "bid":
        bids.receive(user, row, form.cleaned_data)
    elif name == "admit":
        person = user_named(request.POST.get("person", "").strip())
        if person is None:
            raise SupplyError(_("没有这个用户名。"))
        bids.admit(user, row, person, reason=reason)
    elif name == "dismiss":
        text = request.POST.get("reader", "")
        found = land.readers(user, row).filter(pk=whole(text)).first()
        if found is None:
            raise SupplyError(_("名单里没有这个人。"))
        bids.dismiss(user, row, found, reason=reason)
    else:
        _of_bid(request, row, name, reason)


def _of_bid(request: HttpRequest, row: Any, name: str, reason: str) -> None:
    bid = land.bids(request.user, row).filter(ulid=request.POST.get("bid", "")).first()
    if bid is None:
        raise SupplyError(_("没有这份报价。"))
    if name == "deposit":
        bids.pay_deposit(request.user, bid, on=timezone.localdate())
    else:
        bids.withdraw(request.user, bid, reason=reason)
