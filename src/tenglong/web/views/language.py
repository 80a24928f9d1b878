"""Switch between Chinese and English."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from tenglong.web.views.back import back_to


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in a cookie for a year; an unknown language changes nothing."""
    answer = HttpResponseRedirect(back_to(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        kept: dict[str, Any] = {"max_age": 31_536_000, "samesite": "Lax", "httponly": True, "secure": request.is_secure()}
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, **kept)
    return answer
