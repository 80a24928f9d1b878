"""我的任务: what I may work on, by deadline, each with a light that carries a word."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.accounts.scope import requires
from tenglong.apps.casework import queries
from tenglong.apps.casework.models import Task
from tenglong.apps.casework.titles import definition_labels
from tenglong.apps.casework.views._common import CHINESE

PAGE = 50
TABS = (
    ("today", gettext_lazy("今天")), ("overdue", gettext_lazy("逾期")), ("week", gettext_lazy("本周")),
    ("all", gettext_lazy("全部")),
)
HOLDERS = (("mine", gettext_lazy("已归我")), ("free", gettext_lazy("待领取")))


def _chosen(request: HttpRequest) -> str:
    """The tab asked for; unasked, everything: nobody misses a task by a window."""
    name = request.GET.get("due", "")
    return name if name in queries.WINDOWS else "all"


def _found(request: HttpRequest) -> QuerySet[Task]:
    """Conditions of the address; an unknown value of one selects nothing."""
    rows = queries.workable(request.user).filter(queries.window(_chosen(request), timezone.localdate()))
    asked = {name: request.GET.get(name, "").strip() for name in ("definition", "holder", "q")}
    if asked["definition"]:
        rows = rows.filter(case__definition=asked["definition"])
    if asked["holder"]:
        wanted = {"mine": Q(assignee=request.user.pk), "free": Q(assignee=None)}
        rows = rows.filter(wanted.get(asked["holder"], Q(pk__in=[])))
    if asked["q"]:
        rows = rows.filter(Q(label__icontains=asked["q"]) | Q(case__title__icontains=asked["q"]))
    return queries.by_deadline(rows)


def _page(request: HttpRequest, counts: Any) -> Any:
    """The rows asked for; without further conditions their number is known from the tabs."""
    pages = Paginator(_found(request), PAGE)
    if not any(request.GET.get(name, "").strip() for name in ("definition", "holder", "q")):
        pages.count = counts[_chosen(request)]  # instead of counting them again
    return pages.get_page(request.GET.get("page"))


@requires("case.view")
def show(request: HttpRequest) -> HttpResponse:
    counts = queries.inbox_counts(request.user)
    page = _page(request, counts)
    context: dict[str, Any] = {
        "page": page,
        "rows": queries.lit(page, timezone.localdate()),
        "tabs": [(name, label, counts[name], name == _chosen(request)) for name, label in TABS],
        "counts": counts,
        "definitions": definition_labels(request.user),
        "holders": HOLDERS,
        "filtered": bool({"definition", "holder", "q"} & {name for name, value in request.GET.items() if value}),
    }
    return render(request, "casework/inbox.html", context)


@requires("case.view")
def twin(request: HttpRequest) -> JsonResponse:
    """The same rows and counts as the page."""
    counts = queries.inbox_counts(request.user)
    page = _page(request, counts)
    rows = [row_json(row) for row in queries.lit(page, timezone.localdate())]
    body = {
        "window": _chosen(request), "counts": counts, "rows": rows,
        "total": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages,
    }
    return JsonResponse(body, json_dumps_params=CHINESE)


def row_json(row: queries.Row) -> dict[str, Any]:
    task = row.task
    return {
        "ulid": task.ulid, "task": task.task, "label": _(task.label), "case": task.case.ulid, "title": task.case.title,
        "definition": task.case.definition, "state": task.case.state, "kind": task.kind, "opened_on": task.opened_on,
        "due_on": task.due_on, "light": row.light.id, "word": _(row.light.word), "days": row.light.days,
        "unpublished": task.unpublished, "assignee": task.assignee.name if task.assignee else None,
    }
