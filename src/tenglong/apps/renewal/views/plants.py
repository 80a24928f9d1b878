"""A finding on an idle plant becomes premises: what can be let, what follows, one confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenglong.apps.accounts.scope import requires
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.forms_conversion import TurnForm
from tenglong.apps.renewal.queries import findings as queries
from tenglong.apps.renewal.service import plants as service
from tenglong.web.answers import or_404


@require_http_methods(["GET", "POST"])
@requires("premises.edit")
def turn(request: HttpRequest, ulid: str) -> HttpResponse:
    finding = or_404(lambda: queries.finding(request.user, ulid))
    plants = service.plants(request.user, finding)
    form = TurnForm(request.POST or None, user=request.user, plants=plants)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = service.turn(request.user, finding, data["buildings"], by_floor=data["by_floor"] == "1",
                                park_id=data["park_id"], reason=data["reason"])
        except RenewalError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记 %(n)s 套房源，补上层高、荷载和租金就能被搜到") % {"n": len(made.units)})
            return redirect("renewal:finding", ulid)
    context = {
        "finding": finding, "plants": plants, "form": form, "refusal": service.refusal(request.user, finding),
        "chosen": set(request.POST.getlist("buildings")) if form.is_bound else {one.building.ulid for one in plants},
    }
    return render(request, "renewal/plant_turn.html", context, status=422 if form.errors else 200)
