"""What was found on a plot, on its own record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.accounts.scope import can
from tenglong.apps.renewal.queries import findings, idle


def of_plot(request: HttpRequest, version: Any) -> str:
    """Findings of every year, newest first, and what idle-land work is going on."""
    page = "renewal:finding" if can(request.user, "renewal.view") else "renewal:own-finding"
    rows = findings.of_plot(request.user, version.plot_id)
    idles = idle.idle_lands(request.user).filter(plot_id=version.plot_id) if can(request.user, "renewal.view") else ()
    return render_to_string("renewal/tab_plot.html", {"rows": rows, "page": page, "idles": idles}, request)
