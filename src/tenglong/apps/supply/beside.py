"""What higher rooms show on the page of a listing or of a covenant: one card for each that registered itself as a tab."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from tenglong.apps.accounts.scope import can
from tenglong.web import tabs


def cards(request: HttpRequest, subject: str, row: Any) -> list[tuple[Any, str]]:
    """(label, fragment) in their order, of those whose verb the person holds and that have something to show."""
    found = [(tab.label, tab.builder(request, row)) for tab in tabs.of(subject, partial(can, request.user))]
    return [(label, fragment) for label, fragment in found if fragment]
