"""地价比较: prices per mu of published deals by group, with what was left out, what stands far off, and the floors."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.forms_plan import GiveForm
from tenglong.apps.renewal.views.plan_common import XLSX, download
from tenglong.apps.supply.forms_prices import PriceForm
from tenglong.apps.supply.queries.prices import Board, board
from tenglong.apps.supply.service import prices as service
from tenglong.apps.supply.words import methods
from tenglong.domain.landing.prices import PriceTable
from tenglong.domain.landing.prices.groups import Group
from tenglong.domain.landing.prices.reasons import FLAGS, LEFT_OUT, Judged, wan
from tenglong.domain.landing.prices.telling import mu, notes_of, table_json
from tenglong.web import formats

#: rows of a list on the page; the workbook has all
SHOWN, CHARTED = 60, 24


@require_GET
@requires("deal.view")
def page(request: HttpRequest) -> HttpResponse:
    form, words = PriceForm(request.user, _given(request)), dict(methods())
    held = board(request.user, form.asked(), words)
    context: dict[str, Any] = {
        "form": form, "held": held, "query": request.GET.urlencode(), "give_form": GiveForm(),
        "may_give": can(request.user, "export.make"), "filtered": bool(request.GET),
    }
    if held.table is not None:
        context |= _shown(held, held.table, words)
    return render(request, "supply/prices.html", context)


def _given(request: HttpRequest) -> Any:
    return request.GET or {}


def _shown(held: Board, table: PriceTable, words: dict[str, str]) -> dict[str, Any]:
    whole, deals = table.whole, {one.deal.ref: one.deal for one in table.whole.rows}
    reasons: dict[str, int] = {}
    for one in whole.flagged:
        for flag in one.flags:
            reasons[flag.id] = reasons.get(flag.id, 0) + 1
    left = [one for one in whole.rows if one.left_out]
    return {
        "whole": _line(whole, words), "lines": [_line(one, words) for one in table.groups],
        "labels": [_(label) for label in table.labels], "caliber": service.caliber(),
        "reasons": [(_(FLAGS[name]), count) for name, count in reasons.items()], "flagged": len(whole.flagged),
        "far": [_deal(one) | {"says": service.said(one)} for one in whole.flagged[:SHOWN]],
        "left": [_deal(one) | {"says": [_(LEFT_OUT[one.left_out])]} for one in left[:SHOWN]], "left_count": len(left),
        "below": [{"ulid": issue.key, "deal": deals[issue.key], "issue": issue} for issue in held.below[:SHOWN]],
        "more": SHOWN, "limits": table.limits,
    }


def _line(one: Group, words: dict[str, str]) -> dict[str, Any]:
    low, high = one.quartiles or (None, None)
    return {
        "key": [words.get(part, part) or _("未写明") for part in one.key], "rows": len(one.rows), "n": one.n,
        "median": _wan(one.median), "low": _wan(low), "high": _wan(high), "mean": _wan(one.mean),
        "least": _wan(one.ordered[0] if one.ordered else None), "most": _wan(one.ordered[-1] if one.ordered else None),
        "flagged": len(one.flagged), "plain": _wan(one.median_plain), "swapped": one.swapped, "area": mu(one.area_cm2),
        "notes": notes_of(one, _), "floor_n": len(one.floor),
        "floor": formats.thousands(round(one.floor_median / 100)) if one.floor_median is not None else formats.NONE,
    }


def _deal(one: Judged) -> dict[str, Any]:
    return {"ulid": one.deal.ref, "deal": one.deal, "area": mu(one.deal.area_cm2 or 0), "price": _wan(one.per_mu)}


def _wan(price: Fraction | None) -> str:
    return formats.NONE if price is None else wan(price)


@require_GET
@requires("deal.view")
def twin(request: HttpRequest) -> HttpResponse:
    """The same figures; money is text in yuan a mu. `points` draws the chart: group, 万元 a mu, deal, flagged, whose."""
    words = dict(methods())
    held = board(request.user, PriceForm(request.user, _given(request)).asked(), words)
    body: dict[str, Any] = {"rows": held.rows, "too_many": held.table is None, "on": held.on}
    if held.table is not None:
        body |= table_json(held.table, words) | {
            "below_floor": [issue.as_json() for issue in held.below], "floor_policies": [book.pin for book in held.books],
            "points": _points(held.table, words)}
    return HttpResponse(orjson.dumps(body, default=str), content_type="application/json")


def _points(table: PriceTable, words: dict[str, str]) -> dict[str, Any]:
    """The groups with most prices, dearest median first; each with its box and its deals."""
    many = sorted((one for one in table.groups if one.n), key=lambda one: (-one.n, one.key))[:CHARTED]
    chosen = sorted(many, key=lambda one: (-(one.median or 0), one.key))
    return {
        "names": _names(chosen, words),
        "boxes": [_box(one) for one in chosen], "left_off": sum(1 for one in table.groups if one.n) - len(chosen),
        "deals": [[at, service.number(row.per_mu), row.deal.ref, row.flagged, row.deal.holder]
                  for at, one in enumerate(chosen) for row in one.rows if row.per_mu is not None],
    }


def _names(chosen: list[Group], words: dict[str, str]) -> list[str]:
    """Without the words that all groups share."""
    keys = [[words.get(part, part) or _("未写明") for part in one.key] for one in chosen]
    same = [len({key[at] for key in keys}) == 1 and len(keys) > 1 for at in range(len(keys[0]))] if keys else []
    return [" · ".join(part for part, shared in zip(key, same, strict=True) if not shared) or key[0] for key in keys]


def _box(one: Group) -> list[float]:
    low, high = one.quartiles or (one.ordered[0], one.ordered[-1])
    return [service.number(price) for price in (one.ordered[0], low, one.median, high, one.ordered[-1])]


@require_POST
@requires("export.make")
def export(request: HttpRequest) -> HttpResponse:
    """The workbook of what the page shows; its number stands in the ledger."""
    form, asked = GiveForm(request.POST), PriceForm(request.user, _given(request)).asked()
    back = redirect(f"{request.path.removesuffix('export/')}?{request.GET.urlencode()}")
    if not form.is_valid():
        messages.error(request, _("请填写报给谁和理由：每次报数都要进报数台账"))
        return back
    try:
        made = service.price_book(request.user, asked, dict(methods()), **form.cleaned_data, query=request.GET.urlencode(),
                                  request=request)
    except RenewalError as error:
        messages.error(request, str(error))
        return back
    answer = download(made.content, made.name, XLSX)
    answer["X-Figure-Number"] = made.number
    return answer
