"""我的履约: what the enterprise promised, how far it is, what it was told, its statement and its request for a later day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.supply.forms_covenant import ExtensionForm, StatementForm
from tenglong.apps.supply.queries import covenants as queries
from tenglong.apps.supply.service import covenants_checks as service
from tenglong.apps.supply.service.covenants_picture import pictures
from tenglong.apps.supply.views.covenants import ask, context, done, worded
from tenglong.web.answers import or_404

OWN = "covenant.own"
#: rows of a block on the workbench
PANEL = 5


def panel(request: HttpRequest) -> str:
    """On the workbench of the firm: the next agreed node of each covenant, the earliest first; silent when none is open."""
    open_ones = [(held, lacking) for held, lacking in _lacking(request) if lacking]
    open_ones.sort(key=lambda one: (one[1].agreed is None, one[1].agreed, one[0].pk))
    return render_to_string("supply/covenant_own_panel.html", {"rows": open_ones[:PANEL]}, request) if open_ones else ""


def _lacking(request: HttpRequest) -> list[tuple[Any, Any]]:
    """Covenants of the firm, each with the node that it lacks now."""
    return [(one.covenant, one.progress.lacking) for one in pictures(queries.own_covenants(request.user), timezone.localdate())]


@require_GET
@requires(OWN)
def mine(request: HttpRequest) -> HttpResponse:
    today, rows = timezone.localdate(), _lacking(request)
    near = worded(queries.near(request.user, today, OWN)[:50], today)
    return render(request, "supply/covenant_own_list.html", {"rows": rows, "near": near})


@require_GET
@requires(OWN)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.own_covenant(request.user, ulid))
    found = context(request, held)
    told: list[tuple[Any, dict[str, Any]]] = [(row, queries.shown_check(request.user, row)) for row in found["checks"]]
    form = ExtensionForm(found["seen"].policy) if held.ended_on is None else None
    return render(request, "supply/covenant_own.html", {
        **found, "told": told, "extension_form": form, "statement_form": StatementForm()})


@require_POST
@requires(OWN)
def extension(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.own_covenant(request.user, ulid))
    ask(request, held)
    return redirect("supply:own-covenant", ulid)


@require_POST
@requires(OWN)
def statement(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.check(request.user, ulid))
    form = StatementForm(request.POST)

    def step() -> None:
        service.state_case(request.user, row, form.cleaned_data["text"])

    done(request, form, step, _("已提交陈述申辩"))
    return redirect("supply:own-covenant", row.covenant.ulid)
