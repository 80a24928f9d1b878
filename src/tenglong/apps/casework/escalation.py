"""What is put before the leader: tasks overdue beyond what the procedure lets pass, and what an officer puts there himself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import PinnedDefinition, Task
from tenglong.apps.casework.tasks import open_task_for_writing
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.delta import Delta

#: seconds between two looks of the worker
OFTEN: Final = 600
#: tasks written in one transaction
CHUNK: Final = 100


def due_for_leader(today: date) -> Q:
    """A wait that has passed is ready, never late."""
    return Q(escalates_after__lt=today) & ~Q(kind="min_wait") | Q(escalated_on__isnull=False)


def escalated(user: Any, today: date | None = None) -> QuerySet[Task]:
    """Open tasks before the leader, the longest overdue first."""
    # no task of a closed case is open
    rows = scoped(user, Task.objects.filter(done_on=None)).filter(due_for_leader(today or timezone.localdate()))
    return rows.select_related("case", "assignee").order_by(F("due_on").asc(nulls_last=True), "pk")


def years_unpublished(rows: Iterable[Task]) -> dict[int, tuple[int, ...]]:
    """Task key → years without published days off between its deadline and the day it went before the leader; each calendar
    is read once."""
    calendars: dict[str, WorkCalendar] = {}
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        name = pinning.definition_of(row.case).calendar
        calendar = calendars.get(name) or calendars.setdefault(name, pinning.calendar(name))
        found[row.pk] = calendar.unpublished(row.due_on, row.escalates_after) if row.due_on and row.escalates_after else ()
    return found


@transaction.atomic
def escalate(actor: Any, task: Task | str, reason: str) -> Task:
    """Put one open task before the leader, with a reason. Raises CaseError, Refused."""
    require(actor, "case.work")
    row, case = open_task_for_writing(actor, task)
    if len(reason.strip()) < 2:
        raise CaseError(_("请写明提请领导的理由。"))
    if row.escalated_on is not None:
        raise CaseError(_("任务“%(name)s”已于 %(on)s 提请领导。") % {"name": _(row.label), "on": row.escalated_on})
    _put(actor, row, case, reason.strip(), timezone.localdate())
    return row


def note_overdue(actor: Any, today: date | None = None) -> int:
    """The look of `by_itself` at once, for the tasks that the actor sees; returns how many were put there. Raises Refused."""
    require(actor, "case.assign")
    return _look(actor, scoped(actor, Task.objects.all()), today or timezone.localdate())


def by_itself(today: date | None = None) -> int:
    """The worker's look: whatever is overdue beyond what its procedure lets pass goes before the leader, once.

    The calendar in force today decides, also about deadlines that were counted before a year was published.
    """
    return _look("system", Task.objects.all(), today or timezone.localdate())


def _look(actor: Any, tasks: QuerySet[Task], day: date) -> int:
    late = tasks.filter(done_on=None, escalated_on=None, due_on__lt=day, escalates_after__isnull=False).exclude(kind="min_wait")
    _recount(late)
    keys = list(late.filter(escalates_after__lt=day).order_by("pk").values_list("pk", flat=True))
    return sum(_put_some(actor, keys[at : at + CHUNK], day) for at in range(0, len(keys), CHUNK))


def _recount(late: QuerySet[Task]) -> None:
    """The last day that is let pass, counted anew: tasks of one text and one deadline share it."""
    groups = list(late.order_by().values_list("case__pinned", "due_on", "escalates_after").distinct())
    texts = PinnedDefinition.objects.in_bulk({pinned for pinned, _due, _held in groups})
    for pinned, due, held in groups:
        definition = pinning.read(texts[pinned])
        fresh = working.escalates(definition, due, pinning.calendar_of(definition))
        if fresh != held:
            same = Task.objects.filter(case__pinned=pinned, due_on=due, escalates_after=held, done_on=None, escalated_on=None)
            same.update(escalates_after=fresh)


@transaction.atomic
def _put_some(actor: Any, keys: list[int], day: date) -> int:
    rows = list(Task.objects.filter(pk__in=keys).select_related("case").order_by("pk"))
    years = years_unpublished(rows)
    return sum(_put(actor, row, row.case, _why(row, years[row.pk]), day) for row in rows)


def _why(row: Task, unpublished: tuple[int, ...]) -> str:
    """Kept with the case as it was on that day, in Chinese like every reason."""
    allowed = pinning.definition_of(row.case).escalate
    years = "、".join(map(str, unpublished))
    counted = f"（{years} 年放假安排未公布，按周一至周五推算）" if years else ""
    return f"逾期超过流程规定的 {allowed} 个工作日，自动提请领导{counted}"


def _put(actor: Any, row: Task, case: Any, reason: str, day: date) -> int:
    """1, or 0 when somebody was first."""
    if not Task.objects.filter(pk=row.pk, done_on=None, escalated_on=None).update(escalated_on=day):
        return 0
    row.escalated_on = day
    working.note(case, None if actor == "system" else actor, "escalate", row.label, on=day, reason=reason)
    audit.record(actor, "case.escalate", "case", case.ulid, deltas=[Delta(row.task, None, day)], reason=reason)
    return 1
