"""The list of published deals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.supply import queries
from tenglong.apps.supply.words import methods
from tenglong.web.listing import Column, Filter, ListPage, Tool

IMPORT = Tool(_("导入"), "survey:upload", "survey.import", "up", query="?kind=deals")
PRICED = Q(price_fen__gt=0, area_cm2__gt=0)


class DealList(ListPage):
    """Comparables of every county; prices as published, swapped limits told apart and left out of use."""

    id, title, noun, verb = "deals", _("成交案例"), _("宗"), "deal.view"
    order, row_url = ("-signed_on", "pk"), "supply:deal"
    caliber = _(
        "公开的土地成交公告，供比价参考；单价＝成交总价÷成交面积，没有价款或价款为 0 的不参与；"
        "容积率上下限颠倒的按原样保留、不采用"
    )
    empty_title = _("还没有成交案例")
    empty_text = _("从土地市场公告导入成交表，别县的案例也可以作比较。")
    crumbs = ((_("供地"), ""),)
    tools = (IMPORT,)
    empty_tool = IMPORT
    columns = (
        Column("location", _("坐落"), lead=True),
        Column("region", _("地区")),
        Column("division", _("行政区")),
        Column("division_code", _("行政区代码"), format="code", default=False),
        Column("holder", _("土地使用权人")),
        Column("land_use", _("土地用途")),
        Column("supply_method", _("供地方式"), computed=True, source="supply_method"),
        Column("signed_on", _("签订日期"), format="date"),
        Column("area_cm2", _("面积"), unit=_("亩"), format="mu", total=True),
        Column("price_fen", _("成交价款"), unit=_("万元"), format="wan_yuan", total=True),
        Column("per_mu", _("单价"), unit=_("万元/亩"), format="number", computed=True, source="fen_per_cm2"),
        Column("far", _("约定容积率"), computed=True, sortable=False),
        Column("far_lower", _("容积率下限（原文）"), default=False),
        Column("far_upper", _("容积率上限（原文）"), default=False),
        Column("term_years", _("年限"), default=False),
        Column("industry", _("行业"), default=False),
        Column("land_grade", _("土地级别"), default=False),
        Column("source_area_cm2", _("存量面积"), unit=_("亩"), format="mu", total=True, default=False),
        Column("project_name", _("项目名称"), default=False),
        Column("approver", _("批准单位"), default=False),
        Column("contract_number", _("合同编号"), format="code", default=False),
        Column("source", _("来源"), default=False),
    )
    filters = (
        Filter("q", _("坐落、受让人、项目"), source=("location", "holder", "project_name", "contract_number")),
        Filter("place", _("地区、行政区"), source=("region", "division", "division_code")),
        Filter("land_use", _("土地用途")),
        Filter("supply_method", _("供地方式"), kind="choice", choices=lambda user: methods()),
        Filter("signed_on", _("签订日期"), kind="date"),
        Filter("area", _("面积"), kind="range", source="area_cm2", unit="mu"),
        Filter("price", _("成交价款"), kind="range", source="price_fen", unit="wan_yuan"),
        Filter("swapped", _("容积率上下限颠倒"), kind="flag", source="far_swapped"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.comparable(user)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("price_fen", "area_cm2", "far_lower", "far_upper", "far_swapped", "supply_method")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        words = dict(methods())
        for row in rows:
            row["per_mu"] = queries.per_mu(row["price_fen"], row["area_cm2"])
            row["far"] = limits_in_words(row["far_lower"], row["far_upper"])
            row["supply_method"] = words.get(row["supply_method"], row["supply_method"])

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Beside the sums: price and area of the deals that have both, for the mean price."""
        found = self.rows_query.order_by().aggregate(
            priced_fen=Sum("price_fen", filter=PRICED),
            priced_cm2=Sum("area_cm2", filter=PRICED),
            n_per_mu=Count("pk", filter=PRICED),
        )
        return {**super().totals, **found}

    def foot(self) -> list[dict[str, str]]:
        """The mean price is that of all the land together, not the mean of prices."""
        cells = super().foot()
        mean = queries.per_mu(self.totals["priced_fen"], self.totals["priced_cm2"])
        for column, cell in zip(self.chosen, cells, strict=True):
            if column.name == "per_mu" and mean is not None:
                shares = {"had": f"{self.totals['n_per_mu']:,}", "rows": f"{self.totals['rows']:,}"}
                cell |= {"text": column.text(mean), "note": _now("加权均价，%(had)s/%(rows)s 有价") % shares}
        return cells


def limits_in_words(far_lower: str, far_upper: str) -> str:
    """“1.2–2”, “≥1”, “≤2”, "" when nothing was agreed, and a warning for swapped ones."""
    found = queries.usable_limits(far_lower, far_upper)
    if found is None:
        return _now("上下限颠倒，不采用（下限 %(low)s、上限 %(high)s）") % {"low": far_lower, "high": far_upper}
    lower, upper = found
    if lower is not None and upper is not None:
        return f"{lower}–{upper}"
    return f"≥{lower}" if lower is not None else f"≤{upper}" if upper is not None else ""
