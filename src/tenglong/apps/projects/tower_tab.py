"""Floors that a firm rents, on its record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.projects.queries import towers


def of_firm(request: HttpRequest, version: Any) -> str:
    rows = towers.of_enterprise(request.user, version.enterprise_id)
    heads = list(towers.towers(request.user).filter(headquarters_id=version.enterprise_id).order_by("name"))
    return render_to_string("projects/tab_towers.html", {"rows": rows, "heads": heads}, request)
