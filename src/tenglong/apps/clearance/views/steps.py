"""Statutory steps: done on a day with a paper, corrected, the correction decided by a second person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.clearance import forms
from tenglong.apps.clearance.queries import corrections as queries
from tenglong.apps.clearance.queries import rows
from tenglong.apps.clearance.service import clearances, corrections
from tenglong.apps.clearance.views.common import done, tell
from tenglong.web.answers import or_404


@require_POST
@requires("clearance.work")
def step(request: HttpRequest, ulid: str) -> HttpResponse:
    """A statutory step done, or its day and number corrected."""
    row, form = or_404(lambda: rows.clearance(request.user, ulid)), forms.StepForm(request.POST, request.FILES)

    def enter() -> Any:
        told = form.cleaned_data
        if told["correct"]:
            return corrections.correct_step(
                request.user, row, told["step"], on=told["on"], number=told["number"], paper=told["paper"])
        return clearances.enter_step(request.user, row, told["step"], number=told["number"], on=told["on"], file=told["file"],
                                     amounts=told["amounts"])

    made = done(request, form, enter, "")
    if made:
        tell(request, made, _("已登记"))
    return redirect(f"{reverse('clearance:clearance', args=[ulid])}#steps")


@require_POST
@requires("clearance.decide")
def decide(request: HttpRequest, ulid: str) -> HttpResponse:
    """The second person on a correction of money or of the decision."""
    asked, form = or_404(lambda: queries.correction(request.user, ulid)), forms.DecideForm(request.POST)
    made = done(request, form, lambda: corrections.decide(
        request.user, asked, form.cleaned_data["agree"] == "yes", number=form.cleaned_data["number"]), "")
    if made:
        tell(request, made, "")
    if asked.payment is not None:
        return redirect("clearance:holder", asked.payment.agreement.holder.ulid)
    return redirect(f"{reverse('clearance:clearance', args=[asked.clearance.ulid])}#steps")
