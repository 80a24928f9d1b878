"""Visits from the phone, promises, pictures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_service import AnswerForm, OutcomeForm, PhotoForm, VisitForm
from tenglong.apps.projects.models import Project, Visit
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.service import blockers
from tenglong.apps.projects.service import visits as service
from tenglong.apps.projects.views.common import done
from tenglong.apps.projects.views.projects import found
from tenglong.apps.registry import service as register
from tenglong.web.answers import or_404
from tenglong.web.listing import Column, Filter, ListPage

VIEW, WORK = "project.view", "project.work"
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class VisitList(ListPage):
    id, title, noun, verb = "visits", gettext_lazy("走访"), gettext_lazy("次"), VIEW
    order, row_url = ("-on", "-pk"), "projects:visit"
    crumbs = ((gettext_lazy("项目"), ""),)
    empty_title = gettext_lazy("还没有走访记录")
    empty_text = gettext_lazy("打开一个项目，点“记走访”：在手机上写清见了谁、问了什么、答应了什么，拍张照片。")
    caliber = gettext_lazy("您管辖范围内项目的走访")
    columns = (
        Column("on", gettext_lazy("走访日期"), format="date"),
        Column("project_name", gettext_lazy("项目"), source="project__name", lead=True),
        Column("met", gettext_lazy("接待人和职务")),
        Column("told", gettext_lazy("走访情况"), wrap=True),
        Column("asked", gettext_lazy("问题"), format="int"),
        Column("by_name", gettext_lazy("走访人"), source="by__name"),
    )
    filters = (
        Filter("q", gettext_lazy("项目或情况"), source=("project__name", "project__code", "told")),
        Filter("on", gettext_lazy("走访日期"), kind="date"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.visits(user).annotate(asked=Count("promises"))


class PromiseList(ListPage):
    id, title, noun, verb = "promises", gettext_lazy("有事就联系"), gettext_lazy("件"), VIEW
    order, row_url = ("done_on", "due_on", "pk"), "projects:promise"
    crumbs = ((gettext_lazy("项目"), ""),)
    empty_title = gettext_lazy("没有企业的问题和承诺")
    empty_text = gettext_lazy("企业在“我的项目”里提出，或在走访时记下；责任人按期答复、办结。")
    caliber = gettext_lazy("您管辖范围内项目的问题和承诺；没有办结的在前")
    columns = (
        Column("question", gettext_lazy("问题"), lead=True, wrap=True),
        Column("project_name", gettext_lazy("项目"), source="project__name"),
        Column("promise", gettext_lazy("答复和承诺"), wrap=True),
        Column("owner_name", gettext_lazy("责任人"), source="owner__name"),
        Column("asked_on", gettext_lazy("提出日期"), format="date"),
        Column("due_on", gettext_lazy("期限"), format="date"),
        Column("state", gettext_lazy("状态"), computed=True, source="done_on", format="chip", kind="promise_state"),
    )
    filters = (
        Filter("q", gettext_lazy("项目或问题"), source=("project__name", "project__code", "question")),
        Filter("due_on", gettext_lazy("期限"), kind="date"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("done_on",)

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.of_office(user, queries.promises(user))

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        today = timezone.localdate()
        for row in rows:
            row["state"] = "done" if row["done_on"] else "late" if row["due_on"] < today else "open"


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest, ulid: str) -> HttpResponse:
    """The form for the phone: everything of one visit goes in, or nothing."""
    row = found(request, ulid)
    form = VisitForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, stuck = _log(request, row, form)
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("走访已记下"))
            return redirect("projects:blocker", stuck.ulid) if stuck else redirect("projects:visit", made.ulid)
    return render(request, "projects/visit_new.html", {"row": row, "form": form}, status=422 if form.errors else 200)


@transaction.atomic
def _log(request: HttpRequest, row: Project, form: VisitForm) -> tuple[Visit, Any]:
    data, stuck = form.cleaned_data, None
    made = service.log(
        request.user, row, on=data["on"], met=data["met"], told=data["told"], promises=form.promises(), photos=data["photos"])
    if data["blocker"]:
        stuck = blockers.open_(
            request.user, row, title=data["blocker"], field=data["field"] or "other", on=data["on"], detail=data["told"][:1000],
            visit=made)
    return made, stuck


@require_GET
@requires(VIEW)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.visits(request.user).get(ulid=ulid))
    return render(request, "projects/visit.html", {
        "row": row, "photos": queries.photos(request.user).filter(visit=row),
        "promises": queries.promises(request.user).filter(visit=row),
        "blockers": queries.blockers(request.user).filter(visit=row), "today": timezone.localdate()})


@require_GET
@requires(VIEW)
def promise(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.of_office(request.user, queries.promises(request.user)).get(ulid=ulid))
    return render(request, "projects/promise.html", {
        "row": row, "today": timezone.localdate(), "answer": AnswerForm(initial={"due_on": row.due_on}),
        "finish": OutcomeForm()})


@require_POST
@requires(WORK)
def promise_step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """answer, finish."""
    row = or_404(lambda: queries.of_office(request.user, queries.promises(request.user)).get(ulid=ulid))
    if name == "answer":
        form: Any = AnswerForm(request.POST)
        done(request, form, lambda: service.answer(request.user, row, **form.cleaned_data), _("已答复"))
    elif name == "finish":
        form = OutcomeForm(request.POST)
        done(request, form, lambda: service.finish(request.user, row, **form.cleaned_data), _("已办结"))
    else:
        raise Http404
    return redirect("projects:promise", ulid)


@require_POST
@requires(WORK)
def photograph(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = found(request, ulid), PhotoForm(request.POST, request.FILES)

    def step() -> None:
        data = form.cleaned_data
        service.photograph(request.user, row, data["photos"], on=data["on"], caption=data["caption"])

    done(request, form, step, _("照片已存"))
    return redirect(f"{reverse('projects:project', args=[ulid])}?tab=photos#tabs")


@require_GET
@requires(VIEW)
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture itself, only when its first bytes are those of a picture."""
    row = or_404(lambda: queries.photos(request.user).get(pk=pk))
    path = register.document_path(row.document)
    body = path.read_bytes() if path.exists() else b""
    kind = next((mime for magic, mime in KINDS.items() if body.startswith(magic)), "")
    if not kind:
        raise Http404(_("文件不在库里，或者不是照片。"))
    answer = HttpResponse(body, content_type=kind)
    answer["X-Content-Type-Options"], answer["Content-Security-Policy"] = "nosniff", "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=600"
    return answer
