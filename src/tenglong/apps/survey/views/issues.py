"""Defects of a batch: grouped by rule, on a small map, and accepted with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.survey import picture, queries, service, shown
from tenglong.apps.survey.forms import ReasonForm
from tenglong.apps.survey.models import ImportBatch, StagedIssue, State
from tenglong.apps.survey.views._common import batch_or_404, described
from tenglong.domain.quality.rules import RULES
from tenglong.web.twins import Twin

PAGE = 50
TONES = {"error": "late", "warning": "warn", "info": "run"}
WORDS = {"error": gettext_lazy("退回"), "warning": gettext_lazy("提醒"), "info": gettext_lazy("说明")}


@requires("survey.import")
def batch_issues(request: HttpRequest, ulid: str) -> HttpResponse:
    batch = batch_or_404(request, ulid)
    groups = queries.issue_groups(request.user, batch)
    rule = request.GET.get("rule", "")
    found = queries.issues(request.user, batch)
    page = Paginator(found.filter(rule=rule) if rule else found, PAGE).get_page(request.GET.get("page"))
    for group in groups:
        group.update(label=rule_label(group["rule"]), tone=TONES[group["severity"]], word=WORDS[group["severity"]])
    context = {
        **described(batch),
        "groups": groups,
        "rule": rule,
        "page": page,
        "rows": [_shown(batch, issue) for issue in page],
        "may_waive": can(request.user, "survey.waive") and batch.state == State.PREVIEW,
        "form": ReasonForm(),
        "picture": _picture(found.filter(rule=rule) if rule else found),
        "skipped": batch.extra.get("skipped", []),
        "offset": batch.extra.get("offset", ""),
    }
    return render(request, "survey/issues.html", context)


#: rules of reading a cell and of meeting the record; those of quality carry their own names
READING = {
    "bad-number": gettext_lazy("不是数"),
    "bad-date": gettext_lazy("不是日期"),
    "bad-period": gettext_lazy("不是期间"),
    "cell-unit-differs": gettext_lazy("单元格单位不同"),
    "date-out-of-range": gettext_lazy("日期不合常理"),
    "missing-required": gettext_lazy("必填项空着"),
    "negative-value": gettext_lazy("负数"),
    "non-finite-coordinates": gettext_lazy("坐标不是数"),
    "null-date": gettext_lazy("空日期"),
    "number-in-text": gettext_lazy("文字里的数"),
    "several-terms-in-cell": gettext_lazy("一格多值"),
    "text-too-long": gettext_lazy("文字过长"),
    "unknown-choice": gettext_lazy("选项不认识"),
    "value-out-of-range": gettext_lazy("数值超出范围"),
    "geometry-unreadable": gettext_lazy("图形读不出"),
    "uscc-scientific-notation": gettext_lazy("信用代码变成科学计数"),
    "outside-scope": gettext_lazy("不在管辖范围"),
    "unknown-plot": gettext_lazy("地块未登记"),
    "unknown-parcel": gettext_lazy("宗地未登记"),
    "unknown-building": gettext_lazy("建筑未登记"),
    "unknown-enterprise": gettext_lazy("企业未登记"),
    "ambiguous-enterprise": gettext_lazy("企业重名"),
    "missing-town": gettext_lazy("没有镇街"),
    "crs-offset": gettext_lazy("坐标疑似加偏"),
}


def rule_label(rule: str) -> str:
    """What people call the rule; its id when nobody gave it a name."""
    return _(RULES[rule].label) if rule in RULES else str(READING.get(rule, rule))


def _shown(batch: ImportBatch, issue: StagedIssue) -> dict[str, Any]:
    waiver = getattr(issue, "waiver", None)
    return {
        "issue": issue,
        "label": rule_label(issue.rule),
        "field": shown.label(batch.kind, issue.field) if issue.field else "",
        "tone": TONES[issue.severity],
        "word": WORDS[issue.severity],
        "waiver": waiver,
    }


def _picture(found: Any) -> picture.Picture | None:
    places = found.exclude(lon=None).values_list("lon", "lat", "severity", "rule", "row")[: picture.MOST_POINTS]
    dots = [
        (lon, lat, TONES[severity], f"{row}: {rule_label(rule)}", f"#row-{row}") for lon, lat, severity, rule, row in places
    ]
    return picture.draw([], [], dots)


@requires("survey.import")
def batch_issues_json(request: HttpRequest, ulid: str) -> Twin:
    """The same report that `tenglong check --json` prints, with the batch and its waivers."""
    batch = batch_or_404(request, ulid)
    return Twin(queries.report(request.user, batch).as_json(), json_dumps_params={"ensure_ascii": False})


@require_POST
@requires("survey.waive")
def waive(request: HttpRequest, ulid: str) -> HttpResponse:
    issue = queries.issues(request.user).filter(ulid=ulid).first()
    if issue is None:
        raise Http404(_("没有这个问题，或它不在您的管辖范围内。"))
    try:
        if request.POST.get("undo"):
            service.take_back(request.user, issue)
        else:
            service.waive(request.user, issue, request.POST.get("reason", ""))
    except service.SurveyError as error:
        messages.error(request, str(error))
    rule = request.POST.get("rule", "")
    return redirect(
        reverse("survey:batch-issues", args=[issue.batch.ulid]) + (f"?rule={rule}" if rule.replace("-", "").isalnum() else "")
    )
