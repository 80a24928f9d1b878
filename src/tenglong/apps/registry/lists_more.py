"""Lists of titles, buildings, land-use relations, divisions and zones."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import queries
from tenglong.apps.registry.lists import BASE, TOWN, TOWN_COLUMN, PlacedList, words
from tenglong.apps.registry.places import enterprise_names, plot_labels, town_choices, town_names
from tenglong.web.listing import Column, Filter, ListPage, Tool


def import_tool(kind: str) -> Tool:
    return Tool(_("导入"), "survey:upload", "survey.import", "up", query=f"?kind={kind}")


class ParcelList(PlacedList):
    id, title, noun, verb = "parcels", _("宗地与权证"), _("宗"), "plot.view"
    order, row_url, geometry = ("parcel__code",), "registry:parcel", "shape_id"
    caliber = _("在册宗地；面积为证载面积（亩）")
    empty_text = _("从摸排导入宗地（权证）表。")
    tools = (import_tool("parcels"), Tool(_("新增宗地"), "registry:parcel-new", "plot.edit", "plus", primary=True))
    columns = (
        Column("parcel_code", _("宗地代码"), source="code", format="code"),
        Column("right_holder", _("权利人"), lead=True),
        TOWN_COLUMN,
        Column("title_status", _("权证状态"), format="chip", kind="title_status"),
        Column("title_number", _("权证号")),
        Column("acquisition", _("取得方式"), format="choice", kind="acquisition"),
        Column("stated_cm2", _("证载面积"), unit=_("亩"), format="mu", total=True),
        Column("granted_on", _("取得日期"), format="date"),
        Column("ends_on", _("到期日期"), format="date"),
        Column("price_fen", _("价款"), unit=_("万元"), format="wan_yuan", total=True),
        Column("agreed_plot_ratio", _("约定容积率"), default=False),
        Column("holder_uscc", _("权利人代码"), format="code", default=False),
    )
    filters = (
        Filter("q", _("宗地代码、权利人、权证号"), source=("parcel__code", "right_holder", "title_number")),
        TOWN,
        Filter("title_status", _("权证状态"), kind="choice", choices=words("title_status")),
        Filter("acquisition", _("取得方式"), kind="choice", choices=words("acquisition")),
        Filter("ends_on", _("到期日期"), kind="date"),
        Filter("area", _("证载面积"), kind="range", source="stated_cm2", unit="mu"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.parcels(user, on)


class PlotRefList(PlacedList):
    """Rows that hang on a plot: `plot` shows its code, a click opens it."""

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "plot_id", "plot__ulid")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        super().decorate(rows)
        labels = plot_labels(self.user, [row["plot_id"] for row in rows], self.on)
        for row in rows:
            row["plot"], row["plot_name"] = labels.get(row.pop("plot_id"), ("", ""))

    def url_of(self, row: dict[str, Any]) -> str:
        return reverse("registry:plot", args=[row["plot__ulid"]]) if row.get("plot") else ""


class BuildingList(PlotRefList):
    id, title, noun, verb = "buildings", _("厂房"), _("幢"), "plot.view"
    order, row_url, geometry = ("building__code",), "registry:building", "shape_id"
    caliber = _("在册厂房与定着物；建筑面积为平方米")
    empty_text = _("从摸排导入厂房表。")
    tools = (import_tool("buildings"), Tool(_("新增厂房"), "registry:building-new", "plot.edit", "plus", primary=True))
    columns = (
        Column("building_code", _("建筑编号"), source="code", format="code"),
        Column("name", _("名称"), lead=True),
        TOWN_COLUMN,
        Column("plot", _("地块码"), format="code", computed=True, sortable=False),
        Column("floors", _("层数"), format="int"),
        Column("floor_cm2", _("建筑面积"), unit="m²", format="m2", total=True),
        Column("built_year", _("建成年份")),
        Column("structure", _("结构")),
        Column("use", _("用途")),
    )
    filters = (
        Filter("q", _("编号、名称"), source=("building__code", "name")),
        TOWN,
        Filter("built_year", _("建成年份"), kind="range"),
        Filter("floor", _("建筑面积"), kind="range", source="floor_cm2", unit="m2"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.buildings(user, on)

    def url_of(self, row: dict[str, Any]) -> str:
        return reverse("registry:building", args=[row["row_key"]])


class OccupancyList(PlotRefList):
    id, title, noun, verb = "occupancies", _("用地关系"), _("条"), "plot.view"
    order, key = ("plot_id", "valid_from", "pk"), "pk"
    caliber = _("谁在用哪块地：自有、承租、转租承租、空置；面积为本户实际使用")
    empty_text = _("从摸排导入用地关系表，一地多企、厂中厂都能表达。")
    tools = (import_tool("occupancies"),)
    columns = (
        Column("plot", _("地块码"), source="plot__codes__code", format="code", computed=True, sortable=False),
        Column("plot_name", _("地块名称"), computed=True, sortable=False),
        Column("firm", _("使用企业"), computed=True, sortable=False, lead=True),
        TOWN_COLUMN,
        Column("role", _("用地方式"), format="chip", kind="role"),
        Column("area_cm2", _("占地面积"), unit=_("亩"), format="mu", total=True),
        Column("floor_cm2", _("建筑面积"), unit="m²", format="m2", total=True),
        Column("valid_from", _("起"), format="date"),
        Column("valid_to", _("止"), format="date"),
        Column("contract", _("合同号")),
    )
    filters = (
        TOWN,
        Filter("role", _("用地方式"), kind="choice", choices=words("role")),
        Filter("contract", _("合同号")),
        Filter("area", _("占地面积"), kind="range", source="area_cm2", unit="mu"),
        Filter("valid_to", _("到期日期"), kind="date"),
        Filter("review", _("待复核"), kind="flag", source="needs_review"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.occupancies(user, on)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return (*super().extra_fields, "enterprise_id")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        super().decorate(rows)
        names = enterprise_names(self.user, [row["enterprise_id"] for row in rows], self.on)
        for row in rows:
            row["firm"] = names.get(row.pop("enterprise_id"), ("", ""))[1]


class DivisionList(ListPage):
    id, title, noun, verb = "divisions", _("行政区划"), _("个"), "plot.view"
    crumbs, dated, key, order = BASE, True, "pk", ("code",)
    empty_text = _("请系统管理员在本机执行 tenglong county init 县级代码，建立本县的镇街和界线。")
    columns = (
        Column("code", _("代码"), format="code"),
        Column("name", _("名称"), lead=True),
        Column("level", _("级别"), format="choice", kind="level"),
        Column("system", _("代码体系")),
        Column("plots", _("地块"), unit=_("块"), format="int", computed=True, sortable=False),
        Column("area", _("实测面积"), unit=_("亩"), format="mu", computed=True, sortable=False),
        Column("valid_from", _("起始日期"), format="date"),
        Column("valid_to", _("终止日期"), format="date"),
    )
    filters = (
        Filter("q", _("代码、名称"), source=("code", "name")),
        Filter("level", _("级别"), kind="choice", choices=words("level")),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.divisions(user, on)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        count_plots(self, rows, "division_code")

    def url_of(self, row: dict[str, Any]) -> str:
        return f"{reverse('registry:plots')}?town={row['code']}" if row.get("plots") else ""


class ZoneList(ListPage):
    id, title, noun, verb = "zones", _("片区与园区"), _("个"), "plot.view"
    crumbs, dated, key, order = BASE, True, "pk", ("kind", "code")
    empty_text = _("请系统管理员在本机执行 tenglong county init 县级代码 --zones 片区文件，建立片区。")
    columns = (
        Column("code", _("代码"), format="code"),
        Column("name", _("名称"), lead=True),
        Column("kind", _("类别"), format="choice", kind="zone_kind"),
        Column("parent", _("上级"), source="parent__name"),
        Column("town", _("所在镇街"), source="division_code", computed=True),
        Column("plots", _("地块"), unit=_("块"), format="int", computed=True, sortable=False),
        Column("area", _("实测面积"), unit=_("亩"), format="mu", computed=True, sortable=False),
        Column("valid_from", _("起始日期"), format="date", default=False),
    )
    filters = (
        Filter("q", _("代码、名称"), source=("code", "name")),
        Filter("kind", _("类别"), kind="choice", choices=words("zone_kind")),
        Filter("town", _("所在镇街"), kind="choice", source="division_code", choices=town_choices),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.zones(user, on)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code",)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        count_plots(self, rows, "zone_code")
        names = town_names(self.user)
        for row in rows:
            row["town"] = names.get(row["division_code"], row["division_code"])

    def url_of(self, row: dict[str, Any]) -> str:
        return f"{reverse('registry:plots')}?zone={row['code']}" if row.get("plots") else ""


def count_plots(page: ListPage, rows: list[dict[str, Any]], column: str) -> None:
    """Plots that the user may see, per value of `column`."""
    found = queries.plots(page.user, page.on).order_by().values(column).annotate(plots=Count("pk"), area=Sum("surveyed_cm2"))
    by_code = {row[column]: row for row in found}
    for row in rows:
        mine = by_code.get(row["code"], {})
        row["plots"], row["area"] = mine.get("plots", 0), mine.get("area")
