"""What is put before the leader: tasks overdue beyond what the procedure lets pass, and what an officer puts there himself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import working
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Task
from tenglong.apps.casework.tasks import open_task_for_writing
from tenglong.domain.delta import Delta

BY_ITSELF = gettext_noop("逾期超过流程规定的天数，自动提请领导")


def due_for_leader(today: date) -> Q:
    return Q(escalates_after__lt=today) | Q(escalated_on__isnull=False)


def escalated(user: Any, today: date | None = None) -> QuerySet[Task]:
    """Open tasks before the leader, the longest overdue first."""
    rows = scoped(user, Task.objects.filter(done_on=None, case__closed_at=None)).filter(
        due_for_leader(today or timezone.localdate()))
    return rows.select_related("case", "case__pinned", "assignee").order_by(F("due_on").asc(nulls_last=True), "pk")


@transaction.atomic
def escalate(actor: Any, task: Task | str, reason: str) -> Task:
    """Put one open task before the leader, with a reason. Raises CaseError, Refused."""
    require(actor, "case.work")
    row, case = open_task_for_writing(actor, task)
    if len(reason.strip()) < 2:
        raise CaseError(_("请写明提请领导的理由。"))
    if row.escalated_on is not None:
        raise CaseError(_("任务“%(name)s”已于 %(on)s 提请领导。") % {"name": _(row.label), "on": row.escalated_on})
    _put(actor, row, case, reason.strip())
    return row


@transaction.atomic
def note_overdue(actor: Any, today: date | None = None) -> int:
    """Write down, once each, the tasks that have become so late; returns how many. They are listed with or without this."""
    require(actor, "case.assign")
    day = today or timezone.localdate()
    late = scoped(actor, Task.objects.filter(done_on=None, case__closed_at=None, escalated_on=None, escalates_after__lt=day))
    rows = list(late.select_related("case").order_by("pk"))
    for row in rows:
        _put(actor, row, row.case, BY_ITSELF)
    return len(rows)


def _put(actor: Any, row: Task, case: Any, reason: str) -> None:
    row.escalated_on = timezone.localdate()
    row.save(update_fields=["escalated_on"])
    working.note(case, actor, "escalate", row.label, on=row.escalated_on, reason=reason)
    audit.record(actor, "case.escalate", "case", case.ulid, deltas=[Delta(row.task, None, row.escalated_on)], reason=reason)
