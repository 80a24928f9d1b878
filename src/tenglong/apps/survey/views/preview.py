"""What the file would do to the record: four tabs, each difference field by field."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.survey import queries, shown
from tenglong.apps.survey.models import Action, ImportBatch, StagedRow, State
from tenglong.apps.survey.views._common import ACTION_TONES, CHINESE, batch_as_json, batch_or_404, described, page_of
from tenglong.web.twins import Twin

PAGE = 50


def picked(request: HttpRequest, batch: ImportBatch) -> tuple[QuerySet[StagedRow], str]:
    """Rows of the asked tab and search text; the tab defaults to the first that has rows."""
    tab = request.GET.get("tab", "")
    if tab not in Action.values:
        tab = next((str(action) for action in Action if batch.counts.get(str(action))), str(Action.NEW))
    found = queries.rows(request.user, batch, tab)
    text = request.GET.get("q", "").strip()[:100]
    if text:
        found = found.filter(Q(key__icontains=text) | Q(row=int(text) if text.isdecimal() and len(text) < 9 else -1))
    return found, tab


@requires("survey.import")
def batch(request: HttpRequest, ulid: str) -> HttpResponse:
    found = batch_or_404(request, ulid)
    if found.state not in (State.PREVIEW, State.REJECTED, State.DONE, State.WITHDRAWN):
        return redirect(page_of(found))
    if found.state == State.REJECTED:
        return render(request, "survey/rejected.html", described(found))
    rows, tab = picked(request, found)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        **described(found),
        "page": page,
        "tab": tab,
        "q": request.GET.get("q", ""),
        "tabs": tabs(found, tab),
        "rows": [shown.row(request.user, found, row) for row in page],
        "columns": shown.columns(found),
        "entering": found.counts.get("new", 0) + found.counts.get("changed", 0),
        "may_confirm": can(request.user, "survey.confirm"),
        "issue_count": queries.issues(request.user, found).count(),
        "same": queries.same_file(request.user, found).first(),
    }
    return render(request, "survey/preview.html", context)


def tabs(batch: ImportBatch, here: str) -> list[dict[str, Any]]:
    return [
        {
            "id": str(action),
            "label": action.label,
            "number": batch.counts.get(str(action), 0),
            "here": action == here,
            "tone": ACTION_TONES[action],
        }
        for action in Action
    ]


@requires("survey.import")
def batch_json(request: HttpRequest, ulid: str) -> Twin:
    return Twin(batch_as_json(batch_or_404(request, ulid)), json_dumps_params=CHINESE)


@requires("survey.import")
def rows_json(request: HttpRequest, ulid: str) -> Twin:
    found = batch_or_404(request, ulid)
    rows, tab = picked(request, found)
    page = Paginator(rows, 500).get_page(request.GET.get("page"))
    return Twin(
        {
            "tab": tab,
            "total": page.paginator.count,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "rows": [shown.row_as_json(request.user, row) for row in page],
        },
        json_dumps_params=CHINESE,
    )
