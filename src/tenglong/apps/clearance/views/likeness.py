"""补偿一致性: what is to be explained, for those who may see amounts; export with a number."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.forms import GiveForm
from tenglong.apps.clearance.models import Clearance, ClearedHolder
from tenglong.apps.clearance.queries import figures, money
from tenglong.apps.clearance.queries import rows as queries
from tenglong.apps.clearance.service import books
from tenglong.apps.clearance.views.common import done, download, mark_of
from tenglong.apps.clearance.words import RULES
from tenglong.web.answers import CHINESE, or_404


def _row(request: HttpRequest, ulid: str) -> Clearance:
    """In sight with its amounts, else absent."""
    row: Clearance = or_404(lambda: queries.clearance(request.user, ulid))
    if not figures.may_money(request.user, row):
        raise Http404
    return row


@require_GET
@requires("clearance.money")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = _row(request, ulid)
    dossiers = money.dossiers(request.user, row)
    keys = dict(ClearedHolder.objects.filter(clearance=row).values_list("pk", "ulid"))
    found = [{"is": one, "rule": RULES[one.rule], "ulid": keys[one.key]} for one in money.doubts(request.user, row)]
    return render(request, "clearance/likeness.html", {
        "row": row, "mark": mark_of(row), "found": found, "looked": len(dossiers), "rule": policies.current().consistency,
        "give_form": GiveForm(), "may_give": can(request.user, "export.make")})


@require_GET
@requires("clearance.money")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    row = _row(request, ulid)
    body: dict[str, Any] = {"ulid": row.ulid, "mark": mark_of(row), "doubts": [
        {"rule": one.rule, "holder": one.label, "kind": one.kind, "says": one.says} for one in money.doubts(request.user, row)]}
    return JsonResponse(body, json_dumps_params=CHINESE)


@require_POST
@requires("export.make")
@requires("clearance.money")
def export(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = _row(request, ulid), GiveForm(request.POST)
    made = done(request, form, lambda: books.likeness_book(
        request.user, row, mark_of(row), **form.cleaned_data, request=request), "")
    if not made:
        return redirect("clearance:likeness", ulid)
    answer = download(made.content, made.name)
    answer["X-Figure-Number"] = made.number
    return answer
