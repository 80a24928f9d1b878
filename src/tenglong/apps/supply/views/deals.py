"""One published deal, and its twin."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires
from tenglong.apps.supply import queries
from tenglong.apps.supply.lists import limits_in_words
from tenglong.apps.supply.models import Deal
from tenglong.apps.supply.queries.prices import below_floor
from tenglong.apps.supply.words import labels, methods
from tenglong.web import formats

COLUMNS = {"area": "area_cm2", "source_area": "source_area_cm2", "price": "price_fen"}


def deal_or_404(request: HttpRequest, ulid: str) -> Deal:
    try:
        return queries.deal(request.user, ulid)
    except Deal.DoesNotExist as error:
        raise Http404 from error


def facts(deal: Deal) -> list[tuple[str, str]]:
    """(label, words) of every published cell, in the order of the notice."""
    words = dict(methods())
    out = []
    for name, label in labels().items():
        column = COLUMNS.get(name, name)
        value = getattr(deal, column)
        out.append((label, words.get(value, value) if name == "supply_method" else formats.shown(column, value)))
    return out


@requires("deal.view")
@require_GET
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    deal = deal_or_404(request, ulid)
    price = queries.per_mu(deal.price_fen, deal.area_cm2)
    context = {
        "deal": deal,
        "facts": facts(deal),
        "per_mu": formats.thousands(price),
        "limits": limits_in_words(deal.far_lower, deal.far_upper) or formats.NONE,
        "swapped": queries.usable_limits(deal.far_lower, deal.far_upper) is None,
        "below": below_floor(deal),
        "no_price": _("没有价款") if deal.price_fen is None else _("价款为 0，不参与比价") if price is None else "",
    }
    return render(request, "supply/deal.html", context)


@requires("deal.view")
@require_GET
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    """Raw columns; `limits` is null when the published ones are swapped."""
    deal = deal_or_404(request, ulid)
    hidden = {"id", "department_id", "created_by_id", "batch_id"}
    body: dict[str, Any] = {field.attname: getattr(deal, field.attname) for field in Deal._meta.concrete_fields}
    body = {name: value for name, value in body.items() if name not in hidden}
    body["wan_yuan_per_mu"] = queries.per_mu(deal.price_fen, deal.area_cm2)
    body["limits"] = queries.usable_limits(deal.far_lower, deal.far_upper)
    return HttpResponse(orjson.dumps(body, default=str), content_type="application/json")
