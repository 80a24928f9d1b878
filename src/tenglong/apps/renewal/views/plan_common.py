"""What the pages of plans and sites share: the thing if one was named for it, the mark, refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Plan, SiteSearch

CHINESE = {"ensure_ascii": False}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plan_or_404(request: HttpRequest, ulid: str) -> Plan:
    """A plan that does not name the reader is as absent as one that never was."""
    try:
        return queries.plan(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这个方案，或者没有指定您查看。")) from error


def site_or_404(request: HttpRequest, ulid: str) -> SiteSearch:
    try:
        return queries.site(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这次选址，或者没有指定您查看。")) from error


def done(request: HttpRequest, step: Callable[[], Any], told: str = "") -> Any:
    """What `step` gave, with `told` as a toast; None when it was refused, with the reason as a toast."""
    try:
        found = step()
    except RenewalError as error:
        messages.error(request, str(error))
        return None
    if told:
        messages.success(request, told)
    return found if found is not None else True


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
