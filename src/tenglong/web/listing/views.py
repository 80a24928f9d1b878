"""Page, twin and export of every list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import require
from tenglong.web.listing.export import ExportRefused, make
from tenglong.web.listing.page import SIZES, ListPage

TWIN_LIMIT = 5_000


@require_GET
def show(request: HttpRequest, page: type[ListPage]) -> HttpResponse:
    require(request.user, page.verb)
    listing = page(request)
    context = {"page": listing, "rows": listing.table(), "sizes": SIZES, "export_url": request.path + "export/"}
    return render(request, "web/list.html", context)


@require_GET
def twin(request: HttpRequest, page: type[ListPage]) -> HttpResponse:
    """All columns, raw values (cm², 分, codes), by key: `?after=<pk>&limit=`; `next` is null at the end."""
    require(request.user, page.verb)
    listing = page(request)
    limit = _whole(request.GET.get("limit"), TWIN_LIMIT, TWIN_LIMIT)
    query = listing.rows_query.order_by("pk").filter(pk__gt=_whole(request.GET.get("after"), 0, 2**62))[:limit]
    rows = listing.fetch(query, listing.columns)
    following = rows[-1]["pk"] if len(rows) == limit else None
    body = {
        "page": listing.id,
        "filter": listing.asked.text,
        "errors": listing.asked.errors,
        "totals": listing.totals,
        "rows": rows,
        "next": following,
    }
    return HttpResponse(orjson.dumps(body, default=str), content_type="application/json")


def _whole(text: str | None, otherwise: int, most: int) -> int:
    return min(int(text), most) if text and text.isdecimal() and len(text) < 20 else otherwise


@require_POST
def export(request: HttpRequest, page: type[ListPage]) -> HttpResponseBase:
    """Exactly what the user may see, with a figure-ledger number; refuses without recipient and purpose."""
    require(request.user, page.verb)
    require(request.user, "export.make")
    listing = page(request)
    try:
        made = make(
            listing, request.POST.get("form", "xlsx"), request.POST.get("recipient", ""), request.POST.get("purpose", "")
        )
    except ExportRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(f"{request.path.removesuffix('export/')}?{urlencode(list(request.GET.items()))}")
    answer = FileResponse(made.path.open("rb"), as_attachment=True, filename=made.filename, content_type=made.mime)
    made.path.unlink()
    answer["X-Figure-Number"] = made.number
    return answer


def sentence_of_rows(listing: ListPage) -> dict[str, Any]:
    """Counting words for the foot of a list."""
    return {"text": _("共 %(rows)s %(noun)s") % {"rows": f"{listing.totals['rows']:,}", "noun": listing.noun}}
