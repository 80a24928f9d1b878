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

from tenglong.apps.accounts.scope import can
from tenglong.apps.registry.places import town_names
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.forms_land import CorrectionForm, StepForm
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.service import land_base, land_corrections, land_files, land_steps
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


def steps_shown(user: Any, row: Any, works: bool, corrects: bool) -> list[dict[str, Any]]:
    """Every step of the row's procedure today: what was done with its file and corrections, what the clocks say, a form where
    it may be done and one where it may be corrected."""
    today = timezone.localdate()
    kept, files = _kept(user, row)
    out = []
    for state in land_steps.where(row, today):
        step = kept.get(state.step.id)
        start = {"step": state.step.id, "on": today, "lock_version": row.lock_version}
        out.append({
            "state": state, "kept": step, "file": files.get(step.document_id) if step else None,
            "form": StepForm(initial=start, auto_id=f"{state.step.id}-%s") if works and state.allowed else None,
            "fix": _fix(step, row) if corrects and step else None, "corrections": _corrections(step, files),
            "waits": [clock for clock in state.step.clocks if clock.kind == "min_wait"],
            "clocks": [(KIND_WORDS[clock.kind], clock) for clock in state.step.clocks],
            "warnings": list(step.warnings) if step else list(state.warnings)})
    return out


def corrects(user: Any, row: Any) -> bool:
    return can(user, land_base.WORK) and row.state not in land_corrections.ENDED


def _kept(user: Any, row: Any) -> tuple[dict[str, Any], dict[int, Any]]:
    """Step → what was entered; key → file that the person may open."""
    kept = {one.step: one for one in row.steps.prefetch_related("corrections")}
    keys = [one.document_id for one in kept.values()]
    keys += [fix.document_before_id for one in kept.values() for fix in one.corrections.all()]
    return kept, land_files.seen(user, keys)


def _fix(step: Any, row: Any) -> CorrectionForm:
    held = {"step": step.step, "on": step.on, "paper": step.paper, "lock_version": row.lock_version,
            "contract_number": getattr(row, "contract_number", "")}
    return CorrectionForm(initial=held, auto_id=f"fix-{step.step}-%s")


def _corrections(step: Any, files: dict[int, Any]) -> list[dict[str, Any]]:
    found = step.corrections.all() if step else ()
    return [{"row": one, "who": land.person(one.created_by_id), "file": files.get(one.document_before_id)} for one in found]


def correct(request: HttpRequest, row: Any) -> None:
    """One correction of a step; what it means for later steps is told at once."""
    form = CorrectionForm(request.POST, request.FILES)

    def take() -> Any:
        return land_corrections.correct(request.user, row, **form.cleaned_data)

    made = answers.made(request, form, take, _("已更正，原来的记录保留在时间线上"), refused=SupplyError)
    for says in made.told if made else ():
        messages.info(request, says)


def steps_json(row: Any) -> list[dict[str, Any]]:
    """Steps of the row today, for a twin."""
    kept = {one.step: one for one in row.steps.prefetch_related("corrections")}
    return [{
        "id": one.step.id, "label": one.step.label, "done_on": one.done,
        "paper": kept[one.step.id].paper if one.step.id in kept else "",
        "corrections": _corrections_json(kept.get(one.step.id)),
        "earliest": one.earliest, "due": one.due, "blocks": list(one.blocks), "warnings": list(one.warnings),
        "unpublished_years": list(one.unpublished),
    } for one in land_steps.where(row, timezone.localdate())]


def _corrections_json(step: Any) -> list[dict[str, Any]]:
    names = ("on_before", "on_after", "paper_before", "paper_after", "reason", "told", "created_at")
    return [{name: getattr(one, name) for name in names} for one in step.corrections.all()] if step else []


def clocks_name(row: Any) -> str:
    return clocks_of(row.clocks).name
