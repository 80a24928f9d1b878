"""补充公告 of a listing: the form with what shall be told, approval by a second person, withdrawal. Publishing is a step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, require, requires
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.forms_land import ConditionForms, MoveForm, SupplementForm
from tenglong.apps.supply.models import Listing
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import notices
from tenglong.apps.supply.service import supplements as service
from tenglong.apps.supply.views import land_common as common
from tenglong.domain.units import from_cm2, from_fen
from tenglong.web.answers import or_404

VIEW, WORK, DECIDE = "supply.view", "supply.work", "supply.decide"


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: land.listing(request.user, ulid))
    start = {**{fact: getattr(row, fact) for fact in notices.FACTS if fact != "conditions"}, "lock_version": row.lock_version}
    form = SupplementForm(request.POST or None, initial=start)
    lines = ConditionForms(request.POST or None, prefix="c", initial=row.conditions)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        told = [line.cleaned_data for line in lines if line.cleaned_data.get("text")]
        values = {**{fact: form.cleaned_data[fact] for fact in notices.FACTS if fact != "conditions"}, "conditions": told}
        try:
            service.propose(request.user, row, values, reason=form.cleaned_data["reason"],
                            lock_version=form.cleaned_data["lock_version"])
        except SupplyError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已拟定补充公告，由另一位有审定权限的人审定后发布"))
            return redirect("supply:listing", ulid)
    bad = form.errors or (lines.is_bound and not lines.is_valid())
    return render(request, "supply/listing_supplement.html", {
        "form": form, "lines": lines, "row": row, "rule": service.rule_of(row)}, status=422 if bad else 200)


@require_POST
@requires(VIEW)
def act(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """approve, drop: the service asks for the verb of each; who may not approve is told so before anything is looked up."""
    if name == "approve":
        require(request.user, DECIDE)
    row = or_404(lambda: land.listing(request.user, ulid))
    form = MoveForm(request.POST)

    def take() -> None:
        lock = form.cleaned_data["lock_version"]
        if name == "approve":
            service.approve(request.user, row, reason=form.cleaned_data["reason"], lock_version=lock)
        else:
            service.drop(request.user, row, reason=form.cleaned_data["reason"], lock_version=lock)

    common.done(request, form, take, _("已办理"))
    return redirect("supply:listing", ulid)


def shown(user: Any, row: Listing) -> dict[str, Any]:
    """What the page of the listing says of its supplementary notices."""
    found = [{"row": one, "who": land.person(one.created_by_id), "changes": [_in_words(change) for change in one.changes]}
             for one in row.supplements.all()]
    live = next((one["row"] for one in found if one["row"].state in service.LIVE), None)
    approves = bool(live and live.state == "proposed" and can(user, DECIDE) and live.created_by_id != user.pk)
    return {
        "wider_supplement": service.wider(user, row, live) if live and approves else [],
        "supplements": found, "proposes": can(user, WORK) and service.may_propose(row), "live_supplement": live,
        "approves_supplement": approves,
        "drops_supplement": bool(live and (can(user, WORK) or can(user, DECIDE)))}


def _in_words(change: dict[str, Any]) -> tuple[Any, str, str]:
    return notices.FACTS[change["fact"]], _value(change["fact"], change["before"]), _value(change["fact"], change["after"])


def _value(fact: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "—"
    if fact == "conditions":
        return "；".join(one["text"] for one in value)
    if fact == "area_cm2":
        return f"{from_cm2(value, 'mu', 4):,.4f} {_('亩')}"
    if fact in ("start_price_fen", "deposit_fen"):
        return f"{from_fen(value, 'wan_yuan', 2):,.2f} {_('万元')}"
    return str(value)


def as_json(row: Listing) -> list[dict[str, Any]]:
    names = ("ordinal", "changes", "weighty", "reason", "state", "published_on")
    return [{name: getattr(one, name) for name in names} for one in row.supplements.all()]
