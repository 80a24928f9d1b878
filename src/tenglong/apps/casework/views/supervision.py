"""督办单: the list, one order with its answers, the letter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import letters, pinning, queries, service, supervisions
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, Supervision
from tenglong.apps.casework.views._common import CHINESE, case_or_404, step, told
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_names
from tenglong.web.listing import Column, Filter, ListPage
from tenglong.web.twins import Twin

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: working days to reply that the form proposes
REPLY_DAYS = 5
TONES = {"issued": "run", "replied": "warn", "returned": "late", "closed": "ok"}


class SupervisionList(ListPage):
    id, title, noun, verb = "supervisions", _("督办单"), _("张"), "case.work"
    order, row_url = ("-year", "-serial"), "casework:supervision"
    empty_title = _("还没有督办单")
    empty_text = _("在案件页上由领导或县级管理员发出，承办单位回复，另一人销号。")
    caliber = _("按当前范围内可见的督办单计")
    crumbs = ((_("工作台"), "/"),)
    columns = (
        Column("number", _("编号"), computed=True, source="serial", lead=True),
        Column("title", _("案件"), source="case__title"),
        Column("office", _("承办单位")),
        Column("text", _("督办事项"), wrap=True),
        Column("ordered_on", _("发出日期"), format="date"),
        Column("due_on", _("回复期限"), format="date"),
        Column("word", _("状态"), computed=True, source="state"),
        Column("closed_on", _("销号日期"), format="date"),
        Column("ordered_by", _("签发人"), source="ordered_by__name", default=False),
    )
    filters = (
        Filter("q", _("案件、单位或事项"), source=("case__title", "office", "text")),
        Filter("state", _("状态"), kind="choice", choices=Supervision.STATES),
        Filter("year", _("年度"), kind="range"),
        Filter("due_on", _("回复期限"), kind="date"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("year", "serial", "state")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Supervision]:
        return supervisions.supervisions(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        words = dict(Supervision.STATES)
        for row in rows:
            row["number"] = Supervision(year=row["year"], serial=row["serial"]).number
            row["word"] = str(words[row["state"]])


class OrderForm(forms.Form):
    office = forms.CharField(label=_("承办单位"), max_length=100)
    due_on = forms.DateField(label=_("回复期限"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    text = forms.CharField(label=_("督办事项和要求"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 6}))


def _or_404(request: HttpRequest, ulid: str) -> Supervision:
    found = supervisions.supervisions(request.user).filter(ulid=ulid).first()
    if found is None:
        raise Http404(_now("没有这张督办单，或它不在您的管辖范围内。"))
    return found


def _suggested(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the order would most likely say: the office of who has the first task, or the town; a few working days."""
    day = timezone.localdate()
    task = queries.tasks(request.user, case).filter(done_on=None, due_on__isnull=False).first()
    own = task.assignee.department if task and task.assignee else None
    towns = town_names(request.user)
    text = _now("任务“%(task)s”的期限是 %(due)s，已逾期。请抓紧办理，并书面说明原因和完成时间。") % {
        "task": _now(task.label), "due": task.due_on} if task and task.due_on and task.due_on < day else ""
    return {"office": own.name if own else towns.get(case.division_code, ""), "text": text,
            "due_on": pinning.calendar(service.definition_of(case).calendar).add_working_days(day, REPLY_DAYS)}


@requires("case.supervise")
def new(request: HttpRequest, ulid: str) -> HttpResponse:
    case = case_or_404(request, ulid)
    form = OrderForm(request.POST or None, initial=_suggested(request, case))
    if request.method == "POST" and form.is_valid():
        try:
            made = supervisions.supervise(request.user, case.ulid, **form.cleaned_data)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("casework:supervision", made.ulid)
    status = 400 if form.is_bound else 200
    return render(request, "casework/supervision_new.html", {"case": case, "form": form}, status=status)


@require_GET
@requires("case.work")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = _or_404(request, ulid)
    rows = list(supervisions.replies(request.user, row))
    ids = [one.document_id for one in rows if one.document_id]
    seen = set(registry.documents(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    open_ = row.state in ("issued", "returned")
    return render(request, "casework/supervision.html", {
        "row": row, "replies": [{"row": one, "file": one.document if one.document_id in seen else None} for one in rows],
        "tone": TONES[row.state], "late": open_ and row.due_on < timezone.localdate(),
        "may_reply": open_ and can(request.user, "case.work"), "may_file": can(request.user, "document.add"),
        "may_judge": row.state == "replied" and can(request.user, "case.supervise"),
        "second": supervisions.second_person(request.user, row),
    })


@require_GET
@requires("case.work")
def twin(request: HttpRequest, ulid: str) -> Twin:
    row = _or_404(request, ulid)
    body = {
        "ulid": row.ulid, "number": row.number, "case": row.case.ulid, "title": row.case.title, "office": row.office,
        "text": row.text, "ordered_by": row.ordered_by.name, "ordered_on": row.ordered_on, "due_on": row.due_on,
        "state": row.state, "closed_by": row.closed_by.name if row.closed_by else None, "closed_on": row.closed_on,
        "replies": [{"text": one.text, "by": one.by.name, "on": one.on, "verdict": one.verdict, "note": one.note}
                    for one in supervisions.replies(request.user, row)],
    }
    return Twin(body, json_dumps_params=CHINESE)


@require_POST
@requires("case.work")
def reply(request: HttpRequest, ulid: str) -> HttpResponse:
    row, upload = _or_404(request, ulid), request.FILES.get("file")
    given = {"name": upload.name or "", "content": upload.read()} if upload else {}
    text = request.POST.get("text", "")
    told(request, _now("已回复，等待销号"), lambda: supervisions.reply(request.user, row.ulid, text, **given))
    return redirect("casework:supervision", row.ulid)


ORDER = "casework:supervision"
strike_off = step("case.supervise", _("已销号"), supervisions.strike_off, _or_404, ORDER, "note")
send_back = step("case.supervise", _("已退回重报"), supervisions.send_back, _or_404, ORDER, "note")


@require_GET
@requires("case.work")
def letter(request: HttpRequest, ulid: str) -> HttpResponse:
    """The order as .docx."""
    row = _or_404(request, ulid)
    address = request.build_absolute_uri(reverse("casework:case", args=[row.case.ulid]))
    answer = HttpResponse(letters.supervision_letter(row, address), content_type=DOCX)
    answer["Content-Disposition"] = content_disposition_header(True, f"督办单_{row.number}.docx") or "attachment"
    return answer
