"""The critical path of each day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires
from tenglong.apps.projects.outlook import MOST_DAYS, each_day
from tenglong.apps.projects.views.common import asked_day
from tenglong.apps.projects.views.projects import found


@require_GET
@requires("project.view")
def path(request: HttpRequest, ulid: str) -> HttpResponse:
    row, today = found(request, ulid), asked_day(request)
    return render(request, "projects/path.html", {
        "row": row, "today": today, "days": each_day(request.user, row, today), "most": MOST_DAYS})
