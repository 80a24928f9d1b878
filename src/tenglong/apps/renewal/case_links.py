"""From the page of a case to the finding, the idle land, the plan or the counters that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.casework import service as casework
from tenglong.apps.renewal import plan_queries
from tenglong.apps.renewal.models import Treated
from tenglong.apps.renewal.queries import findings, idle
from tenglong.apps.renewal.service.publishing import DEFINITION


def of_case(case: Any, user: Any) -> Iterator[casework.About]:
    """What each of the three procedures of renewal is about; a plan only for the persons named to read it."""
    if case.definition == DEFINITION:
        yield from _renewal(case, user)
    for held in findings.appeals(user).filter(case=case):
        pages = (casework.page_of(user, f"renewal:{name}", held.finding.ulid) for name in ("finding", "own-finding"))
        text = _("%(year)s 年 %(code)s") % {"year": held.finding.run.year, "code": held.finding.plot_code}
        yield casework.About(_("低效识别"), text, next(filter(None, pages), ""))
    for land in idle.idle_lands(user).filter(case=case):
        yield casework.About(_("闲置土地"), land.plot_code, casework.page_of(user, "renewal:idle-land", land.ulid))


def _renewal(case: Any, user: Any) -> Iterator[casework.About]:
    for plan in plan_queries.plan_list(user).filter(items__case=case).distinct():
        yield casework.About(_("整治方案"), f"{plan.title} v{plan.version}", casework.page_of(user, "renewal:plan", plan.ulid))
    if can(user, "renewal.view"):
        held = findings.of_plot(user, case.subject_id).first()
        if held is not None:
            text = f"{held.run.year} {held.get_verdict_display()}"
            yield casework.About(_("低效识别"), text, casework.page_of(user, "renewal:finding", held.ulid))
        for row in scoped(user, Treated.objects.filter(case=case, voided_at=None)):
            page = casework.page_of(user, "renewal:treated-row", row.ulid)
            yield casework.About(_("计入成效"), row.done_on.isoformat(), page)
