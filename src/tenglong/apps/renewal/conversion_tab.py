"""Conversions on the record of their plot and of the park that they made."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.renewal.queries import conversions as queries


def of_plot(request: HttpRequest, version: Any) -> str:
    """Those that stand on the plot, and those in which it is a site of the cluster."""
    pk = version.plot_id
    rows = queries.conversions(request.user).filter(Q(plot_id=pk) | Q(parts__plot_id=pk)).distinct()
    return render_to_string("renewal/tab_conversions.html", {"rows": rows, "plot": version}, request)


def of_park(request: HttpRequest, version: Any) -> str:
    rows = queries.conversions(request.user).filter(park=version.ulid)
    return render_to_string("renewal/tab_conversions.html", {"rows": rows}, request)
