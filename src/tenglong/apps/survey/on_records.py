"""What imports say on the record pages and on the workbench of the people they concern."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.registry import panels as changes
from tenglong.apps.registry.places import town_names
from tenglong.apps.registry.record_tabs import plot_issues
from tenglong.apps.survey import queries
from tenglong.apps.survey.models import ImportBatch, StagedIssue, State
from tenglong.web import panels, tabs

LIVE = (State.PREVIEW, State.CONFIRMING, State.DONE)
MOST = 50
LISTED = 8


def add() -> None:
    """Called once, when the app is ready."""
    tabs.register("plot", "issues", _("问题"), of_plot, "plot.view", 40)
    tabs.register("enterprise", "issues", _("问题"), of_enterprise, "enterprise.view", 45)
    panels.register("imports", _("等我确认的导入"), waiting, "survey.confirm", 5, side=True)
    panels.register("issues", _("摸排里还没解决的问题"), unsolved, "survey.import", 15, side=True)
    changes.known("import_batch", found_batches)


def of_plot(request: HttpRequest, version: Any) -> str:
    """What the record lacks, then what the latest imports found."""
    town = town_names(request.user).get(version.division_code, "")
    numbers = [f"{place}|{version.survey_number}" for place in (town, version.division_code) if place and version.survey_number]
    return format_html("{}{}", SafeString(plot_issues(request, version)), _found(request, "plots", [version.code, *numbers]))


def of_enterprise(request: HttpRequest, version: Any) -> str:
    return _found(request, "enterprises", [version.enterprise.key, version.uscc, version.name])


def _found(request: HttpRequest, kind: str, keys: Iterable[str]) -> SafeString:
    from tenglong.apps.survey.views.issues import rule_label

    names = [key for key in dict.fromkeys(keys) if key]
    lines = [(issue, rule_label(issue.rule), getattr(issue, "waiver", None)) for issue in current(request.user, kind, names)]
    may_open = can(request.user, "survey.import")
    return render_to_string("survey/record_issues.html", {"lines": lines, "may_open": may_open}, request)


def current(user: Any, kind: str, keys: list[str]) -> list[StagedIssue]:
    """Issues of the latest import that named the record by one of `keys`; an older import's are settled by a newer one."""
    rows = queries.staged(user).filter(batch__kind=kind, batch__state__in=LIVE, key__in=keys)
    latest = rows.aggregate(batch=Max("batch_id"))["batch"]
    if latest is None:
        return []
    found = queries.issues(user).filter(batch_id=latest, key__in=keys).order_by("waiver__at", "severity", "row")
    return list(found[:MOST])


def waiting(request: HttpRequest) -> str:
    """Imports in preview, newest first; silent when there are none."""
    found = queries.batches(request.user).filter(state=State.PREVIEW)
    total = found.count()
    if not total:
        return ""
    context = {"batches": found[:LISTED], "more": total - LISTED}
    return render_to_string("survey/panel_waiting.html", context, request)


def unsolved(request: HttpRequest) -> str:
    """Per rule: issues nobody has waived, of imports that are in preview or in the record."""
    from tenglong.apps.survey.views.issues import rule_label

    found = open_issues(request.user)
    groups = found.order_by().values("rule", "severity").annotate(number=Count("pk")).order_by("severity", "-number")
    lines = [(rule_label(group["rule"]), group["severity"], group["rule"], group["number"]) for group in groups[:LISTED]]
    if not lines:
        return ""
    return render_to_string("survey/panel_issues.html", {"lines": lines, "total": found.count()}, request)


def open_issues(user: Any) -> QuerySet[StagedIssue]:
    return queries.issues(user).filter(waiver=None, severity__in=("error", "warning"), batch__state__in=LIVE)


def found_batches(user: Any, ulids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Batch → what it is called and its page, for those that the user may see."""
    if not can(user, "survey.import"):
        return {}
    rows: QuerySet[ImportBatch] = queries.batches(user).filter(ulid__in=set(ulids))
    return {row.ulid: (f"{row.file_name} {row.table_name}".strip(), reverse("survey:batch", args=[row.ulid])) for row in rows}

