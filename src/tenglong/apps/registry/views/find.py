"""Search, and `/c/<any code ever held>`."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tenglong.apps.registry import queries_search
from tenglong.apps.registry.views._common import as_json
from tenglong.web import formats  # noqa: F401  (labels of the template)

PAGES = {"plot": "registry:plot", "enterprise": "registry:enterprise", "parcel": "registry:parcel"}


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One exact code goes straight to its record; else hits by kind."""
    text = request.GET.get("q", "").strip()[:100]
    held = queries_search.by_code(request.user, text.upper()) if len(text) >= 6 else None
    if held:
        return redirect(PAGES[held[0]], held[1])
    hits = queries_search.search(request.user, text) if text else []
    groups = {kind: [hit for hit in hits if hit.kind == kind] for kind in PAGES}
    return render(
        request, "registry/search.html", {"search_text": text, "groups": groups, "hits": hits, "limit": queries_search.LIMIT}
    )


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """The first hits, for the search box of the map."""
    text = request.GET.get("q", "").strip()[:100]
    hits = queries_search.search(request.user, text, 8) if text else []
    return as_json(
        [{"kind": hit.kind, "ulid": hit.ulid, "code": hit.code, "title": hit.title, "place": hit.place} for hit in hits]
    )


@require_GET
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Any code a record ever held leads to it; the chain outlives the code."""
    held = queries_search.by_code(request.user, code)
    if held is None:
        raise Http404
    return redirect(PAGES[held[0]], held[1])
