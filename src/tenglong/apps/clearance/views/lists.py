"""Lists of clearing: projects, holders of a day, plots of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.clearance import policies
from tenglong.apps.clearance.models import HolderKind, State
from tenglong.apps.clearance.queries import rows as queries
from tenglong.apps.clearance.words import STAGES as STAGE_WORDS
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.domain.landing.clearance.policy import STAGES
from tenglong.web.listing import Column, Filter, ListPage, Tool

MARK = gettext_lazy("仅作摸底，不是征收决定")
CRUMBS = ((gettext_lazy("征迁"), ""),)


def project_choices(user: Any) -> list[tuple[str, str]]:
    return list(queries.clearances(user).order_by("-pk").values_list("ulid", "title"))


def kind_choices(user: Any) -> list[tuple[str, str]]:
    return [(name, _(one.label)) for name, one in policies.current().kinds.items()]


def reason_choices(user: Any) -> list[tuple[str, str]]:
    return [(name, _(one.label)) for name, one in policies.current().reasons.items()]


def reached() -> tuple[Filter, ...]:
    """One flag for each stage: yes on that day, or not yet."""
    return tuple(Filter(stage, STAGE_WORDS[stage], kind="flag", source=f"done_{stage}") for stage in STAGES)


class ClearanceList(ListPage):
    id, title, noun, verb = "clearances", gettext_lazy("征迁项目"), gettext_lazy("个"), "clearance.view"
    order, row_url, crumbs = ("-pk",), "clearance:clearance", CRUMBS
    tools = (Tool(gettext_lazy("新建征迁项目"), "clearance:new", "clearance.work", primary=True),)
    empty_title = gettext_lazy("还没有征迁项目")
    empty_text = gettext_lazy("先建一个项目作摸底：选地块，权利人、承租户、宗地和厂房从底数里带出来。摸底不是征收决定。")
    empty_tool = Tool(gettext_lazy("新建征迁项目"), "clearance:new", "clearance.work")
    caliber = gettext_lazy("您管辖范围内的征迁项目，户数和面积为今天名单上的权利人；状态为“摸底”的仅作摸底，不是征收决定")
    columns = (
        Column("title", gettext_lazy("名称"), lead=True),
        Column("state", gettext_lazy("状态"), format="chip", kind="clearance_state"),
        Column("mark", gettext_lazy("说明"), computed=True, wrap=True),
        Column("kind_label", gettext_lazy("方式"), computed=True, source="kind"),
        Column("town", gettext_lazy("镇街"), computed=True, source="division_code"),
        Column("n_holders", gettext_lazy("权利人"), unit=gettext_lazy("户"), format="int", total=True),
        Column("land_cm2", gettext_lazy("用地面积"), unit=gettext_lazy("亩"), format="mu", total=True),
        Column("n_signed", gettext_lazy("已签约"), unit=gettext_lazy("户"), format="int", total=True),
        Column("n_vacated", gettext_lazy("已腾空"), unit=gettext_lazy("户"), format="int", total=True),
        Column("n_demolished", gettext_lazy("已拆除"), unit=gettext_lazy("户"), format="int", total=True),
        Column("surveyed_on", gettext_lazy("摸底日期"), format="date"),
        Column("started_on", gettext_lazy("启动日期"), format="date"),
    )
    filters = (
        Filter("q", gettext_lazy("名称"), source="title"),
        Filter("state", gettext_lazy("状态"), kind="choice", choices=list(State.choices)),
        Filter("kind", gettext_lazy("方式"), kind="choice", choices=kind_choices),
        Filter("town", gettext_lazy("镇街"), kind="choice", source="division_code", choices=town_choices),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "kind", "only_survey")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        only = Case(When(state=State.SURVEY, then=Value(True)), default=Value(False))
        return queries.with_counts(user).annotate(only_survey=only)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns, kinds = town_names(self.user), dict(kind_choices(self.user))
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["kind_label"] = kinds.get(row["kind"], row["kind"])
            row["mark"] = str(MARK) if row.pop("only_survey") else ""


class HolderList(ListPage):
    id, title, noun, verb = "cleared-holders", gettext_lazy("权利人"), gettext_lazy("户"), "clearance.view"
    order, row_url, dated = ("clearance_id", "number"), "clearance:holder", True
    crumbs = (*CRUMBS, (gettext_lazy("征迁项目"), "clearance:clearances"))
    empty_title = gettext_lazy("没有符合条件的权利人")
    empty_text = gettext_lazy("名单以截至日期那天为准；在项目页用“从地块带出权利人”列入名单。")
    caliber = gettext_lazy("截至日期那天名单上的权利人（不含承租户）；状态为“摸底”的项目仅作摸底，不是征收决定")
    columns = (
        Column("number", gettext_lazy("序号"), format="int"),
        Column("name", gettext_lazy("权利人"), lead=True),
        Column("project", gettext_lazy("项目"), source="clearance__title"),
        Column("mark", gettext_lazy("说明"), computed=True, wrap=True),
        Column("kind", gettext_lazy("类型"), format="choice", kind="holder_kind"),
        Column("land_cm2", gettext_lazy("用地面积"), unit=gettext_lazy("亩"), format="mu", total=True),
        Column("floor_cm2", gettext_lazy("建筑面积"), unit="m²", format="m2", total=True),
        Column("signed_on", gettext_lazy("签约"), format="date"),
        Column("funded_on", gettext_lazy("资金到位"), format="date"),
        Column("vacated_on", gettext_lazy("腾空"), format="date"),
        Column("demolished_on", gettext_lazy("拆除"), format="date"),
        Column("delivered_on", gettext_lazy("交付"), format="date"),
        Column("why", gettext_lazy("未签约的程序原因"), computed=True, source="reason", wrap=True),
        Column("next_on", gettext_lazy("下一步时间"), format="date"),
    )
    filters = (
        Filter("q", gettext_lazy("权利人"), source="name"),
        Filter("project", gettext_lazy("项目"), kind="choice", source="clearance__ulid", choices=project_choices),
        Filter("kind", gettext_lazy("类型"), kind="choice", choices=list(HolderKind.choices)),
        Filter("reason", gettext_lazy("未签约的程序原因"), kind="choice", choices=reason_choices),
        *reached(),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("reason", "clearance__state")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.on_day(user, on)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        """What happened after the day asked for is not shown as having happened."""
        day, words = self.on or timezone.localdate(), dict(reason_choices(self.user))
        for row in rows:
            for stage in STAGES:
                at = row.get(f"{stage}_on")
                row[f"{stage}_on"] = at if at and at <= day else None
            row["why"] = words.get(row["reason"], row["reason"])
            row["mark"] = str(MARK) if row.pop("clearance__state") == State.SURVEY else ""


class PlotList(ListPage):
    id, title, noun, verb = "cleared-plots", gettext_lazy("征迁地块"), gettext_lazy("块"), "clearance.view"
    order, row_url, dated, key = ("clearance_id", "code"), "registry:plot", True, "plot__ulid"
    crumbs = (*CRUMBS, (gettext_lazy("征迁项目"), "clearance:clearances"))
    empty_title = gettext_lazy("没有符合条件的地块")
    empty_text = gettext_lazy("地块上所有权利人都到了某一环节，地块才算到了这一环节。")
    caliber = gettext_lazy("截至日期那天名单上的地块；地块上所有权利人都办到才算办到；摸底项目仅作摸底，不是征收决定")
    columns = (
        Column("code", gettext_lazy("地块码"), format="code", lead=True),
        Column("project", gettext_lazy("项目"), source="clearance__title"),
        Column("mark", gettext_lazy("说明"), computed=True, wrap=True),
        Column("plot_area", gettext_lazy("列入面积"), unit=gettext_lazy("亩"), format="mu", total=True),
        Column("plot_holders", gettext_lazy("权利人"), unit=gettext_lazy("户"), format="int"),
        *(Column(f"{stage}_word", STAGE_WORDS[stage], computed=True) for stage in STAGES),
    )
    filters = (
        Filter("q", gettext_lazy("地块码"), source="code"),
        Filter("project", gettext_lazy("项目"), kind="choice", source="clearance__ulid", choices=project_choices),
        *reached(),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("clearance__state", *(f"done_{stage}" for stage in STAGES))

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.plots_on_day(user, on)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for stage in STAGES:
                row[f"{stage}_word"] = _("是") if row.pop(f"done_{stage}") else _("否")
            row["mark"] = str(MARK) if row.pop("clearance__state") == State.SURVEY else ""
