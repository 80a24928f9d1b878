"""Audit pages: the list with filters, one entry, the check."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.audit import service
from tenglong.apps.audit.models import AuditEntry
from tenglong.web.twins import Twin

PAGE = 100
EXACT = {"action": "action", "subject_type": "subject_type", "subject": "subject_id", "trace": "trace_id", "result": "result"}


@requires("audit.view")
def listing(request: HttpRequest) -> HttpResponse:
    page = Paginator(filtered(request), PAGE).get_page(request.GET.get("page"))
    actions = list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())
    return render(request, "audit/list.html", {"page": page, "actions": actions, "given": request.GET})


@requires("audit.view")
def listing_json(request: HttpRequest) -> Twin:
    page = Paginator(filtered(request), PAGE).get_page(request.GET.get("page"))
    return Twin({"rows": [as_json(entry) for entry in page], "total": page.paginator.count})


@requires("audit.view")
def show(request: HttpRequest, seq: int) -> HttpResponse:
    return render(request, "audit/show.html", {"entry": get_object_or_404(AuditEntry, seq=seq)})


@require_POST
@requires("audit.verify")
def verify(request: HttpRequest) -> HttpResponse:
    return render(request, "audit/verify.html", {"result": service.verify()})


def filtered(request: HttpRequest) -> QuerySet[AuditEntry]:
    """User, action, subject, result, trace number, from–to; unreadable dates count as not given."""
    given = request.GET
    found: QuerySet[AuditEntry] = AuditEntry.objects.all()
    for name, column in EXACT.items():
        if value := given.get(name, "").strip():
            found = found.filter(**{column: value})
    if text := given.get("user", "").strip():
        found = found.filter(Q(user_name__icontains=text) | Q(user_id_text=text))
    if start := _day(given.get("from", "")):
        found = found.filter(ts__gte=timezone.make_aware(datetime.combine(start, time.min)))
    if end := _day(given.get("to", "")):
        found = found.filter(ts__lte=timezone.make_aware(datetime.combine(end, time.max)))
    return found


def _day(text: str) -> Any:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def as_json(entry: AuditEntry) -> dict[str, Any]:
    names = ("seq", "user_name", "role", "ip", "action", "subject_type", "subject_id", "deltas", "reason", "result", "trace_id",
             "batch_id", "count", "digest", "mac")
    return {"ts": entry.ts.isoformat(), **{name: getattr(entry, name) for name in names}}
