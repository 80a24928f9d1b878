"""Meetings: list, agenda with decisions, minutes as .docx."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_service import AgendaForm, DecisionForm, MeetingForm, OutcomeForm
from tenglong.apps.projects.minutes import minutes
from tenglong.apps.projects.models import Level, Meeting
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.service import meetings as service
from tenglong.apps.projects.service.base import LEAD, WORK
from tenglong.apps.projects.views.common import done, person
from tenglong.apps.registry.places import all_divisions
from tenglong.web.answers import or_404, whole
from tenglong.web.listing import Column, Filter, ListPage, Tool

VIEW = "project.view"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class MeetingList(ListPage):
    id, title, noun, verb = "meetings", gettext_lazy("专题会"), gettext_lazy("次"), VIEW
    order, row_url = ("-on", "-pk"), "projects:meeting"
    crumbs = ((gettext_lazy("项目"), ""), (gettext_lazy("卡点"), "projects:blockers"))
    tools = (Tool(gettext_lazy("开会"), "projects:meeting-new", WORK, primary=True),)
    empty_title = gettext_lazy("还没有专题会")
    empty_text = gettext_lazy("开一次会，没有解决的卡点自动列入议程；议定的事写明谁、到哪天，直到落实。")
    caliber = gettext_lazy("您管辖范围内的专题会；议题按您能看到的项目计")
    columns = (
        Column("title", gettext_lazy("会议名称"), lead=True),
        Column("on", gettext_lazy("会议日期"), format="date"),
        Column("level", gettext_lazy("层级"), format="chip", kind="blocker_level"),
        Column("chair", gettext_lazy("主持")),
        Column("matters", gettext_lazy("议题"), format="int"),
        Column("decided", gettext_lazy("已议定"), format="int"),
        Column("settled", gettext_lazy("已落实"), format="int"),
    )
    filters = (
        Filter("q", gettext_lazy("会议名称"), source=("title",)),
        Filter("level", gettext_lazy("层级"), kind="choice", choices=list(Level.choices)),
        Filter("on", gettext_lazy("会议日期"), kind="date"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        seen = Q(items__project__in=queries.projects(user).values("pk"))
        return queries.meetings(user).annotate(
            matters=Count("items", filter=seen), decided=Count("items", filter=seen & ~Q(items__decision="")),
            settled=Count("items", filter=seen & Q(items__done_on__isnull=False)))


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    form = MeetingForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = service.plan(request.user, **form.cleaned_data)
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("会议已建立，议程 %(n)s 项") % {"n": made.items.count()})
            return redirect("projects:meeting", made.ulid)
    return render(request, "projects/meeting_new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, ulid: str) -> Meeting:
    row: Meeting = or_404(lambda: queries.meetings(request.user).get(ulid=ulid))
    return row


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = _found(request, ulid)
    may = can(request.user, WORK) or can(request.user, LEAD)
    items = []
    for one in queries.meeting_items(request.user).filter(meeting=row):
        start = {"decision": one.decision, "office": one.office, "owner": one.owner_id, "due_on": one.due_on}
        late = one.done_on is None and one.due_on is not None and one.due_on < timezone.localdate()
        items.append((one, late, DecisionForm(one.project, initial=start, prefix=f"d{one.pk}") if may else None))
    return render(request, "projects/meeting.html", {
        "row": row, "items": items, "may": may, "agenda": AgendaForm() if can(request.user, WORK) and not row.held else None,
        "outcome": OutcomeForm(), "place": dict(all_divisions()).get(row.division_code, row.division_code),
        "ahead": row.on > timezone.localdate()})


@require_POST
@requires(VIEW)
def step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """add, decide, done, hold: the service asks for the verb."""
    row = _found(request, ulid)
    if name not in _STEPS:
        raise Http404
    _STEPS[name](request, row)
    return redirect("projects:meeting", ulid)


def _item(request: HttpRequest, row: Meeting) -> Any:
    key = request.POST.get("item", "")
    return or_404(lambda: queries.meeting_items(request.user).get(meeting=row, pk=whole(key)))


def _add(request: HttpRequest, row: Meeting) -> None:
    form = AgendaForm(request.POST)

    def act() -> None:
        project = queries.projects(request.user).filter(code=form.cleaned_data["code"].strip().upper()).first()
        if project is None:
            raise ProjectError(_("没有这个编号的项目，或者它不在您的管辖范围内。"))
        service.add(request.user, row, project, matter=form.cleaned_data["matter"])

    done(request, form, act, _("已列入议程"))


def _decide(request: HttpRequest, row: Meeting) -> None:
    item = _item(request, row)
    form = DecisionForm(item.project, request.POST, prefix=f"d{item.pk}")

    def act() -> None:
        data = form.cleaned_data
        service.decide(request.user, item, {**data, "owner": person(item.project, data["owner"])})

    done(request, form, act, _("已记下议定的事"))


def _done(request: HttpRequest, row: Meeting) -> None:
    item, form = _item(request, row), OutcomeForm(request.POST)
    done(request, form, lambda: service.done(request.user, item, **form.cleaned_data), _("已落实"))


def _hold(request: HttpRequest, row: Meeting) -> None:
    done(request, None, lambda: service.hold(request.user, row), _("会议已开，议程不再增加"))


_STEPS = {"add": _add, "decide": _decide, "done": _done, "hold": _hold}


@require_GET
@requires(VIEW)
def paper(request: HttpRequest, ulid: str) -> HttpResponse:
    """Minutes of what the reader may see."""
    row = _found(request, ulid)
    body = minutes(row, list(queries.meeting_items(request.user).filter(meeting=row)), request.user)
    answer = HttpResponse(body, content_type=DOCX)
    answer["Content-Disposition"] = content_disposition_header(True, f"会议纪要_{row.on}.docx") or "attachment"
    return answer
