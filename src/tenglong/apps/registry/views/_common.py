"""What record pages share: the date asked for, 404 for what is not the user's, tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import orjson
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.web import tabs
from tenglong.web.twins import exact

R = TypeVar("R")


def asked_day(request: HttpRequest) -> date | None:
    """`?on=2024-01-01`. Raises Http404 for what is no date: a wrong date must not show today's figures."""
    text = request.GET.get("on", "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(_("日期应写成 2026-11-22")) from error


def or_404(find: Callable[..., R], *args: Any) -> R:
    try:
        return find(*args)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def may(request: HttpRequest) -> Callable[[str], bool]:
    return lambda verb: can(request.user, verb)


def tab_context(request: HttpRequest, subject: str, version: Any) -> dict[str, Any]:
    """All tabs, the chosen one built; `?print=1` builds every one."""
    known = tabs.of(subject, may(request))
    everything = request.GET.get("print") == "1"
    chosen = next((tab for tab in known if tab.id == request.GET.get("tab")), known[0] if known else None)
    shown = known if everything else [tab for tab in known if tab is chosen]
    return {
        "tabs": known,
        "chosen": chosen,
        "printing": everything,
        "bodies": [(tab, mark_safe(tab.builder(request, version))) for tab in shown],  # noqa: S308  rendered by templates
    }


def as_json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(exact(body), default=str), content_type="application/json", status=status)
