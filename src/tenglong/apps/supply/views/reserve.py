"""The reserve account: stock on a day, one lot with its lines, bodies of the list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.apps.supply.forms_land import BodyForm, LotForm, MoneyLine, OutForm
from tenglong.apps.supply.queries import reserve as queries
from tenglong.apps.supply.service import reserve as service
from tenglong.apps.supply.views.land_common import done, filled, town_of
from tenglong.domain.landing.supply.reserve import whole_fen
from tenglong.web.answers import CHINESE, or_404

VIEW, WORK, DECIDE = "supply.view", "supply.work", "supply.decide"


def _asked(request: HttpRequest) -> tuple[date, str, str]:
    """(day, town, what is wrong with the day)."""
    text, town = request.GET.get("on", "").strip(), request.GET.get("town", "").strip()
    try:
        return (date.fromisoformat(text) if text else timezone.localdate()), town, ""
    except ValueError:
        return timezone.localdate(), town, _("“%(text)s”不是日期，请写成 2026-11-22") % {"text": text[:20]}


@require_GET
@requires(VIEW)
def page(request: HttpRequest) -> HttpResponse:
    on, town, wrong = _asked(request)
    names = town_names(request.user)
    account = queries.account(request.user, on, town)
    rows = [{"lot": row, "town": names.get(row.entry.division_code, row.entry.division_code)} for row in account.rows]
    return render(request, "supply/reserve.html", {
        "account": account, "rows": rows, "on": on, "town": town, "wrong": wrong, "towns": town_choices(request.user),
        "gone": len(account.carried), "works": can(request.user, WORK), "bodies": queries.bodies(request.user).exists()})


@require_GET
@requires(VIEW)
def twin(request: HttpRequest) -> HttpResponse:
    """Stock of the day; areas (cm²) and money (分) as text."""
    on, town, _wrong = _asked(request)
    account = queries.account(request.user, on, town)
    rows = [{"ulid": row.entry.ulid, "title": row.entry.title, "division_code": row.entry.division_code, "since": row.entry.on,
             "area_cm2": str(row.area_cm2), "cost_fen": str(row.cost_fen), "interest_fen": str(row.interest_fen)}
            for row in account.rows]
    return JsonResponse({"on": on, "rows": rows, "area_cm2": str(account.area_cm2), "cost_fen": str(account.cost_fen),
                         "interest_fen": str(account.interest_fen)}, json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    form = LotForm(request.POST or None, user=request.user)
    page_ = {"title": _("入库"), "back": reverse("supply:reserve"), "back_label": _("储备库"),
             "hint": _("入库写一笔，以后每次投入、出库各写一笔；写错了冲销，不改原来的。")}
    return filled(request, form, lambda: service.take_in(request.user, form.cleaned_data), page_, "supply:lot")


def _lot(request: HttpRequest, ulid: str) -> Any:
    return or_404(lambda: queries.entries(request.user).select_related("body", "plot").get(ulid=ulid, kind="in",
                                                                                         reverses__isnull=True))


@require_GET
@requires(VIEW)
def lot(request: HttpRequest, ulid: str) -> HttpResponse:
    row = _lot(request, ulid)
    on, _town, wrong = _asked(request)
    stock, lines = queries.of_lot(request.user, row, on)
    held = stock.lots[0] if stock.lots else None
    carried = {one.key: (whole_fen(one.cost_fen), whole_fen(one.interest_fen)) for one in stock.carried}
    shown = [{"line": line, "carried": carried.get(str(line.pk)), "void": line.reverses_id or hasattr(line, "reversed_by")}
             for line in lines]
    works = can(request.user, WORK)
    return render(request, "supply/lot.html", {
        "row": row, "town": town_of(request.user, row.division_code), "on": on, "wrong": wrong, "lines": shown, "works": works,
        "area_cm2": stock.area_cm2, "cost_fen": whole_fen(held.cost_fen) if held else 0,
        "interest_fen": whole_fen(held.interest_fen) if held else 0,
        "cost_form": MoneyLine(auto_id="c-%s") if works else None, "out_form": OutForm(auto_id="o-%s") if works else None})


@require_GET
@requires(VIEW)
def lot_twin(request: HttpRequest, ulid: str) -> HttpResponse:
    row = _lot(request, ulid)
    on, _town, _wrong = _asked(request)
    stock, lines = queries.of_lot(request.user, row, on)
    told = [{"ulid": line.ulid, "kind": line.kind, "on": line.on, "area_cm2": str(line.area_cm2),
             "cost_fen": str(line.cost_fen), "rate": line.rate, "day_count": line.day_count, "paper": line.paper,
             "counts": line.reverses_id is None and not hasattr(line, "reversed_by")} for line in lines]
    return JsonResponse({
        "ulid": row.ulid, "title": row.title, "division_code": row.division_code, "body": row.body.name, "on": on,
        "area_cm2": str(stock.area_cm2), "cost_fen": str(whole_fen(stock.cost_fen)),
        "interest_fen": str(whole_fen(stock.interest_fen)), "lines": told}, json_dumps_params=CHINESE)


@require_POST
@requires(WORK)
def write(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """cost or out of a lot."""
    row = _lot(request, ulid)
    form = MoneyLine(request.POST) if name == "cost" else OutForm(request.POST)
    step = service.lay_out if name == "cost" else service.take_out
    done(request, form, lambda: step(request.user, row, form.cleaned_data), _("已记账"))
    return redirect("supply:lot", ulid)


@require_POST
@requires(WORK)
def reverse_line(request: HttpRequest, ulid: str) -> HttpResponse:
    line = or_404(lambda: queries.entry(request.user, ulid))
    done(request, None, lambda: service.reverse(request.user, line, reason=request.POST.get("reason", "")), _("已冲销"))
    return redirect("supply:lot", (line.lot or line).ulid)


@require_http_methods(["GET", "POST"])
@requires(VIEW)
def bodies(request: HttpRequest) -> HttpResponse:
    """The list of reserve bodies; the county adds to it."""
    decides = can(request.user, DECIDE)
    form = BodyForm(request.POST or None) if decides else None
    if request.method == "POST" and form is not None:
        def add() -> None:
            service.list_body(request.user, {**form.cleaned_data, "division_code": _county(request)})

        if done(request, form, add, _("已登记")):
            return redirect("supply:bodies")
    rows = queries.bodies(request.user)
    return render(request, "supply/bodies.html", {"rows": rows, "form": form}, status=422 if form and form.errors else 200)


def _county(request: HttpRequest) -> str:
    return next((code for code, _name in town_choices(request.user)), "")[:6]


@require_POST
@requires(DECIDE)
def delist(request: HttpRequest, ulid: str) -> HttpResponse:
    body = or_404(lambda: queries.bodies(request.user).get(ulid=ulid))

    def step() -> None:
        service.delist_body(request.user, body, on=timezone.localdate(), reason=request.POST.get("reason", ""))

    done(request, None, step, _("已移出名录，库存不受影响"))
    return redirect("supply:bodies")
