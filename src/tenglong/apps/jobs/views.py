"""Pages of jobs: list, one job, and the card that htmx polls."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.jobs import service
from tenglong.apps.jobs.folder import JobFolder
from tenglong.apps.jobs.models import STATES, Job
from tenglong.web.twins import Twin

TONES = {"queued": "", "running": "run", "done": "ok", "failed": "late", "cancelled": "", "interrupted": "warn"}
PAGE = 50


@requires("job.view")
def listing(request: HttpRequest) -> HttpResponse:
    found = service.jobs(request.user)
    state = request.GET.get("state", "")
    if state in dict(STATES):
        found = found.filter(state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [{"job": row, "label": service.label_of(row.kind), "tone": TONES[row.state]} for row in page]
    return render(request, "jobs/list.html", {"page": page, "rows": rows, "states": STATES, "state": state})


@requires("job.view")
def listing_json(request: HttpRequest) -> Twin:
    page = Paginator(service.jobs(request.user), PAGE).get_page(request.GET.get("page"))
    return Twin({"rows": [as_json(row) for row in page], "total": page.paginator.count})


@requires("job.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return render(request, "jobs/show.html", card_context(_job(request, ulid)))


@requires("job.view")
def show_json(request: HttpRequest, ulid: str) -> Twin:
    return Twin(as_json(_job(request, ulid)))


@requires("job.view")
def card(request: HttpRequest, ulid: str) -> HttpResponse:
    """The fragment: while the job runs it asks for itself again, afterwards it stands still."""
    response = render(request, "jobs/card.html", card_context(_job(request, ulid)))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires("job.view")
def cancel(request: HttpRequest, ulid: str) -> HttpResponse:
    service.cancel(request.user, _job(request, ulid))
    messages.info(request, _("已要求取消，当前一步做完就停"))
    return redirect("jobs:show", ulid=ulid)


@require_POST
@requires("job.view")
def again(request: HttpRequest, ulid: str) -> HttpResponse:
    try:
        ulid = service.again(request.user, _job(request, ulid)).ulid
    except service.JobError as refused:
        messages.error(request, str(refused))
    return redirect("jobs:show", ulid=ulid)


def _job(request: HttpRequest, ulid: str) -> Job:
    return get_object_or_404(service.jobs(request.user), ulid=ulid)


def card_context(row: Job) -> dict[str, Any]:
    """What the card shows; `rate` in rows per second, `left` in seconds, both None until they can be told."""
    files = JobFolder.of(row.ulid)
    progress = files.progress()
    return {
        "job": row, "label": service.label_of(row.kind), "tone": TONES[row.state], "progress": progress,
        "log": files.log_tail(), "result_url": str(row.result.get("url", "")), **speed(row, progress),
    }


def speed(row: Job, progress: dict[str, Any]) -> dict[str, float | int | None]:
    done, total = progress["done"], progress["total"]
    percent = min(100, round(100 * done / total)) if total else None
    if not (row.started_at and done and row.state == "running"):
        return {"percent": percent, "rate": None, "left": None}
    seconds = max(time.time() - row.started_at.timestamp(), 0.001)
    rate = done / seconds
    return {"percent": percent, "rate": round(rate), "left": round((total - done) / rate) if total else None}


def as_json(row: Job) -> dict[str, Any]:
    progress = JobFolder.of(row.ulid).progress()
    return {
        "ulid": row.ulid, "kind": row.kind, "label": service.label_of(row.kind), "subject": row.subject, "state": row.state,
        "committed": row.committed, "message": row.message, "result": row.result, "user": row.user.name if row.user else "",
        "created_at": row.created_at.isoformat(), "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "progress": {name: progress[name] for name in ("done", "total", "text")},
    }
