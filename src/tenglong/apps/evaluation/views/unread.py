"""Scans that their code did not bring to a sheet: the list with pictures, filed by hand by two persons."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_sheet import MatchForm
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head
from tenglong.apps.evaluation.views.sheets import sheet_or_404
from tenglong.apps.jobs.folder import JobFolder
from tenglong.files.scans.match import TROUBLES
from tenglong.web.twins import Twin


@require_GET
@requires("evaluation.manage")
def listing(request: HttpRequest, ulid: str) -> HttpResponse:
    return _page(request, cycle_or_404(request, ulid), MatchForm())


def _page(request: HttpRequest, cycle: Any, form: MatchForm, status: int = 200) -> HttpResponse:
    rows = list(queries.unread_scans(request.user, cycle).filter(state__in=("open", "matched")))
    waiting: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        if row.state == "matched":
            waiting[row.sheet].append(_shown(row))
    names = dict(queries.sheets(request.user, cycle).filter(code__in={row.hint for row in rows if row.hint})
                 .values_list("code", "content__name"))
    return render(request, "evaluation/unread.html", {
        **head(request, cycle, "sheets"), "form": form, "picked": request.POST.getlist("page"),
        "rows": [_shown(row) | {"name": names.get(row.hint, "")} for row in rows if row.state == "open"],
        "waiting": [{"sheet": sheet, "pages": pages, "own": any(one["row"].matched_by_id == request.user.pk for one in pages)}
                    for sheet, pages in waiting.items()],
        "open": cycle.stage in ("checks", "sheets"),
    }, status=status)


def _shown(row: Any) -> dict[str, Any]:
    picture = JobFolder.of(row.job_ulid).path / f"page-{row.place}.jpg"
    return {"row": row, "told": _(TROUBLES.get(row.trouble, row.trouble)),
            "picture": reverse("evaluation:unread-picture", args=[row.ulid]) if picture.exists() else ""}


@require_GET
@requires("evaluation.manage")
def twin(request: HttpRequest, ulid: str) -> Twin:
    rows = [
        {"ulid": row.ulid, "file": row.file, "page": row.page, "trouble": row.trouble, "state": row.state,
         "sheet": row.sheet.code if row.sheet else None, "note": row.note}
        for row in queries.unread_scans(request.user, cycle_or_404(request, ulid))
    ]
    return Twin({"rows": rows, "total": len(rows)}, json_dumps_params=CHINESE)


@require_POST
@requires("evaluation.manage")
def match(request: HttpRequest, ulid: str) -> HttpResponse:
    """The ticked pages to the sheet of the firm named; the second person files them."""
    cycle, form = cycle_or_404(request, ulid), MatchForm(request.POST)
    if not form.is_valid():
        return _page(request, cycle, form, 400)
    pages = list(queries.unread_scans(request.user, cycle).filter(ulid__in=request.POST.getlist("page")))
    try:
        sheet = _named(request, cycle, form.cleaned_data["firm"])
        service.match_unread(request.user, cycle, pages, sheet, printed=form.cleaned_data["printed"],
                             agrees=form.cleaned_data["agrees"] == "yes")
    except EvaluationError as error:
        form.add_error(None, str(error))
        return _page(request, cycle, form, 400)
    return redirect("evaluation:unread", ulid)


def _named(request: HttpRequest, cycle: Any, text: str) -> Any:
    """The valid sheet of the one firm in the user's reach that bears this code or name, or part of it."""
    rows = queries.sheets(request.user, cycle).filter(voided_at__isnull=True)
    names = list(rows.values_list("pk", "enterprise__key", "content__name"))
    exact = [pk for pk, key, name in names if text.upper() == key or text == name]
    wanted = exact or [pk for pk, _key, name in names if text in name]
    found = list(rows.filter(pk__in=wanted[:6]).defer(None))
    if len(found) == 1:
        return found[0]
    if found:
        told = "、".join(f"{one.content['name']} {one.enterprise.key}" for one in found)
        raise EvaluationError(_("“%(text)s”有几家企业：%(told)s，请填统一社会信用代码。") % {"text": text, "told": told})
    raise EvaluationError(_("您的管辖范围内没有“%(text)s”的有效单子，请核对名称或统一社会信用代码。") % {"text": text})


@require_POST
@requires("evaluation.manage")
def decide(request: HttpRequest, ulid: str) -> HttpResponse:
    """`ulid` of the sheet: the second person files what was matched to it, or gives it back with a reason."""
    sheet = sheet_or_404(request, ulid)
    if request.POST.get("step") == "file":
        done(request, lambda: service.file_matched(request.user, sheet), _("已归档"))
    else:
        reason = request.POST.get("reason", "")
        done(request, lambda: service.return_matched(request.user, sheet, reason=reason), _("已退回"))
    return redirect("evaluation:unread", sheet.cycle.ulid)


@require_POST
@requires("evaluation.manage")
def dismiss(request: HttpRequest, ulid: str) -> HttpResponse:
    page = _found(request, ulid)
    reason = request.POST.get("reason", "")
    done(request, lambda: service.dismiss_unread(request.user, page, reason=reason), _("已登记为不归档"))
    return redirect("evaluation:unread", page.cycle.ulid)


@require_GET
@requires("evaluation.manage")
def picture(request: HttpRequest, ulid: str) -> HttpResponseBase:
    page = _found(request, ulid)
    path = JobFolder.of(page.job_ulid).path / f"page-{page.place}.jpg"
    if not path.exists():
        raise Http404(_("缩略图已经清理，请打开原页。"))
    return FileResponse(path.open("rb"), content_type="image/jpeg")


def _found(request: HttpRequest, ulid: str) -> Any:
    return get_object_or_404(queries.unread_scans(request.user), ulid=ulid)
