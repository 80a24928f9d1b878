"""The catalogue of schemes, and one of them readable as tables with its sources and what it does not know."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import scheme_tables
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.schemes import pinned
from tenglong.apps.evaluation.views.common import CHINESE
from tenglong.web.twins import Twin


@require_GET
@requires("evaluation.view")
def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "evaluation/schemes.html", {"rows": scheme_tables.catalogue()})


@require_GET
@requires("evaluation.view")
def listing_json(request: HttpRequest) -> Twin:
    return Twin({"rows": scheme_tables.catalogue()}, json_dumps_params=CHINESE)


@require_GET
def show(request: HttpRequest, id: str, version: str) -> HttpResponse:  # noqa: A002
    """A rule is public: firms read it by an address of their own."""
    rule = _rule(id, version)
    edit = reverse("policy:show", args=["evaluation", id]) if can(request.user, "policy.view") else ""
    return render(request, "evaluation/scheme.html", {
        "rule": rule, "header": rule.compiled.document.header, "scheme": rule.compiled.scheme, "policy_url": edit,
        "groups": scheme_tables.groups(rule.compiled), "parts": scheme_tables.parts(rule.compiled),
        "blocks": scheme_tables.blocks(rule.compiled), "text": rule.compiled.document.text,
        "directions": scheme_tables.directions(rule.compiled),
    })


def _rule(name: str, version: str) -> Any:
    try:
        return pinned(f"{name}@{version}")
    except EvaluationError as error:
        raise Http404(_("没有这份评价办法。")) from error
