"""A title: who holds it, in which plots it lies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenglong.apps.registry import queries
from tenglong.apps.registry.history import values_of
from tenglong.apps.registry.places import plot_labels, town_names
from tenglong.apps.registry.views._common import as_json, asked_day, or_404
from tenglong.web import formats

FIELDS = (
    "right_holder",
    "holder_uscc",
    "title_status",
    "title_number",
    "acquisition",
    "stated_cm2",
    "stated_text",
    "granted_on",
    "ends_on",
    "price_fen",
    "agreed_plot_ratio",
)


@require_GET
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(queries.parcel, request.user, ulid, on)
    links = list(queries.parcel_links(request.user, on, parcel_id=version.parcel_id))
    labels = plot_labels(request.user, [link.plot_id for link in links], on)
    return render(
        request,
        "registry/parcel.html",
        {
            "version": version,
            "ulid": ulid,
            "on": on,
            "town": town_names(request.user).get(version.division_code, version.division_code),
            "facts": [(name, formats.shown(name, getattr(version, name))) for name in FIELDS],
            "plots": [(link, *labels.get(link.plot_id, ("", ""))) for link in links],
        },
    )


@require_GET
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(queries.parcel, request.user, ulid, on)
    links = queries.parcel_links(request.user, on, parcel_id=version.parcel_id)
    plots = list(links.values("plot__ulid", "area_cm2", "basis", "valid_from", "valid_to"))
    return as_json({"ulid": ulid, "on": on, "code": version.parcel.code, **values_of(version), "plots": plots})
