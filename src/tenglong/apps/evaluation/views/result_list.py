"""The list of results of a run; without a choice, of the latest formal run (else the latest) that the user may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.views.run_common import STANDINGS, grade_order, group_labels, points
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.web.listing import Column, Filter, ListPage


def all_runs(user: Any) -> list[Any]:
    """Runs of every cycle in sight, formal ones of the newest cycle first."""
    found = [run for cycle in queries.cycles(user) for run in queries.runs(user, cycle).select_related("cycle")]
    return sorted(found, key=lambda run: (-run.cycle.year, run.kind != "formal", -run.pk))


class ResultList(ListPage):
    id, title, noun, verb = "results", _("评价结果"), _("家"), "evaluation.view"
    order, key = ("unranked", "group", "rank", "key"), "key"
    empty_title = _("还没有评价结果")
    empty_text = _("在评价批次里试算或正式运算之后，这里列出每家企业的得分、名次和等级。")
    caliber = _("所选运算中您管辖范围内的企业；等级为按办法计算的结果，调档另列")
    columns = (
        Column("name", _("企业名称"), lead=True),
        Column("uscc", _("统一社会信用代码"), format="code"),
        Column("group", _("评价组"), computed=True, source="group"),
        Column("standing", _("结论"), computed=True, source="standing"),
        Column("total", _("总分"), computed=True, source="total", unit=_("分")),
        Column("rank", _("名次"), format="int"),
        Column("n", _("参评数"), format="int"),
        Column("grade", _("等级")),
        Column("now", _("调档后"), computed=True),
        Column("town", _("镇街"), computed=True, source="town"),
        Column("industry", _("行业"), format="code"),
        Column("zone", _("片区"), format="code", default=False),
    )

    @cached_property
    def run(self) -> Any:
        known = all_runs(self.user)
        asked = self.params.get("run", "")
        return next((run for run in known if run.ulid == asked), None if asked else (known[0] if known else None))

    @property
    def filters(self) -> tuple[Filter, ...]:  # type: ignore[override]
        run = self.run
        groups = list(group_labels(self._full).items()) if run else []
        grades = [(grade, grade) for grade in grade_order(self._full)] if run else []
        return (
            Filter("q", _("企业或代码"), source=("name", "uscc", "key")),
            Filter("run", _("运算"), kind="choice", source="run__ulid", choices=run_choices),
            Filter("grade", _("等级"), kind="choice", choices=grades),
            Filter("group", _("评价组"), kind="choice", choices=groups),
            Filter("standing", _("结论"), kind="choice", choices=list(STANDINGS.items())),
            Filter("town", _("镇街"), kind="choice", choices=town_choices),
            Filter("industry", _("行业代码"), source="industry", prefix=True),
        )

    @cached_property
    def _full(self) -> Any:
        return queries.run(self.user, self.run.ulid)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("group", "standing", "total", "decimals", "town", "enterprise_id", "run__ulid")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        from tenglong.apps.evaluation.models import Result

        apart = Case(When(rank__isnull=True, then=Value(1)), default=Value(0))
        found = Result.objects.none() if self.run is None else queries.results(user, self.run)
        return found.annotate(unranked=apart)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        towns, labels = town_names(self.user), group_labels(self._full)
        changed = dict(queries.adjustments(self.user, self.run.cycle).filter(run=self.run, state="approved")
                       .values_list("enterprise_id", "to_grade"))
        for row in rows:
            row["total"] = points(row["total"], row.pop("decimals"))
            row["group"] = labels.get(row["group"], row["group"])
            row["standing"] = str(STANDINGS.get(row["standing"], row["standing"]))
            row["town"] = towns.get(row["town"], row["town"])
            row["now"] = changed.get(row["enterprise_id"], "")

    def url_of(self, row: dict[str, Any]) -> str:
        return reverse("evaluation:result", args=[row["run__ulid"], row["row_key"]])


def run_choices(user: Any) -> list[tuple[str, str]]:
    return [(run.ulid, f"{run.cycle.year} {run.get_kind_display()} {run.created_at:%m-%d %H:%M} {run.scheme_id}")
            for run in all_runs(user)]
