"""The list of cycles."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.stages import STAGES
from tenglong.apps.registry.places import town_names
from tenglong.web.listing import Column, Filter, ListPage, Tool


class CycleList(ListPage):
    id, title, noun, verb = "cycles", _("评价批次"), _("批"), "evaluation.view"
    order, row_url = ("-year", "-pk"), "evaluation:cycle"
    empty_title = _("还没有评价批次")
    empty_text = _("选一个数据年度和评价办法，新建一个批次，用地核定就可以开始。")
    caliber = _("当前范围内可见的评价批次")
    tools = (Tool(_("新建批次"), "evaluation:cycle-new", "evaluation.manage", "plus", primary=True),)
    columns = (
        Column("title", _("批次名称"), lead=True),
        Column("year", _("数据年度"), format="code"),
        Column("stage", _("环节"), computed=True, source="stage"),
        Column("scheme", _("评价办法"), computed=True, source="scheme_id"),
        Column("measure_day", _("用地核定日"), format="date"),
        Column("finalised_on", _("审定日期"), format="date"),
        Column("archived_on", _("归档日期"), format="date"),
    )
    filters = (
        Filter("q", _("批次名称"), source="title"),
        Filter("year", _("数据年度"), kind="choice", choices=lambda user: _years(user)),
        Filter("stage", _("环节"), kind="choice", choices=list(STAGES.items())),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("stage", "scheme_id", "scheme_version", "division_code")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.cycles(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        for row in rows:
            row["scheme"] = f"{row['scheme_id']}@{row['scheme_version']}"
            row["stage"] = str(STAGES.get(row["stage"], row["stage"]))
            row["town"] = towns.get(row["division_code"], row["division_code"])


def _years(user: Any) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in queries.cycles(user).values_list("year", flat=True).distinct().order_by("-year")]
