"""Sheets on paper: printing them, taking in the scans, the result page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.forms_sheet import ScansForm
from tenglong.apps.evaluation.jobs_sheets import PDF, RESULT, SCANS
from tenglong.apps.evaluation.views.common import cycle_or_404, head
from tenglong.apps.jobs import service as jobs
from tenglong.apps.jobs.folder import JobFolder


@requires("evaluation.manage")
def print_sheets(request: HttpRequest, ulid: str) -> HttpResponse:
    """Says what will be printed; the button starts the job."""
    cycle = cycle_or_404(request, ulid)
    picks = request.POST.getlist("pick") or request.GET.getlist("pick")
    rows = queries.sheets(request.user, cycle).filter(voided_at__isnull=True)
    wanted = rows.filter(ulid__in=picks) if picks else rows
    if request.method == "POST" and wanted.exists():
        found = sorted(wanted.values_list("ulid", flat=True)) if picks else None
        job = jobs.enqueue(request.user, "evaluation.print", {"cycle": cycle.ulid, "sheets": found}, subject=cycle.title)
        return redirect("jobs:show", job.ulid)
    return render(request, "evaluation/sheets_print.html", {
        **head(request, cycle, "sheets"), "n": wanted.count(), "picks": picks,
    })


@require_GET
@requires("evaluation.manage")
def pdf(request: HttpRequest, ulid: str) -> HttpResponseBase:
    """What a printing job made; `ulid` of the job."""
    job = get_object_or_404(jobs.jobs(request.user), ulid=ulid, kind="evaluation.print", state="done")
    path = JobFolder.of(job.ulid).path / PDF
    if not path.exists():
        raise Http404(_("打印文件已经清理，请重新打印。"))
    name = _("一企一单-%(title)s.pdf") % {"title": job.subject}
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")


@requires("evaluation.manage")
def scans(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    form = ScansForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = _taken_in(request, cycle, form.cleaned_data["files"])
        return redirect("jobs:show", job.ulid)
    earlier = jobs.jobs(request.user).filter(kind="evaluation.scans", args__cycle=cycle.ulid).order_by("-pk")[:10]
    return render(request, "evaluation/scans.html", {
        **head(request, cycle, "sheets"), "form": form, "earlier": earlier, "open": cycle.stage in ("checks", "sheets"),
    }, status=400 if form.is_bound else 200)


def _taken_in(request: HttpRequest, cycle: Any, files: list[Any]) -> Any:
    """The files lie in the job's folder before any worker can see the job."""
    names = [f"{number:03d}-{Path(file.name).name}"[:120] for number, file in enumerate(files, 1)]
    with transaction.atomic():
        job = jobs.enqueue(request.user, "evaluation.scans", {"cycle": cycle.ulid, "files": names}, subject=cycle.title)
        folder = JobFolder.of(job.ulid).path / SCANS
        folder.mkdir()
        for name, file in zip(names, files, strict=True):
            with (folder / name).open("wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
    return job


def _job(request: HttpRequest, cycle: Any, job: str) -> Any:
    return get_object_or_404(jobs.jobs(request.user), ulid=job, kind="evaluation.scans", args__cycle=cycle.ulid, state="done")


@require_GET
@requires("evaluation.manage")
def result(request: HttpRequest, ulid: str, job: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    found = _job(request, cycle, job)
    path = JobFolder.of(found.ulid).path / RESULT
    if not path.exists():
        raise Http404(_("这一批的结果已经清理。"))
    told = orjson.loads(path.read_bytes())
    codes = [one["code"] for one in told["sealed"]]
    ulids = dict(queries.sheets(request.user, cycle).filter(code__in=codes).values_list("code", "ulid"))
    for one in told["sealed"]:
        one["ulid"] = ulids.get(one["code"], "")
    return render(request, "evaluation/scan_result.html", {**head(request, cycle, "sheets"), "told": told, "job": found})


@require_GET
@requires("evaluation.manage")
def picture(request: HttpRequest, ulid: str, job: str, number: int) -> HttpResponseBase:
    """The small picture of a page that needs a person."""
    found = _job(request, cycle_or_404(request, ulid), job)
    path = JobFolder.of(found.ulid).path / f"page-{number}.jpg"
    if not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/jpeg")
