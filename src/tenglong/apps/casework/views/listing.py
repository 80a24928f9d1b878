"""The list of cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.casework import queries
from tenglong.apps.casework.models import Case
from tenglong.apps.casework.titles import definition_labels
from tenglong.apps.registry.places import town_names
from tenglong.web.listing import Column, Filter, ListPage, Tool


class CaseList(ListPage):
    id, title, noun, verb = "cases", _("案件"), _("件"), "case.view"
    order, row_url = ("-pk",), "casework:case"
    empty_title = _("还没有案件")
    empty_text = _("启动评价批次、企业提出申诉、登记闲置土地线索或批准整治方案之后，案件会出现在这里。")
    caliber = _("按当前范围内可见的案件计")
    crumbs = ((_("工作台"), "/"),)
    tools = (Tool(_("换用新版流程"), "casework:migrate", "policy.edit", icon="edit"),)
    columns = (
        Column("title", _("案件名称"), lead=True),
        Column("definition", _("流程"), computed=True, source="definition"),
        Column("state_label", _("状态"), computed=True, source="state_label"),
        Column("late", _("到期情况"), computed=True),
        Column("town", _("区划"), computed=True, source="division_code"),
        Column("opened_on", _("发起日期"), format="date"),
        Column("entered_on", _("进入本状态"), format="date"),
        Column("next_due", _("最近期限"), format="date"),
        Column("closed_at", _("办结时间"), format="date", default=False),
        Column("paused_on", _("暂停日期"), format="date", default=False),
        Column("version", _("流程版本"), default=False),
    )
    filters = (
        Filter("q", _("案件名称"), source="title"),
        Filter("definition", _("流程"), kind="choice", choices=lambda user: definition_labels(user)),
        Filter("open", _("未办结"), kind="flag", source="is_open"),
        Filter("overdue", _("有逾期任务"), kind="flag", source="has_late"),
        Filter("opened_on", _("发起日期"), kind="date"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("definition", "state_label", "division_code", "has_late")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Case]:
        late = Q(next_due__isnull=False, next_due__lt=timezone.localdate())
        return queries.cases(user).annotate(has_late=ExpressionWrapper(late, BooleanField()), is_open=queries.IS_OPEN)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        labels, towns = dict(definition_labels(self.user)), town_names(self.user)
        for row in rows:
            row["late"] = _now("有逾期任务") if row.pop("has_late") else ""
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["definition"] = str(labels.get(row["definition"], row["definition"]))
            row["state_label"] = _now(row["state_label"])
