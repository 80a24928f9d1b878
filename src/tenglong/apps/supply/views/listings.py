"""Listings: form with conditions, page with indicators, check and steps, and the moves between states."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.supply.beside import cards
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.forms_land import OPS, ConditionForms, FloorCaseForm, ListingForm, MoveForm, StandardForm, StepForm
from tenglong.apps.supply.models import Listing
from tenglong.apps.supply.queries import land, reserve
from tenglong.apps.supply.queries.covenants import covenants
from tenglong.apps.supply.queries.prices import floor_day, listing_below_floor
from tenglong.apps.supply.service import floors, land_files
from tenglong.apps.supply.service import listings as service
from tenglong.apps.supply.service.conditions import MEASURES
from tenglong.apps.supply.views import land_common as common
from tenglong.apps.supply.views import supplements
from tenglong.domain.landing.standard.policy import SIDE_WORDS
from tenglong.web.answers import CHINESE, or_404

VIEW, WORK, DECIDE = "supply.view", "supply.work", "supply.decide"


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    """`?lot=<ulid>` and `?batch=<ulid>`: land out of the stock, out of an approved batch."""
    lot = reserve.lots(request.user).filter(ulid=request.GET.get("lot", "")).select_related("plot").first()
    batch = land.batches(request.user).filter(ulid=request.GET.get("batch", "")).first()
    part = batch.plots.filter(lot=lot).first() if batch and lot else None
    start = {"title": lot.title, "division_code": lot.division_code, "plot_id": lot.plot_id,
             "area_cm2": part.area_cm2 if part else lot.area_cm2} if lot else {}
    form = ListingForm(request.POST or None, user=request.user, initial=start)
    lines = ConditionForms(request.POST or None, prefix="c")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        try:
            made = service.draft(request.user, {**form.cleaned_data, "conditions": _told(lines)}, lot=lot, batch=batch)
        except SupplyError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记，请核对竞买条件后报审"))
            return redirect("supply:listing", made.ulid)
    return _form(request, form, lines, "", lot)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def edit(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.listing(request.user, ulid))
    held = {name: getattr(row, name) for name in (*service.FIELDS, "division_code", "plot_id", "lock_version")}
    form = ListingForm(request.POST or None, user=request.user, initial=held)
    form.fields["division_code"].disabled = form.fields["plot_id"].disabled = True
    lines = ConditionForms(request.POST or None, prefix="c", initial=row.conditions)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        seen = form.cleaned_data["lock_version"]
        try:
            service.revise(request.user, row, {**form.cleaned_data, "conditions": _told(lines)},
                           lock_version=-1 if seen is None else seen)
        except SupplyError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已保存"))
            return redirect("supply:listing", ulid)
    return _form(request, form, lines, ulid, row.lot)


def _told(lines: Any) -> list[dict[str, str]]:
    return [line.cleaned_data for line in lines if line.cleaned_data.get("text")]


def _form(request: HttpRequest, form: Any, lines: Any, ulid: str, lot: Any) -> HttpResponse:
    bad = form.errors or (lines.is_bound and not lines.is_valid())
    return render(request, "supply/listing_edit.html", {"form": form, "lines": lines, "ulid": ulid, "lot": lot},
                  status=422 if bad else 200)


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.listing(request.user, ulid))
    user, works = request.user, can(request.user, WORK)
    live = works and row.state in ("approved", "running", "opened", "dealt", "contracted")
    return render(request, "supply/listing.html", {
        "row": row, "town": common.town_of(user, row.division_code), "works": works, "decides": can(user, DECIDE),
        "drafts": works and row.state == "draft", "mine": user.pk in (row.created_by_id, row.submitted_by_id),
        "steps": common.steps_shown(user, row, live, common.corrects(user, row)), "clocks": common.clocks_name(row),
        "step_url": "supply:listing-step", "correct_url": "supply:listing-correct",
        "wider": service.wider(user, row) if row.state == "submitted" and can(user, DECIDE) else [],
        "doubts": service.doubts(row), "notes": [one for one in row.findings or [] if one["rule"] == "unchecked"],
        "conditions": [_in_words(one) for one in row.conditions],
        "indicators": [(one["label"], f"{SIDE_WORDS[one['side']]} {one['value']} {one['unit']}".strip())
                       for one in row.indicators],
        "promises": list(covenants(user).filter(listing=row)), "beside": cards(request, "listing", row),
        **_floor(user, row, works), **supplements.shown(user, row),
        "named": land.is_named(user, row), "bids": list(land.bids(user, row)) if row.opened_on else [],
        "ends": works and row.state in ("draft", "submitted", "approved", "running"),
        "standard_form": StandardForm(initial={"choice": f"{row.standard}|{row.standard_row}"})
        if works and row.state == "draft" else None})


def _floor(user: Any, row: Listing, works: bool) -> dict[str, Any]:
    """The lowest price: what is below it, what forbids it, what was declared, and a form for a draft."""
    issue = listing_below_floor(row)
    fen = row.price_fen if row.price_fen is not None and row.opened_on else row.start_price_fen
    refused = floors.below(row, fen) if issue else None
    cases = floors.cases(row, floor_day(row)) if works and row.state == "draft" and (issue or row.floor_case) else ()
    start = {**(row.floor_case or {}), "lock_version": row.lock_version}
    files = land_files.seen(user, [row.floor_paper_id])
    return {"below": issue, "refused": refused, "floor_paper": files.get(row.floor_paper_id or 0),
            "floor_form": FloorCaseForm(cases, initial=start, auto_id="floor-%s") if cases else None}


def _in_words(one: dict[str, str]) -> dict[str, str]:
    """The condition and how it is looked up."""
    known = one.get("measure") in MEASURES and one.get("op") in OPS
    return {"text": one["text"], "asked": f"{MEASURES[one['measure']]} {OPS[one['op']]} {one['value']}" if known else ""}


@require_GET
@requires(VIEW)
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    """No secrets: neither reserve price nor offers before the opening."""
    row = or_404(lambda: land.listing(request.user, ulid))
    return JsonResponse(as_json(row), json_dumps_params=CHINESE)


def as_json(row: Listing) -> dict[str, Any]:
    names = ("ulid", "number", "title", "division_code", "land_use", "term_years", "method", "industry", "clocks", "standard",
             "standard_row", "indicators", "conditions", "findings", "answer", "floor_case", "state", "closes_on", "opened_on",
             "contract_number")
    sums = ("area_cm2", "start_price_fen", "deposit_fen", "price_fen")
    return {**{name: getattr(row, name) for name in names},
            **{name: None if getattr(row, name) is None else str(getattr(row, name)) for name in sums},
            "winner": row.winner.bidder if row.winner else None, "steps": common.steps_json(row),
            "supplements": supplements.as_json(row)}


@require_POST
@requires(WORK)
def standard(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.listing(request.user, ulid))
    form, lock = StandardForm(request.POST), MoveForm(request.POST)

    def attach() -> None:
        table, industry = form.picked()
        service.attach(request.user, row, standard=table, industry=industry, lock_version=lock.cleaned_data["lock_version"])

    if lock.is_valid():
        common.done(request, form, attach, _("已附上指标"))
    return redirect("supply:listing", ulid)


@require_POST
@requires(WORK)
def floor_case(request: HttpRequest, ulid: str) -> HttpResponse:
    """A declared case in which less than the lowest price is lawful."""
    row = or_404(lambda: land.listing(request.user, ulid))
    form = FloorCaseForm(floors.cases(row, floor_day(row)), request.POST, request.FILES)
    common.done(request, form, lambda: floors.declare(request.user, row, **form.cleaned_data), _("已办理"))
    return redirect("supply:listing", ulid)


@require_POST
@requires(WORK)
def step(request: HttpRequest, ulid: str) -> HttpResponse:
    """One step of the procedure on its day; too early is refused with the clause."""
    row = or_404(lambda: land.listing(request.user, ulid))
    form = StepForm(request.POST, request.FILES)

    def take() -> None:
        told = form.cleaned_data
        winner = land.bids(request.user, row).filter(ulid=told["winner"]).first() if told["winner"] else None
        service.step(request.user, row, told["step"], on=told["on"], paper=told["paper"], lock_version=told["lock_version"],
                     winner=winner, contract_number=told["contract_number"], file=told["file"])

    common.done(request, form, take, _("已登记这一步"))
    return redirect("supply:listing", ulid)


@require_POST
@requires(WORK)
def correct(request: HttpRequest, ulid: str) -> HttpResponse:
    common.correct(request, or_404(lambda: land.listing(request.user, ulid)))
    return redirect("supply:listing", ulid)


@require_POST
@requires(VIEW)
def move(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """check, submit, approve, send-back, withdraw, fail: the service asks for the verb of each."""
    row = or_404(lambda: land.listing(request.user, ulid))
    form = MoveForm(request.POST)

    def take() -> None:
        lock, reason = form.cleaned_data["lock_version"], form.cleaned_data["reason"]
        if name == "check":
            service.check(request.user, row, lock_version=lock)
        elif name == "submit":
            service.submit(request.user, row, answer=reason, lock_version=lock)
        elif name == "approve":
            service.approve(request.user, row, reason=reason, lock_version=lock)
        else:
            {"send-back": service.send_back, "withdraw": service.withdraw, "fail": service.fail}[name](
                request.user, row, reason=reason, lock_version=lock)

    common.done(request, form, take, _("已办理"))
    return redirect("supply:listing", ulid)
