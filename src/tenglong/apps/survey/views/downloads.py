"""Files that go back to the office: the marked workbook and the empty forms."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tenglong.apps.accounts.scope import requires
from tenglong.apps.survey import download, service
from tenglong.apps.survey.views._common import batch_or_404
from tenglong.domain.survey.kinds import KINDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@requires("survey.import")
def annotated(request: HttpRequest, ulid: str) -> HttpResponse:
    batch = batch_or_404(request, ulid)
    try:
        return _file(*download.annotated_bytes(request.user, batch))
    except service.SurveyError as error:
        messages.error(request, str(error))
        return redirect("survey:batch", batch.ulid)


@requires("survey.import")
def template(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    return _file(*download.template_bytes(kind))
