"""Tabs of units, parks and plots that show premises."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.registry import queries
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.history import steps
from tenglong.apps.registry.places import enterprise_names
from tenglong.apps.registry.sources import source_names
from tenglong.apps.registry.views._common import asked_day


def unit_steps(request: HttpRequest, version: Any) -> str:
    rows = list(premises.steps(request.user, version.unit_id))
    names = enterprise_names(request.user, [row.enterprise_id for row in rows])
    told = [(row, names.get(row.enterprise_id or 0, ("", ""))) for row in rows]
    return render_to_string("registry/tabs/unit_steps.html", {"steps": told}, request)


def unit_history(request: HttpRequest, version: Any) -> str:
    past = list(premises.unit_history(request.user, version.ulid))
    context = {"steps": steps(past), "sources": source_names(request.user, past), "now": version, "url_name": "registry:unit"}
    return render_to_string("registry/tabs/history.html", context, request)


def park_history(request: HttpRequest, version: Any) -> str:
    past = list(premises.park_history(request.user, version.ulid))
    context = {"steps": steps(past), "sources": source_names(request.user, past), "now": version, "url_name": "registry:park"}
    return render_to_string("registry/tabs/history.html", context, request)


def plot_units(request: HttpRequest, version: Any) -> str:
    """Units in the buildings of the plot."""
    on = asked_day(request)
    houses = queries.buildings(request.user, on).filter(plot_id=version.plot_id)
    rows = premises.units(request.user, on).filter(building_id__in=houses.values("building_id")).select_related("building")
    houses_seen, share = premises.tree(rows)
    names = {row.building_id: row for row in houses}
    context = {"houses": houses_seen, "share": share, "names": names, "version": version}
    return render_to_string("registry/tabs/plot_units.html", context, request)
