"""Blockers: list with time to solve, one with its steps, what is done to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_service import BlockerChangeForm, BlockerForm, SolveForm, UpForm
from tenglong.apps.projects.models import Blocker, Field, Level
from tenglong.apps.projects.outlook import outlook, step_label, steps
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.queries.blockers import standing, statistics
from tenglong.apps.projects.service import blockers as service
from tenglong.apps.projects.service.base import LEAD, WORK, keep
from tenglong.apps.projects.views.common import done, person
from tenglong.apps.projects.views.projects import found
from tenglong.web.answers import CHINESE, or_404
from tenglong.web.listing import Column, Filter, ListPage, Tool

VIEW = "project.view"


class BlockerList(ListPage):
    id, title, noun, verb = "blockers", gettext_lazy("卡点"), gettext_lazy("个"), VIEW
    order, row_url = ("solved_on", "opened_on", "pk"), "projects:blocker"
    crumbs = ((gettext_lazy("项目"), ""),)
    tools = (
        Tool(gettext_lazy("解决用时"), "projects:solving", VIEW, icon="list"),
        Tool(gettext_lazy("专题会"), "projects:meetings", VIEW, icon="list"),
    )
    empty_title = gettext_lazy("没有卡点")
    empty_text = gettext_lazy("走访时现场解决不了的事记为卡点：写明责任人，到期没有解决会自动上报一级。")
    caliber = gettext_lazy("您管辖范围内项目的卡点；没有解决的在前")
    columns = (
        Column("title", gettext_lazy("卡点"), lead=True),
        Column("project_name", gettext_lazy("项目"), source="project__name"),
        Column("level", gettext_lazy("层级"), format="chip", kind="blocker_level"),
        Column("field", gettext_lazy("类别"), format="choice", kind="blocker_field"),
        Column("office", gettext_lazy("责任单位")),
        Column("owner_name", gettext_lazy("责任人"), source="owner__name"),
        Column("opened_on", gettext_lazy("发现日期"), format="date"),
        Column("days", gettext_lazy("天数"), computed=True, source="opened_on", format="int"),
        Column("expected_on", gettext_lazy("预计解决"), format="date"),
        Column("solved_on", gettext_lazy("解决日期"), format="date"),
    )
    filters = (
        Filter("q", gettext_lazy("卡点或项目"), source=("title", "project__name", "project__code")),
        Filter("level", gettext_lazy("层级"), kind="choice", choices=list(Level.choices)),
        Filter("field", gettext_lazy("类别"), kind="choice", choices=list(Field.choices)),
        Filter("opened_on", gettext_lazy("发现日期"), kind="date"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.blockers(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        today = timezone.localdate()
        for row in rows:
            row["days"] = ((row.get("solved_on") or today) - row["opened_on"]).days

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("opened_on", "solved_on")


@require_GET
@requires(VIEW)
def solving(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/solving.html", {"found": statistics(request.user)})


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest, ulid: str) -> HttpResponse:
    row = found(request, ulid)
    form = BlockerForm(row, request.POST or None, steps=steps(request.user, row))
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "owner": person(row, form.cleaned_data["owner"])}
        try:
            made = service.open_(request.user, row, **data)
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("卡点已登记"))
            return redirect("projects:blocker", made.ulid)
    return render(request, "projects/blocker_new.html", {"row": row, "form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, ulid: str) -> Blocker:
    row: Blocker = or_404(lambda: queries.blockers(request.user).get(ulid=ulid))
    return row


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row, user = _found(request, ulid), request.user
    may = can(user, WORK) or can(user, LEAD)
    lock = {"lock_version": row.lock_version}
    known = steps(user, row.project)
    change = {name: getattr(row, name) for name in ("detail", "office", "expected_on", "step")}
    return render(request, "projects/blocker.html", {
        "row": row, "stand": standing(row), "steps": row.steps.select_related("by"),
        "step": step_label(user, row.project, row.step),
        "outlook": outlook(user, row.project, timezone.localdate()), "top": row.level == Level.COUNTY,
        "may": may, "works": can(user, WORK),
        "items": queries.meeting_items(user).filter(blocker=row),
        "change": BlockerChangeForm(row.project, steps=known, initial={**change, "owner": row.owner_id, **lock}),
        "up": UpForm(initial=lock), "solve": SolveForm(initial=lock)})


@require_GET
@requires(VIEW)
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    row = _found(request, ulid)
    stand = standing(row)
    return JsonResponse({
        "ulid": row.ulid, "project": row.project.ulid, "title": row.title, "field": row.field, "level": row.level,
        "office": row.office, "owner": row.owner.name if row.owner else None, "opened_on": row.opened_on,
        "level_since": row.level_since, "days_open": stand.open, "escalates_after": stand.last,
        "step": row.step or None, "expected_on": row.expected_on, "solved_on": row.solved_on, "solved_how": row.solved_how,
        "lock_version": row.lock_version,
        "steps": [{"on": one.on, "kind": one.kind, "level": one.level, "told": one.told, "by": one.by.name if one.by else None}
                  for one in row.steps.select_related("by")],
    }, json_dumps_params=CHINESE)


@require_POST
@requires(VIEW)
def step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """change, up, solve, reopen: the service asks for the verb."""
    row = _found(request, ulid)
    if name not in _STEPS:
        raise Http404
    _STEPS[name](request, row)
    return redirect("projects:blocker", ulid)


def _change(request: HttpRequest, row: Blocker) -> None:
    form = BlockerChangeForm(row.project, request.POST, steps=steps(request.user, row.project))

    def act() -> None:
        data = dict(form.cleaned_data)
        lock, owner = data.pop("lock_version"), person(row.project, data.pop("owner"))
        service.change(request.user, row, {**data, "owner": owner or request.user}, lock_version=lock)

    done(request, form, act, _("已保存"))


def _up(request: HttpRequest, row: Blocker) -> None:
    form = UpForm(request.POST)
    done(request, form, lambda: service.escalate(request.user, row, **form.cleaned_data), _("已上报一级"))


def _solve(request: HttpRequest, row: Blocker) -> None:
    form = SolveForm(request.POST, request.FILES)

    def act() -> None:
        data = dict(form.cleaned_data)
        verb = WORK if can(request.user, WORK) else LEAD
        document = keep(request.user, data.pop("document"), "evidence", row.project, verb)
        service.solve(request.user, row, document=document, **data)

    done(request, form, act, _("卡点已解决"))


def _reopen(request: HttpRequest, row: Blocker) -> None:
    form = UpForm(request.POST)
    done(request, form, lambda: service.reopen(request.user, row, **form.cleaned_data), _("卡点已重开"))


_STEPS = {"change": _change, "up": _up, "solve": _solve, "reopen": _reopen}
