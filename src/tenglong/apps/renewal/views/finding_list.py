"""The list of findings of a run; without a choice, of the newest one that the user may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Value
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.places import enterprise_names, town_choices, town_names
from tenglong.apps.renewal.criteria_sets import of_run
from tenglong.apps.renewal.models import Change, Verdict
from tenglong.apps.renewal.queries import findings as queries
from tenglong.web.listing import Column, Filter, ListPage, Tool


def run_choices(user: Any) -> list[tuple[str, str]]:
    return [(run.ulid, f"{run.year} · {_now(of_run(run).label)} · {timezone.localtime(run.created_at):%m-%d %H:%M}")
            for run in queries.runs(user)]


class FindingList(ListPage):
    id, title, noun, verb = "findings", _("疑似低效用地"), _("块"), "renewal.view"
    order, row_url = (F("priority").asc(nulls_last=True), "plot_code"), "renewal:finding"  # type: ignore[assignment]
    crumbs = ((_("整治"), ""),)
    tools = (Tool(_("识别记录"), "renewal:finding-runs", "renewal.view", "list"),)
    empty_title = _("还没有识别结果")
    empty_text = _("按年度和标准识别一次，这里列出每块地是否疑似低效、为什么、缺什么数据。")
    caliber = _("所选识别中您管辖范围内的地块；面积为实测面积，没有实测的用证载面积；“疑似低效”不是认定")
    columns = (
        Column("plot_code", _("地块码"), format="code", lead=True),
        Column("holder", _("权利人"), computed=True),
        Column("town", _("镇街"), computed=True, source="division_code"),
        Column("land_cm2", _("面积"), unit=_("亩"), format="mu", total=True),
        Column("verdict", _("结论"), format="chip", kind="finding_verdict"),
        Column("grade_class", _("类别")),
        Column("priority", _("优先级"), format="int"),
        Column("met", _("命中条件"), computed=True, wrap=True),
        Column("lacking", _("缺少的数据"), computed=True, wrap=True),
        Column("change", _("与上年比"), format="chip", kind="finding_change"),
        Column("zone_code", _("片区"), format="code", default=False),
    )

    @cached_property
    def run(self) -> Any:
        asked = self.params.get("run", "")
        return queries.runs(self.user).filter(ulid=asked).first() if asked else queries.latest(self.user)

    @property
    def filters(self) -> tuple[Filter, ...]:  # type: ignore[override]
        return (
            Filter("q", _("地块码"), source=("plot_code",)),
            Filter("run", _("识别"), kind="choice", source="run__ulid", choices=run_choices),
            Filter("town", _("镇街"), kind="choice", source="division_code", choices=town_choices),
            Filter("verdict", _("结论"), kind="choice", choices=list(Verdict.choices)),
            Filter("class", _("类别"), kind="choice", source="grade_class", choices=self._classes()),
            Filter("criterion", _("命中条件"), kind="choice", choices=self._criteria()),
            Filter("priority", _("优先级"), kind="choice", choices=[(str(n), str(n)) for n in range(1, 10)]),
            Filter("change", _("与上年比"), kind="choice", choices=list(Change.choices)),
            Filter("area", _("面积"), kind="range", source="land_cm2", unit="mu"),
        )

    def _criteria(self) -> list[tuple[str, str]]:
        known = [] if self.run is None else self.run.counts.get("criteria", [])
        return [(one["id"], one["label"]) for one in known]

    def _classes(self) -> list[tuple[str, str]]:
        known = {} if self.run is None else self.run.counts.get("classes", {})
        return [(label, label) for label in known]

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "holder_id", "hits", "lacks")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        if self.run is None:
            return queries.findings(user).none()
        criterion = self.params.get("criterion", "")
        found = queries.findings(user, self.run).annotate(criterion=Value(criterion))
        return found.filter(hits__icontains=f'"{criterion}"') if criterion.isidentifier() else found

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        names = enterprise_names(self.user, [row["holder_id"] for row in rows])
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["holder"] = names.get(row.pop("holder_id"), ("", ""))[1]
            row["met"] = "、".join(hit["label"] for hit in row.pop("hits") if not hit["waived"])
            row["lacking"] = "、".join(one["label"] for one in row.pop("lacks"))
