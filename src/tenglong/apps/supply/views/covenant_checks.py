"""Checks of a covenant: the result with its sources, the review and its people, the workbook."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.registry.places import enterprise_names
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.forms_covenant import GiveForm, MemberForm
from tenglong.apps.supply.models import CovenantCheck
from tenglong.apps.supply.queries import covenants as queries
from tenglong.apps.supply.queries.covenants_sources import sources
from tenglong.apps.supply.service import covenants_book
from tenglong.apps.supply.service import covenants_checks as service
from tenglong.apps.supply.views.covenants import WORK, done
from tenglong.web.answers import CHINESE, or_404

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
@requires(WORK)
def begin(request: HttpRequest, ulid: str) -> HttpResponse:
    """A check of today."""
    held = or_404(lambda: queries.covenant(request.user, ulid))
    made: list[CovenantCheck] = []
    if done(request, None, lambda: made.append(service.check(request.user, held)), _("已核查，逐项结果如下")):
        return redirect("supply:covenant-check", made[0].ulid)
    return redirect("supply:covenant", ulid)


@require_GET
@requires("covenant.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.check(request.user, ulid))
    told, member = queries.shown_check(request.user, row), service.is_member(request.user, row)
    found = any(one["late"] for one in row.result["nodes"]) or row.short
    return render(request, "supply/covenant_check.html", {
        "check": row, "told": told, "covenant": row.covenant, "member": member, "sources": sources(request.user, row, told),
        "may_review": bool(found) and can(request.user, WORK) and row.case_id is None,
        "team": row.members.select_related("user").order_by("pk"), "member_form": MemberForm(), "give_form": GiveForm(),
        "firm": enterprise_names(request.user, [row.covenant.enterprise_id]).get(row.covenant.enterprise_id, ("", ""))})


@require_GET
@requires("covenant.view")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    row = or_404(lambda: queries.check(request.user, ulid))
    body = queries.shown_check(request.user, row)
    told: list[dict[str, Any]] | None = None
    if body["amounts"] is not None:
        told = [{**one, "fen": None if one["fen"] is None else str(one["fen"])} for one in body["amounts"]]
    total = None if body["total_fen"] is None else str(body["total_fen"])
    return JsonResponse({**body, "amounts": told, "total_fen": total}, json_dumps_params=CHINESE)


@require_POST
@requires(WORK)
def review(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.check(request.user, ulid))
    done(request, None, lambda: service.review(request.user, row), _("已发起核查案件，您是办案组成员"))
    return redirect("supply:covenant-check", ulid)


@require_POST
@requires("covenant.view")
def member(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.check(request.user, ulid)), MemberForm(request.POST)

    def step() -> None:
        person = get_user_model().objects.filter(username=form.cleaned_data["username"], is_active=True).first()
        if person is None:
            raise CovenantError(_("这个人没有办理或决定履约监管的权限，或者这个镇街不在其管辖范围内。"))
        service.add_member(request.user, row, person)

    done(request, form, step, _("已加入办案组"))
    return redirect("supply:covenant-check", ulid)


@require_POST
@requires("export.make")
def export(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.check(request.user, ulid)), GiveForm(request.POST)
    made: list[covenants_book.Given] = []

    def step() -> None:
        made.append(covenants_book.check_book(request.user, row, request=request, **form.cleaned_data))

    if not done(request, form, step, _("已登入报数台账")):
        return redirect("supply:covenant-check", ulid)
    answer = HttpResponse(made[0].content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, made[0].name) or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
