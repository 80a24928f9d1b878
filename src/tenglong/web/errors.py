"""Error pages: 403 says whom to ask, 404 how to search, 500 carries the trace number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _


def forbidden(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    said = str(exception) if exception is not None and str(exception) else ""
    return _answer(request, "403.html", 403, said, ask=getattr(exception, "ask", None))


def not_found(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    return _answer(request, "404.html", 404, _("没有这条记录，或不在您的管辖范围内"))


def broken(request: HttpRequest) -> HttpResponse:
    """Renders without a context processor: what broke may be the database."""
    trace = getattr(request, "trace_id", "")
    return HttpResponse(loader.get_template("500.html").render({"trace": trace}), status=500)


def _answer(request: HttpRequest, template: str, status: int, message: str, **more: Any) -> HttpResponse:
    trace = getattr(request, "trace_id", "")
    if request.path.endswith((".json", ".pbf")):
        return JsonResponse({"message": message, "trace": trace}, status=status)
    return render(request, template, {"exception": message, "trace": trace, **more}, status=status)
