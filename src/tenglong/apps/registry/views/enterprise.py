"""一企一档."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.registry import queries, queries_sensitive
from tenglong.apps.registry.history import since, values_of
from tenglong.apps.registry.places import town_names
from tenglong.apps.registry.sources import source_names
from tenglong.apps.registry.views._common import as_json, asked_day, or_404, tab_context
from tenglong.apps.registry.views.plot import slider
from tenglong.web import formats

FIELDS = ("uscc", "name", "former_names", "industry", "scale", "status", "listed", "honours", "address", "registered_on")


@require_GET
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    on = asked_day(request)
    version = or_404(queries.enterprise, request.user, ulid, on)
    past = list(queries.enterprise_history(request.user, ulid).defer("contact_cipher"))
    older = [row for row in past if row.valid_from <= version.valid_from]
    names = town_names(request.user)
    context = {
        "version": version,
        "ulid": ulid,
        "on": on,
        "town": names.get(version.division_code, version.division_code),
        "figures": figures(request.user, version, on),
        "since": since(older, source_names(request.user, past)),
        "facts": fact_sheet(version),
        "dates": slider(past, on),
        "attributions": attributions(request.user, version.enterprise_id, on, names),
        **tab_context(request, "enterprise", version),
    }
    return render(request, "registry/enterprise.html", context)


def fact_sheet(version: Any) -> list[tuple[str, str, str]]:
    """Field, label, what to print."""
    labels = {"status": _("经营状态"), "address": _("注册地址")}
    words = {"status": str(formats.choice("enterprise_status", version.status))}
    return [
        (name, labels.get(name, str(formats.field_label(name))), words.get(name, formats.shown(name, getattr(version, name))))
        for name in FIELDS
    ]


def figures(user: Any, version: Any, on: Any) -> dict[str, Any]:
    """Plots used, land occupied, latest tax per mu if the user may see it."""
    used = queries.occupancies(user, on, enterprise_id=version.enterprise_id)
    total = used.aggregate(area=Sum("area_cm2"), floor=Sum("floor_cm2"))
    rows = queries_sensitive.fact_rows(
        user, subject_type="enterprise", subject_ids=[version.enterprise_id], measures=["tax_paid", "revenue"]
    )
    latest = next((row for row in rows if row.measure == "tax_paid"), None)
    return {
        "plots": used.exclude(plot=None).values("plot").distinct().count(),
        "area": total["area"],
        "floor": total["floor"],
        "tax": latest,
    }


def attributions(user: Any, enterprise_id: int, on: Any, names: dict[str, str]) -> list[dict[str, Any]]:
    rows = queries.attributions(user, enterprise_id, on).order_by("kind", "valid_from")
    return [
        {"kind": row.kind, "place": names.get(row.division_code, row.division_code), "valid_from": row.valid_from}
        for row in rows
    ]


@require_GET
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    """The same record as data; sensitive figures follow the user's verbs, contacts are never in it."""
    on = asked_day(request)
    version = or_404(queries.enterprise, request.user, ulid, on)
    facts = queries_sensitive.fact_rows(request.user, subject_type="enterprise", subject_ids=[version.enterprise_id])
    used = queries.occupancies(request.user, on, enterprise_id=version.enterprise_id)
    values = {name: value for name, value in values_of(version).items() if name != "contact_cipher"}
    return as_json(
        {
            "ulid": ulid,
            "on": on,
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
            "lock_version": version.lock_version,
            **values,
            "occupancies": list(
                used.values("plot__ulid", "role", "area_cm2", "floor_cm2", "valid_from", "valid_to", "contract")
            ),
            "facts": [
                {"measure": row.measure, "period": row.period, "value": row.shown, "department": row.department}
                for row in facts
            ],
        }
    )
