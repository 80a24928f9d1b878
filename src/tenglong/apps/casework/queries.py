"""What the acting user may see of cases and tasks; every function takes the user first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.roles import ROLE_VERBS, verbs_of
from tenglong.apps.accounts.scope import Scope, scope_of, scoped, scopes_by_role
from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.models import Case, CaseEvent, Evidence, Task
from tenglong.apps.casework.scope_rules import apart
from tenglong.apps.casework.scope_rules import tasks as task_rule
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.lights import Light, light

IS_OPEN = Q(closed_at__isnull=True)
#: windows of the inbox, in the order of its tabs
MOST_PEOPLE = 300
WINDOWS = ("today", "overdue", "week", "all")


def cases(user: Any) -> QuerySet[Case]:
    return scoped(user, Case.objects.all())


def cases_apart(user: Any) -> list[QuerySet[Case]]:
    """`cases(user)` in parts without a case in common, for counting."""
    return [Case.objects.filter(part) for part in apart(scope_of(user))] if scope_of(user).kind != "none" else []


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
    """Tasks of a case: open ones first by deadline, then the latest closed."""
    rows = scoped(user, Task.objects.filter(case=case)).select_related("assignee", "done_by")
    return rows.order_by(F("done_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-pk")


def open_task(user: Any, case: Case, task: str) -> Task | None:
    """The open task of that id in a case, None when it is closed or was never opened."""
    return scoped(user, Task.objects.filter(case=case, task=task, done_on=None)).order_by("-pk").first()


def all_tasks(user: Any) -> QuerySet[Task]:
    return scoped(user, Task.objects.select_related("case", "assignee"))


def workers(case: Case, powers: Iterable[str]) -> list[tuple[Any, frozenset[str]]]:
    """(person, powers on the case) of everybody who holds one of `powers` where the case lies; for whoever may assign."""
    wanted = set(powers)
    roles = [role for role in ROLE_VERBS if wanted & {role, *ROLE_VERBS[role]}]
    people = get_user_model().objects.filter(is_active=True, grants__role__in=roles, grants__revoked=False)
    held = [(person, working.powers_on(person, case)) for person in people.distinct().order_by("name", "pk")[:MOST_PEOPLE]]
    return [(person, here) for person, here in held if here & wanted]


def colleagues(user: Any) -> list[Any]:
    """People who work cases inside the user's reach, for the hand-over; people who left too: their tasks remain."""
    roles = [role for role in ROLE_VERBS if "case.work" in ROLE_VERBS[role]]
    people = get_user_model().objects.filter(grants__role__in=roles).select_related("department").distinct()
    reach = scope_of(user, "case.assign")
    return [one for one in people.order_by("name", "pk") if reach.kind == "all" or one == user or _of_office(reach, one)]


def _of_office(reach: Scope, person: Any) -> bool:
    return person.department is not None and any(reach.covers(code) for code in person.department.divisions)


def workable(user: Any) -> QuerySet[Task]:
    """Open tasks given to the user, or given to nobody and worked by a role of theirs where the case lies."""
    # no task of a closed case is open: the move that closes it ends them
    return scoped(user, Task.objects.filter(done_on=None)).filter(_mine(user)).select_related("case", "assignee")


def _mine(user: Any) -> Q:
    """What `workable` asks beyond the row scope. Where one role reaches all that its holder sees, its reach is not asked
    twice: the statement stays short."""
    mine, known, whole = Q(assignee_id=getattr(user, "pk", None)), pinning.roles_of_tasks(), scope_of(user)
    for role, scope in scopes_by_role(user).items():
        powers = {role, *verbs_of([role])}
        wanted = [text for text in known if powers & set(text.strip("|").split("|"))]
        free = Q(assignee=None, roles__in=wanted)
        mine |= free if scope == whole else free & task_rule(scope)
    return mine


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


def inbox(user: Any, today: date | None = None, limit: int | None = None) -> Inbox:
    """Every open task that the user may work, or the first `limit` of them, by deadline."""
    day, rows = today or timezone.localdate(), workable(user)
    shown = first_due(rows, 0, limit) if limit else by_deadline(rows)
    return Inbox(lit(shown, day), counted(rows, day), day)


def inbox_counts(user: Any, today: date | None = None) -> dict[str, int]:
    """Per window, in one query."""
    return counted(workable(user), today)


def counted(rows: QuerySet[Task], today: date | None = None) -> dict[str, int]:
    """Of tasks: how many in each window and in all."""
    day = today or timezone.localdate()
    wanted = {name: Count("pk", filter=window(name, day)) for name in WINDOWS if name != "all"}
    return rows.order_by().aggregate(all=Count("pk"), **wanted)


def first_due(rows: QuerySet[Task], start: int, stop: int) -> list[Task]:
    """Rows start…stop by deadline. Keys are sorted first and only the rows shown are read whole: a late page costs no more."""
    keys = list(by_deadline(rows).values_list("pk", flat=True)[start:stop])
    held = {row.pk: row for row in Task.objects.filter(pk__in=keys).select_related("case", "assignee")}
    return [held[key] for key in keys if key in held]


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
        out.append(Row(row, light(row.kind, row.due_on, row.amber, today, calendars[name], closed=row.done_on is not None,
                              paused=row.case.paused_on is not None)))
    return out
