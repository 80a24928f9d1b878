"""The list of towers, with what was said of them above."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from tenglong.apps.projects.models import TowerProgress
from tenglong.apps.projects.queries import towers as queries
from tenglong.apps.projects.tower_drawing import percent
from tenglong.apps.registry.places import enterprise_names, town_choices, town_names
from tenglong.web.listing import Column, Filter, ListPage, Tool

UNSAID = "unsaid"
STATES = [(value or UNSAID, label) for value, label in TowerProgress.choices]


class TowerList(ListPage):
    id, title, noun, verb = "towers", _("楼宇台账"), _("幢"), "tower.view"
    order, row_url = ("name", "pk"), "projects:tower"
    crumbs = ((_("项目"), ""), (_("楼宇经济"), "projects:tower-board"))
    caliber = _("您管辖范围内的楼宇；空置按可租面积计，只算登记了楼层的；进度照出处登记，没有说的不推算")
    empty_title = _("还没有楼宇")
    empty_text = _("登记一幢楼，再逐层填可租面积和租户；楼里的房源已在“载体房源”的，直接引用。")
    tools = (Tool(_("登记楼宇"), "projects:tower-new", "tower.work", "plus", primary=True),)
    columns = (
        Column("name", _("楼宇名称"), lead=True),
        Column("town", _("镇街"), computed=True, source="division_code"),
        Column("state", _("进度"), computed=True, source="progress"),
        Column("feature", _("特色产业")),
        Column("head", _("总部企业"), computed=True, source="headquarters_id", sortable=False),
        Column("lettable", _("可租面积"), unit="m²", format="m2", computed=True, sortable=False),
        Column("vacant", _("空置面积"), unit="m²", format="m2", computed=True, sortable=False),
        Column("vacancy", _("空置率"), unit="%", format="number", computed=True, sortable=False),
        Column("tenants", _("租户"), unit=_("户"), format="int", computed=True, sortable=False),
        Column("investment_fen", _("计划投资"), unit=_("万元"), format="wan_yuan", total=True),
        Column("operator", _("运营单位"), default=False),
        Column("address", _("坐落"), default=False),
        Column("progress_source", _("进度出处"), default=False),
        Column("source", _("来源"), default=False),
    )
    filters = (
        Filter("q", _("名称、坐落、运营单位"), source=("name", "address", "operator", "feature")),
        Filter("town", _("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("progress", _("进度"), kind="choice", source="said", choices=STATES),
        Filter("head", _("有总部企业"), kind="flag", source="has_head"),
        Filter("featured", _("有特色产业"), kind="flag", source="has_feature"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.towers(user).annotate(
            said=Case(When(progress="", then=Value(UNSAID)), default="progress"),
            has_head=_flag(When(headquarters__isnull=False, then=Value(True))),
            has_feature=_flag(When(feature="", then=Value(False)), otherwise=True))

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "headquarters_id", "progress", "ulid")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns, labels = town_names(self.user), dict(TowerProgress.choices)
        names = enterprise_names(self.user, [row["headquarters_id"] for row in rows])
        held = {one.ulid: one for one in queries.towers(self.user).filter(ulid__in=[row["ulid"] for row in rows])}
        found = queries.stacks(self.user, list(held.values()))
        for row in rows:
            whole = found[held[row["ulid"]].pk]
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["state"] = str(labels.get(row["progress"], row["progress"]))
            row["head"] = names.get(row.pop("headquarters_id"), ("", ""))[1]
            known = bool(whole.lettable_cm2)
            row["lettable"] = whole.lettable_cm2 if known else None
            row["vacant"] = whole.vacant_cm2 if known else None
            row["vacancy"] = Decimal(percent(whole.vacancy)) if whole.vacancy is not None else None
            row["tenants"] = whole.count


def _flag(*whens: Any, otherwise: bool = False) -> Case:
    return Case(*whens, default=Value(otherwise), output_field=BooleanField())
