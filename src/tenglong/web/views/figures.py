"""报数台账: every figure given out, by number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.scope import Scope, scope_rule, scoped
from tenglong.web.listing import Column, Filter, ListPage, list_paths
from tenglong.web.models import FigureLedger


@scope_rule("web.FigureLedger")
def figures_of(scope: Scope) -> Any:
    """Whoever sees the whole county sees the whole ledger; others what they gave out themselves."""
    return Q() if scope.kind == "all" else Q(made_by_id=scope.user_id or 0)


class FigureList(ListPage):
    id = "figures"
    title = _("报数台账")
    noun = _("条")
    verb = "export.make"
    order = ("-id",)
    key = "number"
    row_url = "web:figure"
    caliber = _("经本平台导出的每一份清单和数字")
    empty_text = _("在任何一张表上点“导出当前结果”，就会在这里留下一条。")
    columns = (
        Column("number", _("报数编号"), format="code"),
        Column("title", _("内容"), lead=True),
        Column("rows", _("行数"), format="int"),
        Column("filter_text", _("筛选条件")),
        Column("recipient", _("报给")),
        Column("purpose", _("用途")),
        Column("made_by", _("制表人"), source="made_by__name"),
        Column("made_at", _("时间"), format="date"),
        Column("form", _("格式")),
        Column("rows_sha256", _("行校验"), format="code", default=False),
    )
    filters = (
        Filter("q", _("编号或内容"), source=("number", "title")),
        Filter("recipient", _("报给")),
        Filter("made_at", _("日期"), kind="date", source="made_at__date"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[FigureLedger]:
        return scoped(user, FigureLedger.objects.all(), "export.make")


list_urls = list_paths("figures/", FigureList, "figures")


def show(request: HttpRequest, number: str) -> HttpResponse:
    """One ledger line: caliber, filter, hash; the same conditions today by one click."""
    mine = scoped(request.user, FigureLedger.objects.select_related("made_by"), "export.make")
    line = get_object_or_404(mine, number=number)
    return render(request, "web/figure.html", {"line": line})
