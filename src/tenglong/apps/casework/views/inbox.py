"""我的任务: what I may work on, by deadline, each with a light that carries a word."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.accounts.scope import requires
from tenglong.apps.casework import queries
from tenglong.apps.casework.models import Task
from tenglong.apps.casework.titles import case_url, definition_labels
from tenglong.apps.casework.views._common import CHINESE
from tenglong.web.twins import Twin

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


def _found(request: HttpRequest, rows: QuerySet[Task]) -> QuerySet[Task]:
    """Conditions of the address on the user's tasks; an unknown value of one selects nothing."""
    rows = rows.filter(queries.window(_chosen(request), timezone.localdate()))
    asked = {name: request.GET.get(name, "").strip() for name in ("definition", "holder", "q")}
    if asked["definition"]:
        rows = rows.filter(case__definition=asked["definition"])
    if asked["holder"]:
        wanted = {"mine": Q(assignee=request.user.pk), "free": Q(assignee=None)}
        rows = rows.filter(wanted.get(asked["holder"], Q(pk__in=[])))
    if asked["q"]:
        rows = rows.filter(Q(label__icontains=asked["q"]) | Q(case__title__icontains=asked["q"]))
    return rows


class _ByDeadline:
    """What the paginator asks of a list: slices by deadline, and how many there are."""

    def __init__(self, rows: QuerySet[Task], number: int | None) -> None:
        self.rows, self.number = rows, number

    def __len__(self) -> int:
        return self.rows.count() if self.number is None else self.number

    def __getitem__(self, part: slice) -> list[Task]:
        return queries.first_due(self.rows, part.start or 0, part.stop)


def _page(request: HttpRequest) -> tuple[Any, dict[str, int]]:
    """(the rows asked for, counts of the tabs); without further conditions their number is known from the tabs."""
    mine = queries.workable(request.user)
    counts = queries.counted(mine)
    narrowed = any(request.GET.get(name, "").strip() for name in ("definition", "holder", "q"))
    known = None if narrowed else counts[_chosen(request)]
    pages: Any = Paginator(cast(Any, _ByDeadline(_found(request, mine), known)), PAGE)
    return pages.get_page(request.GET.get("page")), counts


@requires("case.view")
def show(request: HttpRequest) -> HttpResponse:
    page, counts = _page(request)
    context: dict[str, Any] = {
        "page": page,
        "rows": [{"row": row, "url": case_url(row.task.case.ulid), "label": _(row.task.label),
                  "state": _(row.task.case.state_label)} for row in queries.lit(page, timezone.localdate())],
        "tabs": [(name, label, counts[name], name == _chosen(request)) for name, label in TABS],
        "counts": counts,
        "definitions": definition_labels(request.user),
        "holders": HOLDERS,
        "filtered": bool({"definition", "holder", "q"} & {name for name, value in request.GET.items() if value}),
    }
    return render(request, "casework/inbox.html", context)


@requires("case.view")
def twin(request: HttpRequest) -> Twin:
    """The same rows and counts as the page."""
    page, counts = _page(request)
    rows = [row_json(row) for row in queries.lit(page, timezone.localdate())]
    body = {
        "window": _chosen(request), "counts": counts, "rows": rows,
        "total": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages,
    }
    return Twin(body, json_dumps_params=CHINESE)


def row_json(row: queries.Row) -> dict[str, Any]:
    task = row.task
    return {
        "ulid": task.ulid, "task": task.task, "label": _(task.label), "case": task.case.ulid, "title": task.case.title,
        "definition": task.case.definition, "state": task.case.state, "kind": task.kind, "opened_on": task.opened_on,
        "due_on": task.due_on, "light": row.light.id, "word": _(row.light.word), "days": row.light.days,
        "unpublished": task.unpublished, "assignee": task.assignee.name if task.assignee else None,
    }
