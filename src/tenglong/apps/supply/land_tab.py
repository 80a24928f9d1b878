"""收储和供地 of a plot, on its page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.supply.queries import land, reserve


def of_plot(request: HttpRequest, version: Any) -> str:
    """Changes of the control plan, entries in reserve and listings of the plot that the person may see."""
    user, plot = request.user, version.plot_id
    found: dict[str, list[Any]] = {
        "lots": list(reserve.lots(user).filter(plot_id=plot).select_related("body")),
        "changes": list(land.changes(user).filter(plot_id=plot)),
        "listings": list(land.listings(user).filter(plot_id=plot)),
    }
    return render_to_string("supply/tab_land.html", {**found, "any": any(found.values())}, request)
