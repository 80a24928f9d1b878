"""征迁 on the records of a plot and of a firm, for offices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.clearance.models import ClearedHolder
from tenglong.apps.clearance.queries import rows as queries
from tenglong.apps.clearance.views.common import mark_of


def of_plot(request: HttpRequest, version: Any) -> str:
    return _tab(request, queries.of_plot(request.user, version.plot_id))


def of_firm(request: HttpRequest, version: Any) -> str:
    return _tab(request, queries.of_firm(request.user, version.enterprise_id))


def _tab(request: HttpRequest, found: Iterable[ClearedHolder]) -> str:
    """Each with the mark of its project: a survey never looks like a decision."""
    rows = [(one, mark_of(one.clearance)) for one in found]
    return render_to_string("clearance/tab.html", {"rows": rows}, request)
