"""Defects of all batches that the user may see, as a list with twin and export."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenglong.apps.survey import queries
from tenglong.apps.survey.forms import kind_choices
from tenglong.web.listing import Column, Filter, ListPage


class IssueList(ListPage):
    id, title, noun, verb = "survey-issues", _("问题清单"), _("个"), "survey.import"
    crumbs = ((_("摸排"), "/survey/"),)
    order = ("-batch__id", "row")
    columns = (
        Column("file_name", _("文件"), source="batch__file_name", lead=True),
        Column("row", _("行号"), format="int"),
        Column("key", _("编号"), format="code"),
        Column("severity", _("级别"), format="chip", kind="severity"),
        Column("rule", _("规则"), format="code"),
        Column("message", _("问题")),
        Column("fix", _("改法")),
        Column("waived", _("豁免理由"), source="waiver__reason", default=False),
        Column("created_at", _("导入时间"), source="batch__created_at", format="date", default=False),
    )
    filters = (
        Filter("q", _("编号或文件"), source=("key", "batch__file_name")),
        Filter(
            "severity", _("级别"), kind="choice", choices=(("error", _("错误")), ("warning", _("警告")), ("info", _("提示")))
        ),
        Filter("kind", _("数据类别"), kind="choice", source="batch__kind", choices=lambda user: kind_choices()),
        Filter("rule", _("规则"), source="rule"),
    )

    def queryset(self, user: Any, on: Any) -> QuerySet[Any]:
        return queries.issues(user)
