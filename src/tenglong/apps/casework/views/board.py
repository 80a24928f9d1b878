"""看板: columns are states, cards carry lights, counts are exact."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires
from tenglong.apps.casework import board as built
from tenglong.apps.casework.titles import case_url, definition_labels
from tenglong.apps.casework.views._common import CHINESE
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.web.twins import Twin


def _asked(request: HttpRequest) -> tuple[list[tuple[str, str]], str, str]:
    """(procedures in sight, the one asked for, town); an unknown procedure shows the first."""
    labels = definition_labels(request.user)
    asked, town = request.GET.get("definition", ""), request.GET.get("town", "")
    known = [name for name, _label in labels]
    return labels, asked if asked in known else known[0] if known else "", town if town.isdigit() else ""


@require_GET
@requires("case.work")
def show(request: HttpRequest) -> HttpResponse:
    labels, definition, town = _asked(request)
    towns = town_names(request.user)
    columns = built.board(request.user, definition, town) if definition else []
    return render(request, "casework/board.html", {
        "labels": labels, "definition": definition, "town": town, "towns": town_choices(request.user),
        "columns": [{"column": one, "label": _(one.state.label), "cards": [_shown(card, towns) for card in one.cards]}
                    for one in columns],
        "total": sum(one.count for one in columns), "late": sum(one.late for one in columns),
    })


def _shown(card: built.Card, towns: dict[str, str]) -> dict[str, Any]:
    case = card.case
    return {"card": card, "url": case_url(case.ulid), "task": _(card.task.label) if card.task else "",
            "town": towns.get(case.division_code, case.division_code)}


@require_GET
@requires("case.work")
def twin(request: HttpRequest) -> Twin:
    _labels, definition, town = _asked(request)
    columns = built.board(request.user, definition, town) if definition else []
    body = {"definition": definition, "columns": [
        {"state": one.state.id, "label": _(one.state.label), "count": one.count, "late": one.late,
         "cards": [_card(card) for card in one.cards]} for one in columns]}
    return Twin(body, json_dumps_params=CHINESE)


def _card(card: built.Card) -> dict[str, Any]:
    return {
        "case": card.case.ulid, "title": card.case.title, "entered_on": card.case.entered_on,
        "task": card.task.task if card.task else None, "due_on": card.task.due_on if card.task else None,
        "light": card.light.id if card.light else None, "paused_on": card.case.paused_on,
    }
