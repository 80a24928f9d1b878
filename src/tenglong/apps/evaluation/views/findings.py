"""数据核查: what was found, where it comes from, waived with a reason; and the freeze with what still stands in its way."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.forms_freeze import FreezeForm
from tenglong.apps.evaluation.ready import obstacles
from tenglong.apps.evaluation.source_rows import record_url
from tenglong.apps.evaluation.views.common import cycle_or_404, done, head
from tenglong.apps.evaluation.views.cycle_listing import CycleListPage
from tenglong.apps.evaluation.words import RULES, SEVERITIES
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry.places import town_choices
from tenglong.apps.survey import queries as survey
from tenglong.domain.evaluation.figures import unit_text
from tenglong.domain.measures import packaged
from tenglong.web.listing import Column, Filter


class FindingList(CycleListPage):
    id, title, noun, verb, tab = "findings", _("数据核查"), _("条"), "evaluation.view", "findings"
    key, order, row_url = "pk", ("weight", "rule", "subject", "pk"), "evaluation:finding"
    template = "evaluation/finding_list.html"
    empty_title = _("没有问题可处理")
    empty_text = _(
        "没有查出问题，或者还没有核查过。核查逐户核对部门数据、用地和上年变化；数据补齐后可以再查一遍，已豁免的问题不变就保留。")
    caliber = _("最近一次核查的结果")
    columns = (
        Column("subject", _("对象"), lead=True),
        Column("severity", _("程度"), format="chip", kind="finding_level"),
        Column("town", _("镇街"), computed=True, source="division_code"),
        Column("told", _("问题"), computed=True, wrap=True),
        Column("fix", _("怎么改"), wrap=True),
        Column("waived_reason", _("豁免理由")),
        Column("rule", _("规则"), format="choice", kind="finding_rule"),
    )
    filters = (
        Filter("q", _("对象"), source="subject"),
        Filter("severity", _("程度"), kind="choice", choices=list(SEVERITIES.items())),
        Filter("town", _("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("rule", _("规则"), kind="choice", choices=list(RULES.items())),
        Filter("waived", _("已豁免"), kind="flag", source="is_waived"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "message", "sensitive")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        waived = Case(When(waived_at__isnull=False, then=Value(True)), default=Value(False), output_field=BooleanField())
        weight = Case(*(When(severity=name, then=Value(place)) for place, name in enumerate(SEVERITIES)), default=Value(9))
        return queries.findings(user, self.cycle).annotate(is_waived=waived, weight=weight)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        self.name_towns(rows)
        bare = can(self.user, "sensitive.view")
        for row in rows:
            row["told"] = told(row["message"], sensitive=row["sensitive"], bare=bare)
            del row["message"]

    def more(self) -> dict[str, Any]:
        rows = queries.findings(self.user, self.cycle)
        return {
            "open": rows.filter(severity="error", waived_at__isnull=True).count(),
            "may_check": self.cycle.stage in ("data", "checks", "sheets"),
        }


def told(message: str, *, sensitive: bool, bare: bool) -> str:
    """The sentence; one that holds a figure of a firm is closed to whoever may not see figures."""
    return message if bare or not sensitive else _now("%(hidden)s 这条问题含有企业数据，您没有查看权限。") % {"hidden": HIDDEN}


@require_POST
@requires("evaluation.manage")
def check(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    job = done(request, lambda: service.run_checks(request.user, cycle), _now("已开始核查"))
    return redirect("jobs:show", job.ulid) if job else redirect("evaluation:findings", ulid)


def _finding(request: HttpRequest, pk: int) -> tuple[Any, Any]:
    """The finding in whichever cycle of the user's it stands."""
    for cycle in queries.cycles(request.user):
        try:
            return cycle, queries.finding(request.user, cycle, pk)
        except ObjectDoesNotExist:
            continue
    raise Http404(_now("没有这个问题，或它不在您的管辖范围内。"))


@requires("evaluation.view")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """With what it found, what was expected, and the row of the import that the figure came with."""
    cycle, finding = _finding(request, pk)
    area = None
    if finding.enterprise_id:
        area = queries.areas(request.user, cycle).filter(enterprise_id=finding.enterprise_id).first()
    sentence = told(finding.message, sensitive=finding.sensitive, bare=can(request.user, "sensitive.view"))
    return render(request, "evaluation/finding.html", {
        **head(request, cycle, "findings"), "finding": finding, "told": sentence, "area": area,
        "final": finding.rule == "statistics", **_origin(request, finding),
    })


def _origin(request: HttpRequest, finding: Any) -> dict[str, Any]:
    """The unit of the figure, what it was compared with, the file it came in and the record it stands in."""
    measure, source = packaged().get(finding.measure), finding.source
    batch = survey.batches(request.user).filter(pk=source.get("batch") or 0).first()
    against = {"last_year": _now("上年"), "industry": _now("同行业中位数")}.get(source.get("against", ""), _now("参照"))
    record = record_url(request.user, finding.enterprise_id, "facts") if finding.enterprise_id else ""
    return {"unit": _now(unit_text(measure.unit)) if measure else "", "label": _now(measure.label) if measure else "",
            "rule_word": RULES.get(finding.rule, finding.rule),
            "against": against, "batch": batch, "record": record}


@require_POST
@requires("evaluation.manage")
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    _cycle, finding = _finding(request, pk)
    reason = request.POST.get("reason", "")
    done(request, lambda: service.waive_check(request.user, finding, reason), _now("已豁免，理由记入审计"))
    return redirect("evaluation:finding", pk)


#: also after an unfreeze: then the earlier snapshot is kept and another freeze may follow
BEFORE_FREEZE = ("draft", "land_review", "land_publicity", "data", "checks", "sheets")


@requires("evaluation.freeze")
def freeze(request: HttpRequest, ulid: str) -> HttpResponse:
    """Typed confirmation; what is in the way is told before and refused again by the service."""
    cycle = cycle_or_404(request, ulid)
    blocks = obstacles(request.user, cycle)
    form = FreezeForm(cycle, request.POST or None)
    if request.method == "POST" and form.is_valid() and not any(one.blocks for one in blocks):
        args = {"cycle": cycle.ulid, "kind": "frozen"}
        job = jobs.enqueue(request.user, "evaluation.snapshot", args, subject=cycle.title)
        return redirect("jobs:show", job.ulid)
    return render(request, "evaluation/freeze.html", {
        **head(request, cycle, "freeze"), "form": form, "obstacles": blocks, "blocked": any(one.blocks for one in blocks),
        "snapshots": queries.snapshots(request.user, cycle),
        "frozen": None if cycle.stage in BEFORE_FREEZE else queries.latest_snapshot(request.user, cycle),
    }, status=400 if form.is_bound else 200)
