"""What the pages of the county's own land share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.registry.places import town_names
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.forms_land import StepForm
from tenglong.apps.supply.service import land_steps
from tenglong.apps.supply.service.land_base import clocks_of
from tenglong.domain.landing.clocks import KIND_WORDS
from tenglong.web import answers

done = partial(answers.made, refused=SupplyError)


def filled(request: HttpRequest, form: Any, make: Callable[[], Any], page: dict[str, Any], url_name: str) -> HttpResponse:
    """A form page of one record: make it and go to it, or show the form with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            made = make()
        except SupplyError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记"))
            return redirect(url_name, made.ulid)
    return render(request, "supply/land_form.html", {"form": form, **page}, status=422 if form.errors else 200)


def town_of(user: Any, code: str) -> str:
    return town_names(user).get(code, code)


def steps_shown(row: Any, works: bool) -> list[dict[str, Any]]:
    """Every step of the row's procedure today: what was done, what the clocks say, and a form where it may be done."""
    today = timezone.localdate()
    papers = {one.step: one for one in row.steps.all()}
    out = []
    for state in land_steps.where(row, today):
        kept = papers.get(state.step.id)
        waits = [clock for clock in state.step.clocks if clock.kind == "min_wait"]
        start = {"step": state.step.id, "on": today, "lock_version": row.lock_version}
        form = StepForm(initial=start, auto_id=f"{state.step.id}-%s")
        out.append({
            "state": state, "kept": kept, "form": form if works and state.allowed else None, "waits": waits,
            "clocks": [(KIND_WORDS[clock.kind], clock) for clock in state.step.clocks],
            "warnings": list(kept.warnings) if kept else list(state.warnings)})
    return out


def steps_json(row: Any) -> list[dict[str, Any]]:
    """Steps of the row today, for a twin."""
    papers = {one.step: one.paper for one in row.steps.all()}
    return [{
        "id": one.step.id, "label": one.step.label, "done_on": one.done, "paper": papers.get(one.step.id, ""),
        "earliest": one.earliest, "due": one.due, "blocks": list(one.blocks), "warnings": list(one.warnings),
        "unpublished_years": list(one.unpublished),
    } for one in land_steps.where(row, timezone.localdate())]


def clocks_name(row: Any) -> str:
    return clocks_of(row.clocks).name
