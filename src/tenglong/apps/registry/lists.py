"""Lists of plots and enterprises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isfinite
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import cached_property
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import queries
from tenglong.apps.registry.places import parts, town_choices, town_names, zone_choices
from tenglong.store.spatial import Box, store
from tenglong.web import formats
from tenglong.web.listing import Action, Column, Filter, ListPage, Tool
from tenglong.web.listing.conditions import Conditions


def read_box(text: str) -> Box | None:
    """`minx,miny,maxx,maxy` in degrees; None when it is no box."""
    try:
        minx, miny, maxx, maxy = (float(part) for part in text.split(","))
    except ValueError:
        return None
    box = (minx, miny, maxx, maxy)
    return box if all(isfinite(value) for value in box) and minx <= maxx and miny <= maxy else None


def words(kind: str) -> list[tuple[str, Any]]:
    return list(formats.CHOICES[kind].items())


TOWN = Filter("town", _("所属镇街"), kind="choice", source="division_code", choices=town_choices)
TOWN_COLUMN = Column("town", _("所属镇街"), source="division_code", computed=True)
BASE = ((_("底数"), ""),)


class PlacedList(ListPage):
    """Rows that lie in a town."""

    crumbs: Sequence[tuple[Any, Any]] = BASE
    dated = True

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code",)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        names = town_names(self.user)
        for row in rows:
            row["town"] = names.get(row["division_code"], row["division_code"])


class PlotList(PlacedList):
    id, title, noun, verb = "plots", _("地块"), _("块"), "plot.view"
    order, row_url, geometry = ("code",), "registry:plot", "shape_id"
    caliber = _("在册工业地块；面积为实测面积（亩），一块一行，含无证地块")
    empty_title = _("还没有地块")
    empty_text = _("从摸排导入镇街交来的表格或图形，也可以逐块新增。")
    tools = (
        Tool(_("导入"), "survey:upload", "survey.import", "up"),
        Tool(_("新增地块"), "registry:plot-new", "plot.edit", "plus", primary=True),
        Tool(_("在图上看"), "registry:map", "map.view", "map"),
    )
    actions = (
        Action(_("合并"), "registry:plot-merge", "plot.split", needs=2, icon="merge"),
        Action(_("在图上看"), "registry:map", "map.view", icon="map"),
    )
    columns = (
        Column("code", _("地块码"), format="code"),
        Column("name", _("地块名称"), lead=True),
        TOWN_COLUMN,
        Column("survey_number", _("摸排编号"), default=False),
        Column("status", _("现状"), format="chip", kind="status"),
        Column("stage", _("环节"), format="choice", kind="stage"),
        Column("title_status", _("权证状态"), format="chip", kind="title_status"),
        Column("acquisition", _("取得方式"), format="choice", kind="acquisition"),
        Column("control_line", _("控制线"), format="choice", kind="control_line"),
        Column("surveyed_cm2", _("实测面积"), unit=_("亩"), format="mu", total=True),
        Column("stated_cm2", _("证载面积"), unit=_("亩"), format="mu", total=True),
        Column("firms", _("企业"), unit=_("家"), format="int", computed=True, sortable=False),
        Column("land_use", _("用途"), default=False),
        Column("zone_code", _("片区"), default=False),
        Column("address", _("坐落"), default=False),
        Column("valid_from", _("起始日期"), format="date", default=False),
    )
    filters = (
        Filter("q", _("编码、名称、坐落、摸排编号"), source=("code", "name", "address", "survey_number")),
        TOWN,
        Filter("status", _("现状"), kind="choice", choices=words("status")),
        Filter("stage", _("环节"), kind="choice", choices=words("stage")),
        Filter("title_status", _("权证状态"), kind="choice", choices=words("title_status")),
        Filter("acquisition", _("取得方式"), kind="choice", choices=words("acquisition")),
        Filter("control_line", _("控制线"), kind="choice", choices=words("control_line")),
        Filter("zone", _("片区"), kind="choice", source="zone_code", choices=zone_choices),
        Filter("area", _("实测面积"), kind="range", source="surveyed_cm2", unit="mu"),
        Filter("no_shape", _("缺边界"), kind="flag", source="shape_id__isnull"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        """`?box=minx,miny,maxx,maxy` (from the map) keeps plots that meet the box."""
        found = queries.plots(user, on)
        text = self.params.get("box", "")
        if not text:
            return found
        box = read_box(text)
        return found.filter(shape_id__in=store().box_ids("plots", box)) if box else found.none()

    @cached_property
    def asked(self) -> Conditions:
        found = super().asked
        if self.params.get("box"):
            found.applied.append((_gettext("图上框选"), self.params["box"], ("box",)))
        return found

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "plot_id")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        super().decorate(rows)
        firms: dict[int, int] = {}
        for ids in parts(row["plot_id"] for row in rows):
            found = queries.occupancies(self.user, self.on).filter(plot_id__in=ids).exclude(enterprise=None).order_by()
            firms.update(found.values_list("plot_id").annotate(Count("enterprise", distinct=True)))
        for row in rows:
            row["firms"] = firms.get(row.pop("plot_id"), 0)


class EnterpriseList(PlacedList):
    id, title, noun, verb = "enterprises", _("企业"), _("家"), "enterprise.view"
    order, row_url = ("name", "pk"), "registry:enterprise"
    caliber = _("在册企业：注册地、用地地或实际生产地在本辖区的市场主体")
    empty_title = _("还没有企业")
    empty_text = _("从摸排导入企业名单；没有信用代码的也可以先收进来。")
    tools = (
        Tool(_("导入"), "survey:upload", "survey.import", "up", query="?kind=enterprises"),
        Tool(_("新增企业"), "registry:enterprise-new", "enterprise.edit", "plus", primary=True),
    )
    columns = (
        Column("code", _("信用代码"), source="enterprise__key", format="code"),
        Column("name", _("企业名称"), lead=True),
        TOWN_COLUMN,
        Column("industry", _("行业代码"), format="code"),
        Column("scale", _("规模"), format="choice", kind="scale"),
        Column("status", _("经营状态"), format="chip", kind="enterprise_status"),
        Column("plots", _("用地"), unit=_("处"), format="int", computed=True, sortable=False),
        Column("occupied", _("占地"), unit=_("亩"), format="mu", computed=True, sortable=False),
        Column("address", _("注册地址")),
        Column("listed", _("上市情况"), default=False),
        Column("registered_on", _("成立日期"), format="date", default=False),
    )
    filters = (
        Filter("q", _("信用代码、名称、地址"), source=("uscc", "enterprise__key", "name", "address")),
        TOWN,
        Filter("industry", _("行业代码"), prefix=True),
        Filter("scale", _("规模"), kind="choice", choices=words("scale")),
        Filter("status", _("经营状态"), kind="choice", choices=words("enterprise_status")),
        Filter("registered_on", _("成立日期"), kind="date"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.enterprises(user, on)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "enterprise_id")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        super().decorate(rows)
        used: dict[int, dict[str, Any]] = {}
        for ids in parts(row["enterprise_id"] for row in rows):
            found = queries.occupancies(self.user, self.on).filter(enterprise_id__in=ids).order_by().values("enterprise_id")
            counted = found.annotate(plots=Count("plot", distinct=True), area=Sum("area_cm2"))
            used.update({row["enterprise_id"]: dict(row) for row in counted})
        for row in rows:
            mine = used.get(row.pop("enterprise_id"), {})
            row["plots"], row["occupied"] = mine.get("plots", 0), mine.get("area")
