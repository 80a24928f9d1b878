"""Projects: list, record page, forms of the head, phases, dates and task force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_projects import (
    MemberForm,
    MilestoneForm,
    PhaseForms,
    ProjectForm,
    StopForm,
    phase_of,
)
from tenglong.apps.projects.models import Project, Stage
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.service import projects as service
from tenglong.apps.projects.service.base import keep
from tenglong.apps.projects.views.common import asked_day, done, person
from tenglong.apps.projects.views.record import context, told_as_json
from tenglong.apps.registry.places import enterprise_names, town_choices, town_names
from tenglong.web.answers import CHINESE, or_404, whole
from tenglong.web.listing import Column, Filter, ListPage, Tool

WORK = "project.work"


class ProjectList(ListPage):
    id, title, noun, verb = "projects", gettext_lazy("重大项目"), gettext_lazy("个"), "project.view"
    order, row_url = ("-pk",), "projects:project"
    crumbs = ((gettext_lazy("项目"), ""),)
    tools = (
        Tool(gettext_lazy("登记项目"), "projects:new", WORK, primary=True),
        Tool(gettext_lazy("项目看板"), "projects:board", "project.view", icon="list"),
    )
    empty_title = gettext_lazy("还没有项目")
    empty_text = gettext_lazy("从一条线索开始：登记项目名称、镇街和企业，之后按节点登记签约、拿地、开工直到达产。")
    caliber = gettext_lazy("您管辖范围内的项目；投资为计划总投资，不是完成投资")
    columns = (
        Column("code", gettext_lazy("项目编号"), format="code"),
        Column("name", gettext_lazy("项目名称"), lead=True),
        Column("stage", gettext_lazy("阶段"), format="chip", kind="project_stage"),
        Column("firm", gettext_lazy("企业"), computed=True),
        Column("town", gettext_lazy("镇街"), computed=True, source="division_code"),
        Column("total_investment_fen", gettext_lazy("计划总投资"), unit=gettext_lazy("万元"), format="wan_yuan", total=True),
        Column("land_cm2", gettext_lazy("用地面积"), unit=gettext_lazy("亩"), format="mu", total=True),
        Column("stuck", gettext_lazy("未解决卡点"), format="int"),
        Column("cluster", gettext_lazy("组团"), default=False),
        Column("stopped_on", gettext_lazy("终止日期"), format="date", default=False),
    )
    filters = (
        Filter("q", gettext_lazy("编号或名称"), source=("code", "name")),
        Filter("town", gettext_lazy("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("stage", gettext_lazy("阶段"), kind="choice", choices=list(Stage.choices)),
        Filter("park", gettext_lazy("园区"), source="park_key", prefix=True),
        Filter("cluster", gettext_lazy("组团")),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "enterprise_id")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.listed(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        names = enterprise_names(self.user, [row["enterprise_id"] for row in rows])
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["firm"] = names.get(row.pop("enterprise_id") or 0, ("", ""))[1]


def found(request: HttpRequest, ulid: str) -> Project:
    """The project as an office sees it. Raises Http404."""
    row: Project = or_404(lambda: queries.project(request.user, ulid))
    return row


@require_GET
@requires("project.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    """`?on=` shows the day: pairs, course and critical path as they stood."""
    row = found(request, ulid)
    return render(request, "projects/project.html", context(request, row, asked_day(request)))


@require_GET
@requires("project.view")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    row = found(request, ulid)
    return JsonResponse(told_as_json(request.user, row, asked_day(request)), json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = service.create(request.user, form.values(), on=form.cleaned_data["on"])
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("项目 %(code)s 已登记") % {"code": made.code})
            return redirect("projects:project", made.ulid)
    return render(request, "projects/edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def edit(request: HttpRequest, ulid: str) -> HttpResponse:
    row = found(request, ulid)
    held = {name: getattr(row, name) for name in ProjectForm.record}
    form = ProjectForm(request.POST or None, user=request.user, initial={**held, "lock_version": row.lock_version})
    del form.fields["on"]
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["lock_version"]
        try:
            service.edit(request.user, row, form.values(), lock_version=-1 if seen is None else seen)
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已保存"))
            return redirect("projects:project", ulid)
    return render(request, "projects/edit.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def phases(request: HttpRequest, ulid: str) -> HttpResponse:
    row = found(request, ulid)
    start = [
        {**{name: getattr(one, name) for name in service.PHASE}, "keep": True,
         "plots": " ".join(plot.plot_code for plot in one.plots.all())}
        for one in queries.phases(row)
    ]
    forms_ = PhaseForms(request.POST or None, initial=start, prefix="p")
    wrong = ""
    if request.method == "POST" and forms_.is_valid():
        try:
            _write_phases(request, row, forms_)
        except (ProjectError, forms.ValidationError) as refused:
            wrong = "；".join(refused.messages) if isinstance(refused, forms.ValidationError) else str(refused)
        else:
            messages.success(request, _("已保存"))
            return redirect("projects:project", ulid)
    bad = bool(wrong) or (forms_.is_bound and not forms_.is_valid())
    return render(request, "projects/phases.html", {"row": row, "forms": forms_, "wrong": wrong}, status=422 if bad else 200)


def _write_phases(request: HttpRequest, row: Project, forms_: Any) -> None:
    """Phases and their plots, all or nothing."""
    from django.db import transaction

    kept = [form for form in forms_ if form.told is not None]
    with transaction.atomic():
        made = service.set_phases(request.user, row, [form.told for form in kept])
        for phase, form in zip(made, kept, strict=True):
            service.set_plots(request.user, row, phase, form.plot_ids(request.user))


@require_POST
@requires(WORK)
def milestone(request: HttpRequest, ulid: str) -> HttpResponse:
    row = found(request, ulid)
    form = MilestoneForm(row, request.POST, request.FILES)

    def step() -> None:
        data = form.cleaned_data
        document = keep(request.user, data["document"], "milestone", row)
        service.set_milestone(
            request.user, row, data["kind"], phase=phase_of(row, data["phase"]), done_on=data["done_on"],
            planned_on=data["planned_on"], document=document, reason=data["reason"])

    done(request, form, step, _("已登记节点"))
    return redirect("projects:project", ulid)


@require_POST
@requires(WORK)
def member(request: HttpRequest, ulid: str) -> HttpResponse:
    """Adds one, or with `end` ends one."""
    row = found(request, ulid)
    ending = request.POST.get("end", "")
    if ending:
        one = row.members.filter(pk=whole(ending)).first()
        if one is not None:
            done(request, None, lambda: service.end_member(request.user, one), _("已退出专班"))
        return redirect("projects:project", ulid)
    form = MemberForm(row, request.POST)

    def step() -> None:
        data = form.cleaned_data
        service.add_member(request.user, row, person(row, data["person"]), duty=data["duty"], phone=data["phone"])

    done(request, form, step, _("已加入专班"))
    return redirect("projects:project", ulid)


@require_POST
@requires(WORK)
def stop(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = found(request, ulid), StopForm(request.POST)
    done(request, form, lambda: service.stop(request.user, row, **form.cleaned_data), _("项目已终止，记录保留"))
    return redirect("projects:project", ulid)


@require_GET
@requires("project.view")
def board(request: HttpRequest) -> HttpResponse:
    """Projects by stage; `?town=` narrows."""
    town = request.GET.get("town", "")
    narrow = {"division_code": town} if town else {}
    stages = queries.board(request.user, timezone.localdate(), **narrow)
    return render(request, "projects/board.html", {
        "stages": stages, "total": sum(len(cards) for _stage, _word, cards in stages), "towns": town_choices(request.user),
        "town": town, "works": can(request.user, WORK)})
