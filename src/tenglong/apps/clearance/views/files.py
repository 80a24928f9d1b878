"""Files of clearing: a newer version for a step, and the download."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.clearance import forms
from tenglong.apps.clearance.queries import papers as queries
from tenglong.apps.clearance.queries import rows
from tenglong.apps.clearance.service import papers
from tenglong.apps.clearance.views.common import done
from tenglong.apps.registry import service as register
from tenglong.web.answers import or_404


@require_POST
@requires("clearance.work")
def add(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: rows.clearance(request.user, ulid))
    form = forms.StepFileForm(request.POST, request.FILES)
    done(request, form, lambda: papers.add_to_step(
        request.user, row, form.cleaned_data["step"], form.cleaned_data["file"], amounts=form.cleaned_data["amounts"]),
        _("已上传；原来的版本仍在"))
    return redirect(f"{reverse('clearance:clearance', args=[ulid])}#steps")


@require_POST
@requires("clearance.view")
def download(request: HttpRequest, ulid: str) -> HttpResponseBase:
    """By POST: that it was opened is written down."""
    return given(request, or_404(lambda: queries.paper(request.user, ulid)))


def given(request: HttpRequest, paper: Any) -> HttpResponseBase:
    """The file as it came, always as an attachment."""
    document = papers.opened(request.user, paper)
    path = register.document_path(document)
    if not path.exists():
        raise Http404(_("文件不在库里，请联系系统管理员核对备份"))
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=document.name, content_type="application/octet-stream")
    answer["Cache-Control"] = "no-store"
    return answer
