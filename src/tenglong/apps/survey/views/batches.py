"""The list of imports, bringing a file in, and the page that waits for a job."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import requires
from tenglong.apps.survey import queries, service
from tenglong.apps.survey.forms import UploadForm, kind_choices
from tenglong.apps.survey.models import ImportBatch, State
from tenglong.apps.survey.views._common import CHINESE, WORKING, batch_as_json, batch_or_404, described, page_of
from tenglong.domain.survey.kinds import spec_of
from tenglong.web.twins import Twin

PAGE = 50


def _found(request: HttpRequest) -> Paginator[ImportBatch]:
    found = queries.batches(request.user).defer("tables", "mapping", "crs_candidates")
    if request.GET.get("kind") in dict(kind_choices()):
        found = found.filter(kind=request.GET["kind"])
    if request.GET.get("state") in State.values:
        found = found.filter(state=request.GET["state"])
    return Paginator(found, PAGE)


@requires("survey.import")
def listing(request: HttpRequest) -> HttpResponse:
    service.recover()
    page = _found(request).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [described(batch) for batch in page],
        "kinds": kind_choices(),
        "states": State.choices,
        "kind": request.GET.get("kind", ""),
        "state": request.GET.get("state", ""),
        "filtered": bool(request.GET),
    }
    return render(request, "survey/batches.html", context)


@requires("survey.import")
def listing_json(request: HttpRequest) -> Twin:
    page = _found(request).get_page(request.GET.get("page"))
    names = ("mapping", "skipped")
    rows = [{key: value for key, value in batch_as_json(batch).items() if key not in names} for batch in page]
    return Twin(
        {"rows": rows, "total": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages},
        json_dumps_params=CHINESE,
    )


@requires("survey.import")
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "plots")})
    if request.method == "POST" and form.is_valid():
        try:
            batch = service.upload(
                request.user, form.cleaned_data["kind"], form.cleaned_data["file"], survey_date=form.cleaned_data["survey_date"]
            )
            return redirect("survey:progress", batch.ulid)
        except service.SurveyError as error:
            form.add_error("file", str(error))
    kinds = [(kind, label, _(spec_of(kind).title)) for kind, label in kind_choices()]
    return render(request, "survey/upload.html", {"form": form, "kinds": kinds}, status=400 if form.errors else 200)


@requires("survey.import")
def progress(request: HttpRequest, ulid: str) -> HttpResponse:
    """The job card; as soon as the job is over the page goes on to what waits."""
    batch = batch_or_404(request, ulid)
    if batch.state not in WORKING:
        if request.headers.get("HX-Request"):
            response = HttpResponse()
            response["HX-Redirect"] = page_of(batch)
            return response
        return redirect(page_of(batch))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    card = reverse("jobs:card", args=[batch.job_ulid]) if batch.job_ulid else ""
    return render(request, "survey/progress.html", {**described(batch), "card": card})
