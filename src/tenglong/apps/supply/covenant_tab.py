"""履约 on the records of a firm and of a plot."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from tenglong.apps.accounts.scope import can
from tenglong.apps.supply.models import Covenant
from tenglong.apps.supply.queries import covenants as queries
from tenglong.apps.supply.service.covenants_picture import pictures


def of_firm(request: HttpRequest, version: Any) -> str:
    return _tab(request, _seen(request).filter(enterprise_id=version.enterprise_id))


def of_plot(request: HttpRequest, version: Any) -> str:
    return _tab(request, _seen(request).filter(plots__plot_id=version.plot_id))


def _seen(request: HttpRequest) -> QuerySet[Covenant]:
    return queries.covenants(request.user) if can(request.user, queries.VIEW) else queries.own_covenants(request.user)


def _tab(request: HttpRequest, rows: QuerySet[Covenant]) -> str:
    """Each covenant with the first node that lacks; nothing of money."""
    page = "supply:covenant" if can(request.user, queries.VIEW) else "supply:own-covenant"
    found = [(one.covenant, one.progress) for one in pictures(rows, timezone.localdate())]
    return render_to_string("supply/tab_covenant.html", {"rows": found, "page": page}, request)
