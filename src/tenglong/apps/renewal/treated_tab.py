"""What was treated, on the records of a firm and of a plot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.accounts.scope import can
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.models import Treated
from tenglong.apps.renewal.queries import treated


def of_firm(request: HttpRequest, version: Any) -> str:
    return _tab(request, treated.of_firm(request.user, version.enterprise_id))


def of_plot(request: HttpRequest, version: Any) -> str:
    return _tab(request, treated.live(request.user).filter(plot_id=version.plot_id).order_by("-done_on", "-pk"))


def _tab(request: HttpRequest, found: Iterable[Treated]) -> str:
    """Newest first, each with the way to its page of before and after."""
    policy = plan_policies.in_force().book.policy
    rows = [(row, treated.label_of(policy.counters, row.counter), treated.label_of(policy.routes, row.route)) for row in found]
    page = "renewal:treated-row" if can(request.user, "renewal.view") else "renewal:own-treated"
    return render_to_string("renewal/tab_treated.html", {"rows": rows, "page": page}, request)
