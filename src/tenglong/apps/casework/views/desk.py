"""Pause, resume, comment, put before the leader; the list of what is before the leader; the hand-over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import handover, queries, service
from tenglong.apps.casework.escalation import years_unpublished
from tenglong.apps.casework.titles import case_url
from tenglong.apps.casework.views._common import CHINESE, case_or_404, step, task_or_404, told
from tenglong.apps.casework.views.inbox import row_json
from tenglong.web.twins import Twin

PAGE = 50


pause = step("case.view", gettext_lazy("案件已暂停"), service.pause, case_or_404, "casework:case")
resume = step("case.view", gettext_lazy("案件已恢复，期限已顺延"), service.resume, case_or_404, "casework:case")


@require_POST
@requires("case.work")
def comment(request: HttpRequest, ulid: str) -> HttpResponse:
    case, upload = case_or_404(request, ulid), request.FILES.get("file")
    given = {"name": upload.name or "", "content": upload.read()} if upload else {}
    text = request.POST.get("text", "")
    told(request, _("评论已记下"), lambda: service.comment(request.user, case.ulid, text, **given))
    return redirect("casework:case", case.ulid)


@require_POST
@requires("case.work")
def escalate(request: HttpRequest, ulid: str) -> HttpResponse:
    task = task_or_404(request, ulid)
    told(request, _("已提请领导"), lambda: service.escalate(request.user, task, request.POST.get("reason", "")))
    return redirect("casework:case", task.case.ulid)


def _rows(request: HttpRequest) -> Any:
    return Paginator(service.escalated(request.user), PAGE).get_page(request.GET.get("page"))


def _lit(page: Any) -> list[dict[str, Any]]:
    """Rows with lights, and the years without published days off that the way to the leader was counted through."""
    years = years_unpublished(page)
    return [{"row": row, "url": case_url(row.task.case.ulid), "years": list(years[row.task.pk])}
            for row in queries.lit(page, timezone.localdate())]


@require_GET
@requires("case.work")
def escalations(request: HttpRequest) -> HttpResponse:
    page = _rows(request)
    return render(request, "casework/escalations.html", {
        "page": page, "rows": _lit(page), "may_note": can(request.user, "case.assign"),
        "may_supervise": can(request.user, "case.supervise"),
    })


@require_GET
@requires("case.work")
def escalations_twin(request: HttpRequest) -> Twin:
    page = _rows(request)
    rows = [row_json(one["row"]) | {"escalated_on": one["row"].task.escalated_on, "escalates_unpublished": one["years"],
                                    "escalates_after": one["row"].task.escalates_after} for one in _lit(page)]
    return Twin({"rows": rows, "total": page.paginator.count, "page": page.number}, json_dumps_params=CHINESE)


@require_POST
@requires("case.assign")
def note_overdue(request: HttpRequest) -> HttpResponse:
    written = service.note_overdue(request.user)
    messages.success(request, _("新提请领导 %(n)s 项") % {"n": written})
    return redirect("casework:escalations")


@requires("case.assign")
def hand_over(request: HttpRequest) -> HttpResponse:
    """`?person=&to=` shows what would go and what stays; the form does it."""
    given = request.POST if request.method == "POST" else request.GET
    people = {one.ulid: one for one in queries.colleagues(request.user)}
    person, to = people.get(given.get("person", "")), people.get(given.get("to", ""))
    error = ""
    if request.method == "POST":
        try:
            if person is None or to is None:
                raise service.CaseError(_("请从名单里选移交人和接收人。"))
            found = service.hand_over(request.user, person, to, given.get("reason", ""))
        except service.CaseError as refused:
            error = str(refused)
        else:
            messages.success(request, _("已移交 %(n)s 项，%(left)s 项不能移交") % {
                "n": len(found.moves), "left": len(found.stays)})
            return redirect("casework:hand-over")
    preview = handover.preview(request.user, person, to) if person and to and person != to else None
    return render(request, "casework/hand_over.html", {
        "people": list(people.values()), "person": person, "to": to, "preview": preview, "error": error,
        "reason": given.get("reason", ""),
    }, status=400 if error else 200)
