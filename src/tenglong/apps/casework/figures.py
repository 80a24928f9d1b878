"""Figures of a period for the weekly bulletin and the half-month list, each with its denominator.

A case counts in a period by the day it was opened and the day it ended; a task by its deadline. Waits that must run
(min_wait) and tasks that lapsed with a move are no deadlines kept or missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.casework import pinning, queries, supervisions
from tenglong.apps.casework.models import CaseEvent, Task
from tenglong.apps.casework.titles import definition_labels
from tenglong.apps.registry.places import town_names

LISTED: Final = 50
MOST_ROWS: Final = 500
TOWN_DIGITS: Final = 9


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def behind(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @property
    def text(self) -> str:
        return _("%(first)s 至 %(last)s") % {"first": self.first, "last": self.last}


def _case_counts(period: Period) -> dict[str, Count]:
    running = Q(closed_at=None) | Q(closed_at__gte=period.begins)
    ended = Q(closed_at__gte=period.begins, closed_at__lt=period.behind)
    return {
        "before": Count("pk", filter=Q(opened_on__lt=period.first) & running),
        "opened": Count("pk", filter=Q(opened_on__range=(period.first, period.last))),
        "closed": Count("pk", filter=ended),
        "after": Count("pk", filter=Q(opened_on__lte=period.last) & (Q(closed_at=None) | Q(closed_at__gte=period.behind))),
    }


def _task_counts(period: Period) -> dict[str, Count]:
    fell_due = Q(due_on__range=(period.first, period.last))
    return {
        "due": Count("pk", filter=fell_due),
        "in_time": Count("pk", filter=fell_due & Q(outcome="done", done_on__lte=F("due_on"))),
        "late": Count("pk", filter=Q(due_on__lt=period.last) & (Q(done_on=None) | Q(done_on__gt=period.last))),
        "open": Count("pk", filter=Q(opened_on__lte=period.last) & (Q(done_on=None) | Q(done_on__gt=period.last))),
    }


COUNTS = ("before", "opened", "closed", "after", "due", "in_time", "late", "open")


def counted(user: Any, period: Period, by: str) -> dict[str, dict[str, int]]:
    """Counts by `definition` or `division_code` (cut to the town)."""
    out: dict[str, dict[str, int]] = {}
    tasks = scoped(user, Task.objects.exclude(kind="min_wait").exclude(outcome="lapsed"))
    sources: tuple[tuple[Any, str, dict[str, Count]], ...] = (
        (queries.cases(user), by, _case_counts(period)), (tasks, f"case__{by}", _task_counts(period)))
    for rows, column, counts in sources:
        for row in rows.order_by().values(column).annotate(**counts):
            key = row.pop(column)
            held = out.setdefault(key[:TOWN_DIGITS] if by == "division_code" else key, dict.fromkeys(COUNTS, 0))
            for name, number in row.items():
                held[name] += number
    return {key: held for key, held in sorted(out.items()) if any(held.values())}


def share(part: int, whole: int) -> str:
    """12/15（80.0%）: a share is never printed without what it is a share of."""
    return f"{part:,}/{whole:,}（{100 * part / whole:.1f}%）" if whole else f"{part:,}/0（—）"


def table(title: str, first: str, rows: Mapping[str, dict[str, int]], labels: Mapping[str, str]) -> dict[str, Any]:
    """Head in two levels and one row per key, a sum below."""
    total = {name: sum(held[name] for held in rows.values()) for name in COUNTS}
    lines = [_line(labels.get(key, key), held) for key, held in rows.items()]
    return {
        "title": title,
        "groups": [["", 1], [_("案件（件）"), 4], [_("到期任务（项）"), 2], [_("期末任务（项）"), 2]],
        "columns": [first, _("期初在办"), _("本期发起"), _("本期办结"), _("期末在办"), _("本期到期"), _("按期完成/到期"),
                    _("期末未完成"), _("逾期未完成/未完成")],
        "rows": [*lines, _line(_("合计"), total)],
    }


def _line(label: str, held: Mapping[str, int]) -> list[Any]:
    return [label, held["before"], held["opened"], held["closed"], held["after"], held["due"],
            share(held["in_time"], held["due"]), held["open"], share(held["late"], held["open"])]


def orders(user: Any, period: Period) -> dict[str, int]:
    """Orders of the period and what of them is unanswered."""
    rows = supervisions.supervisions(user).filter(ordered_on__lte=period.last)
    open_ = Q(closed_on=None) | Q(closed_on__gt=period.last)
    found: dict[str, int] = rows.order_by().aggregate(
        all=Count("pk"), issued=Count("pk", filter=Q(ordered_on__gte=period.first)),
        closed=Count("pk", filter=Q(closed_on__range=(period.first, period.last))), open=Count("pk", filter=open_),
        late=Count("pk", filter=open_ & Q(state__in=("issued", "returned"), due_on__lt=period.last)),
    )
    return found


def overdue(user: Any, today: date) -> dict[str, Any]:
    """The longest overdue tasks, and how many there are."""
    rows = scoped(user, Task.objects.filter(done_on=None, case__closed_at=None)).filter(queries.window("overdue", today))
    rows, towns = rows.select_related("case", "case__pinned", "assignee"), town_names(user)
    listed = [
        [number, row.task.case.title, towns.get(row.task.case.division_code[:TOWN_DIGITS], row.task.case.division_code),
         _(row.task.label), row.task.due_on.isoformat() if row.task.due_on else "", row.light.over,
         row.task.assignee.name if row.task.assignee else _("待领取")]
        for number, row in enumerate(queries.lit(queries.by_deadline(rows)[:LISTED], today), 1)
    ]
    total = rows.count()
    return {
        "title": _("逾期任务（共 %(total)s 项，列 %(n)s 项，截至 %(today)s）") % {
            "total": total, "n": len(listed), "today": today},
        "groups": [["", 1], [_("案件"), 2], [_("任务"), 4]],
        "columns": [_("序号"), _("名称"), _("区划"), _("任务"), _("期限"), _("逾期工作日"), _("承办人")], "rows": listed,
    }


def listing(user: Any, period: Period, today: date) -> dict[str, Any]:
    """The half-month list: cases that ended, moved or are late, in the order of their deadlines."""
    moved = CaseEvent.objects.filter(case=OuterRef("pk"), kind__in=("open", "move"), on__range=(period.first, period.last))
    ended = Q(closed_at__gte=period.begins, closed_at__lt=period.behind)
    wanted = queries.cases(user).filter(ended | Q(closed_at=None, next_due__lt=today) | Q(Exists(moved), closed_at=None))
    rows = list(wanted.select_related("pinned").order_by(F("next_due").asc(nulls_last=True), "pk")[:MOST_ROWS])
    labels, towns, total = dict(definition_labels(user)), town_names(user), wanted.count()
    return {
        "title": _("在办有进展、逾期和本期办结的案件（共 %(total)s 件，列 %(n)s 件）") % {"total": total, "n": len(rows)},
        "groups": [["", 1], [_("案件"), 3], [_("现状"), 3], [_("期限"), 2]],
        "columns": [_("序号"), _("名称"), _("流程"), _("区划"), _("状态"), _("进入日期"), _("本状态工作日"), _("最近期限"),
                    _("逾期工作日")],
        "rows": [[number, row.title, labels.get(row.definition, row.definition),
                  towns.get(row.division_code[:TOWN_DIGITS], row.division_code), _(row.state_label), row.entered_on.isoformat(),
                  *_days(row, today)] for number, row in enumerate(rows, 1)],
    }


def _days(row: Any, today: date) -> Iterable[Any]:
    """Working days in the state, the next deadline, working days overdue."""
    calendar = pinning.calendar_of(pinning.definition_of(row))
    until = row.closed_at.date() if row.closed_at else today
    yield max(calendar.working_days_between(row.entered_on, until), 0)
    yield row.next_due.isoformat() if row.next_due else ""
    yield calendar.working_days_between(row.next_due, today) if row.next_due and row.next_due < today else 0
