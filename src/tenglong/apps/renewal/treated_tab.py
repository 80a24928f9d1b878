"""What was treated, on the record of a firm."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.accounts.scope import can
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.queries import treated


def of_firm(request: HttpRequest, version: Any) -> str:
    """Newest first, each with the way to its effect page."""
    policy = plan_policies.in_force().book.policy
    rows = [(row, treated.label_of(policy.counters, row.counter), treated.label_of(policy.routes, row.route))
            for row in treated.of_firm(request.user, version.enterprise_id)]
    page = "renewal:treated-row" if can(request.user, "renewal.view") else "renewal:own-treated"
    return render_to_string("renewal/tab_treated.html", {"rows": rows, "page": page}, request)
