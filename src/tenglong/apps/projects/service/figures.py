"""Investment, output and tax by month: what was planned, and what was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import FigureKind, MonthFigure, Phase, Project
from tenglong.apps.projects.service.base import WORK, locked
from tenglong.domain.delta import Delta

#: first day of the month, planned 分, actual 分
Row = tuple[date, int | None, int | None]
MOST_MONTHS = 240
FIRST_YEAR, LAST_YEAR = 2000, 2100


@transaction.atomic
def enter(
    actor: Any, project: Project, kind: str, rows: Sequence[Row], *, phase: Phase | None = None, source: str = "",
) -> int:
    """Months of one kind; planned and actual both None takes a month away. One audit entry for all of them.

    A month that has not begun has no actual figure. Returns how many months changed. Raises Refused, ProjectError.
    """
    held = locked(actor, project, WORK)
    if kind not in FigureKind.values:
        raise ProjectError(_("没有这类月度数。"))
    if len(rows) > MOST_MONTHS:
        raise ProjectError(_("一次最多填 %(n)s 个月。") % {"n": MOST_MONTHS})
    if len({month for month, _planned, _actual in rows}) < len(rows):
        raise ProjectError(_("同一个月只填一行。"))
    if phase is not None and phase.project_id != held.pk:
        raise ProjectError(_("这一期不属于这个项目。"))
    mine = MonthFigure.objects.filter(project=held, phase=phase, kind=kind)
    known = {one.month: one for one in mine}
    told: list[Delta] = []
    fresh: list[MonthFigure] = []
    for month, planned, actual in rows:
        _fits(month, planned, actual)
        old = known.get(month)
        if (old.planned_fen if old else None, old.actual_fen if old else None) == (planned, actual):
            continue
        told.append(Delta(f"{kind}.{month:%Y-%m}", [old.planned_fen, old.actual_fen] if old else None, [planned, actual]))
        new = {"planned_fen": planned, "actual_fen": actual, "source": source[:120], "entered_by": actor}
        if planned is None and actual is None:
            mine.filter(month=month).delete()
        elif old is not None:
            mine.filter(month=month).update(**new, entered_at=timezone.now())
        else:
            fresh.append(MonthFigure(project=held, phase=phase, kind=kind, month=month, **new))
    MonthFigure.objects.bulk_create(fresh)
    if told:
        record(actor, "project.months", "project", held.ulid, deltas=told, count=len(told), digest=digest_of(told),
               reason=source)
    return len(told)


def _fits(month: date, planned: int | None, actual: int | None) -> None:
    if month.day != 1 or not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise ProjectError(_("月份写成 2026-03 这样。"))
    if actual is not None and month > timezone.localdate():
        raise ProjectError(_("%(month)s 还没有到，不能填实际数；预期写在计划里。") % {"month": f"{month:%Y-%m}"})
    if any(value is not None and value < 0 for value in (planned, actual)):
        raise ProjectError(_("月度数不能为负。"))

