"""Lists of replanning, batches and listings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.places import town_choices, town_names
from tenglong.apps.supply.models import BatchState, ChangeState, ListingMethod, ListingState
from tenglong.apps.supply.queries import land
from tenglong.web.listing import Column, Filter, ListPage, Tool

WORK = "supply.work"
TOWN = Column("town", _("镇街"), computed=True, source="division_code")
IN_TOWN = Filter("town", _("镇街"), kind="choice", source="division_code", choices=town_choices)


class TownList(ListPage):
    verb = "supply.view"
    order = ("-pk",)
    crumbs = ((_("供地"), ""),)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code",)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])


class ChangeList(TownList):
    id, title, noun, row_url = "plan-changes", _("控规调整"), _("件"), "supply:change"
    tools = (Tool(_("新建控规调整"), "supply:change-new", WORK, primary=True),)
    empty_title = _("还没有控规调整")
    empty_text = _("写明哪一块地、从什么用途改成什么用途；公告不满 30 日不能报批，程序会算出最早的日期。")
    caliber = _("您管辖范围内的控规调整；面积为登记时填写")
    columns = (
        Column("title", _("名称"), lead=True), Column("state", _("状态"), format="chip", kind="change_state"), TOWN,
        Column("plan_unit", _("控规单元")), Column("use_before", _("现行用途")), Column("use_after", _("拟调整用途")),
        Column("area_cm2", _("面积"), unit=_("亩"), format="mu", total=True),
    )
    filters = (
        Filter("q", _("名称、控规单元"), source=("title", "plan_unit")), IN_TOWN,
        Filter("state", _("状态"), kind="choice", choices=list(ChangeState.choices)),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return land.changes(user)


class BatchList(TownList):
    id, title, noun, row_url = "supply-batches", _("供应批次"), _("批"), "supply:batch"
    tools = (Tool(_("新建批次"), "supply:batch-new", WORK, primary=True),)
    empty_title = _("还没有供应批次")
    empty_text = _("从储备库里挑出要一起供应的地块，附上标准地指标，报第二个人审定。")
    caliber = _("您管辖范围内的供应批次；面积为列入批次的供应面积")
    columns = (
        Column("title", _("批次名称"), lead=True), Column("state", _("状态"), format="chip", kind="batch_state"), TOWN,
        Column("planned_on", _("计划供应日期"), format="date"), Column("n_plots", _("地块数"), format="int"),
        Column("land_cm2", _("供应面积"), unit=_("亩"), format="mu"), Column("approved_on", _("审定日期"), format="date"),
    )
    filters = (
        Filter("q", _("批次名称"), source=("title",)), IN_TOWN,
        Filter("state", _("状态"), kind="choice", choices=list(BatchState.choices)),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return land.batches(user).annotate(n_plots=Count("plots"), land_cm2=Sum("plots__area_cm2"))


class ListingList(TownList):
    id, title, noun, row_url = "land-listings", _("出让"), _("宗"), "supply:listing"
    tools = (Tool(_("新建出让"), "supply:listing-new", WORK, primary=True),)
    empty_title = _("还没有出让")
    empty_text = _("招标、拍卖或挂牌一宗地：附指标、核对竞买条件、审定，再按法定时限一步步办。")
    caliber = _("您管辖范围内的出让；底价和开启前的报价不在这里")
    columns = (
        Column("number", _("公告编号"), format="code"), Column("title", _("地块名称"), lead=True),
        Column("state", _("状态"), format="chip", kind="listing_state"), TOWN,
        Column("method", _("出让方式"), format="choice", kind="listing_method"),
        Column("area_cm2", _("面积"), unit=_("亩"), format="mu", total=True), Column("land_use", _("用途")),
        Column("start_price_fen", _("起始价"), unit=_("万元"), format="wan_yuan", total=True),
        Column("price_fen", _("成交价"), unit=_("万元"), format="wan_yuan", total=True),
        Column("opened_on", _("开启日期"), format="date", default=False),
    )
    filters = (
        Filter("q", _("编号、名称"), source=("number", "title", "contract_number")), IN_TOWN,
        Filter("state", _("状态"), kind="choice", choices=list(ListingState.choices)),
        Filter("method", _("出让方式"), kind="choice", choices=list(ListingMethod.choices)),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return land.listings(user)
