"""What casework shows on the workbench and on record pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.casework import escalation, queries
from tenglong.web.counters import Reading

LISTED = 8
MOST_ON_RECORD = 50


def tasks(request: HttpRequest) -> str:
    """The next tasks by deadline; silent for who has none."""
    found = queries.inbox(request.user, limit=LISTED)
    if not found.counts["all"]:
        return ""
    context = {"rows": found.rows, "counts": found.counts, "more": found.counts["all"] - len(found.rows)}
    return render_to_string("casework/panel_tasks.html", context, request)


def counter(user: Any) -> Reading | None:
    counts = queries.inbox_counts(user)
    if not counts["all"]:
        return None
    late, today = counts["overdue"], counts["today"]
    text = _("今天到期 %(today)s，逾期 %(late)s") % {"today": today, "late": late}
    return Reading(f"{counts['all']:,}", _("项"), text, reverse("casework:inbox"), "late" if late else "warn" if today else "")


def before_leader(user: Any) -> Reading | None:
    """What is put before the leader; silent when nothing is."""
    number = escalation.escalated(user).count()
    if not number:
        return None
    text = _("逾期超过流程规定天数，或经办人提请")
    return Reading(f"{number:,}", _("项"), text, reverse("casework:escalations"), "late")


def of_plot(request: HttpRequest, version: Any) -> str:
    return _of(request, "plot", version.plot_id)


def of_enterprise(request: HttpRequest, version: Any) -> str:
    return _of(request, "enterprise", version.enterprise_id)


def _of(request: HttpRequest, subject_type: str, subject_id: int) -> str:
    rows = queries.of_subject(request.user, subject_type, subject_id)[:MOST_ON_RECORD]
    return render_to_string("casework/record_cases.html", {"rows": rows}, request)
