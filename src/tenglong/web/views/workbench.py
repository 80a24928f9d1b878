"""工作台: the loop, the counters, what changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenglong.web import counters, panels
from tenglong.web.templatetags.web import may


def show(request: HttpRequest) -> HttpResponse:
    """Counters and panels that the user's roles open; each app registers its own."""
    allowed = may(request)
    return render(
        request,
        "web/workbench.html",
        {
            "readings": counters.readings(request.user, allowed),
            "panels": panels.built(request, allowed),
        },
    )
