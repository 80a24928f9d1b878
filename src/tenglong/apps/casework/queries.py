"""What the acting user may see of cases and tasks; every function takes the user first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.roles import verbs_of
from tenglong.apps.accounts.scope import NOTHING, scoped, scopes_by_role
from tenglong.apps.casework import pinning
from tenglong.apps.casework.models import Case, CaseEvent, Evidence, Task
from tenglong.apps.casework.scope_rules import tasks as task_rule
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.lights import Light, light

#: windows of the inbox, in the order of its tabs
WINDOWS = ("today", "overdue", "week", "all")


def cases(user: Any) -> QuerySet[Case]:
    return scoped(user, Case.objects.all())


def case(user: Any, ulid: str) -> Case:
    """Raises `Case.DoesNotExist` when there is none or it is not the user's to see."""
    return cases(user).select_related("pinned", "opened_by").get(ulid=ulid)


def of_subject(user: Any, subject_type: str, subject_id: int) -> QuerySet[Case]:
    """Cases about one record, newest first."""
    return cases(user).filter(subject_type=subject_type, subject_id=subject_id)


def events(user: Any, case: Case) -> QuerySet[CaseEvent]:
    return scoped(user, CaseEvent.objects.filter(case=case)).select_related("actor").order_by("-pk")


def evidence(user: Any, case: Case) -> QuerySet[Evidence]:
    return scoped(user, Evidence.objects.filter(case=case)).select_related("added_by")


def tasks(user: Any, case: Case) -> QuerySet[Task]:
    """Tasks of a case, open ones first by deadline."""
    rows = scoped(user, Task.objects.filter(case=case)).select_related("assignee", "done_by")
    return rows.order_by("done_on", "due_on", "pk")


def workable(user: Any) -> QuerySet[Task]:
    """Open tasks given to the user, or given to nobody and worked by a role of theirs where the case lies."""
    mine = Q(assignee_id=getattr(user, "pk", None))
    for role, scope in scopes_by_role(user).items():
        wanted = NOTHING
        for power in (role, *verbs_of([role])):
            wanted |= Q(roles__contains=f"|{power}|")
        mine |= Q(assignee=None) & wanted & task_rule(scope)
    return scoped(user, Task.objects.filter(done_on=None, case__closed_at=None)).filter(mine).select_related("case", "assignee")


def window(name: str, today: date) -> Q:
    """Tasks of a tab: due today or ready since a wait ended; late; due until Sunday; all."""
    waits = Q(kind="min_wait")
    sunday = today + timedelta(days=6 - today.weekday())
    found = {
        "today": Q(due_on=today) & ~waits | Q(due_on__lt=today) & waits,
        "overdue": Q(due_on__lt=today) & ~waits,
        "week": Q(due_on__range=(today, sunday)),
    }
    return found.get(name, Q())


@dataclass(frozen=True)
class Row:
    """A task of the inbox with its light."""

    task: Task
    light: Light


@dataclass(frozen=True)
class Inbox:
    """`counts`: per window and in all, of everything the user may work; `rows` by deadline."""

    rows: list[Row]
    counts: Mapping[str, int]
    today: date


def inbox(user: Any, today: date | None = None, found: QuerySet[Task] | None = None) -> Inbox:
    """`found` narrows the rows (not the counts); without it every open task that the user may work."""
    day = today or timezone.localdate()
    every = workable(user)
    counts = {name: every.filter(window(name, day)).count() for name in WINDOWS}
    rows = by_deadline(every if found is None else found)
    return Inbox(lit(rows, day), counts, day)


def by_deadline(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def lit(rows: Any, today: date) -> list[Row]:
    """Tasks with their lights; each calendar is read once."""
    calendars: dict[str, WorkCalendar] = {}
    out = []
    for row in rows:
        name = pinning.definition_of(row.case).calendar
        if name not in calendars:
            calendars[name] = pinning.calendar(name)
        out.append(Row(row, light(row.kind, row.due_on, row.amber, today, calendars[name], closed=row.done_on is not None)))
    return out
