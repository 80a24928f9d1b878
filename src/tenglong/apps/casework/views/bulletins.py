"""周报与半月清单: make an issue, edit its words, give it out."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import bulletins
from tenglong.apps.casework.errors import CaseConflict, CaseError
from tenglong.apps.casework.models import CaseBulletin
from tenglong.apps.casework.views._common import CHINESE
from tenglong.apps.casework.views.supervision import DOCX
from tenglong.web.twins import Twin

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 30


def _or_404(request: HttpRequest, ulid: str) -> CaseBulletin:
    found = bulletins.bulletins(request.user).filter(ulid=ulid).first()
    if found is None:
        raise Http404(_("没有这一期，或它不在您的管辖范围内。"))
    return found


@requires("case.work")
def index(request: HttpRequest) -> HttpResponse:
    """Issues so far; the form makes the next one."""
    if request.method == "POST":
        try:
            day = date.fromisoformat(request.POST.get("day", ""))
            return redirect("casework:bulletin", bulletins.make(request.user, request.POST.get("kind", ""), day).ulid)
        except CaseError as error:
            messages.error(request, str(error))
        except ValueError:
            messages.error(request, _("请写明日期，例如 2026-11-22。"))
        return redirect("casework:bulletins")
    page = Paginator(bulletins.bulletins(request.user), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "kinds": CaseBulletin.KINDS, "today": timezone.localdate()}
    return render(request, "casework/bulletins.html", context)


@requires("case.work")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row, status, conflict = _or_404(request, ulid), 200, ""
    if request.method == "POST":
        try:
            _edit(request, row)
            messages.success(request, _("文字已保存"))
            return redirect("casework:bulletin", row.ulid)
        except CaseConflict as error:
            status, conflict = 409, str(error)
        except CaseError as error:
            status, conflict = 400, str(error)
    parts = [{**one, "table": None if one["table"] is None else row.figures["tables"][one["table"]]} for one in row.sections]
    return render(request, "casework/bulletin.html", {
        "row": row, "parts": parts, "conflict": conflict, "may_export": can(request.user, "export.make"),
        "given": request.POST,
    }, status=status)


def _edit(request: HttpRequest, row: CaseBulletin) -> None:
    given = request.POST
    words = [(given.get(f"heading-{at}", ""), given.get(f"text-{at}", "")) for at in range(len(row.sections))]
    version = given.get("lock_version", "")
    bulletins.edit(
        request.user, row.ulid, title=given.get("title", ""), office=given.get("office", ""), lead=given.get("lead", ""),
        words=words, lock_version=int(version) if version.isdecimal() and len(version) < 9 else 0,
    )


@require_GET
@requires("case.work")
def twin(request: HttpRequest, ulid: str) -> Twin:
    row = _or_404(request, ulid)
    body = {"ulid": row.ulid, "kind": row.kind, "year": row.year, "issue": row.issue, "first": row.first, "last": row.last,
            "title": row.title, "lead": row.lead, "sections": row.sections, "figures": row.figures}
    return Twin(body, json_dumps_params=CHINESE)


@require_POST
@requires("export.make")
def give_out(request: HttpRequest, ulid: str) -> HttpResponse:
    """The file; its number stands in the ledger."""
    row, form = _or_404(request, ulid), request.POST.get("form", "docx")
    try:
        line, made = bulletins.give_out(
            request.user, row, form, request.POST.get("recipient", ""), request.POST.get("purpose", ""), request)
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("casework:bulletin", row.ulid)
    answer = HttpResponse(made, content_type=DOCX if form == "docx" else XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{row.title}_{line.number}.{form}") or "attachment"
    answer["X-Figure-Number"] = line.number
    return answer
