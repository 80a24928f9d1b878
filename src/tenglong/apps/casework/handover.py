"""Hand-over: every open task of a person to another one, in one step, with what could not be handed over and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Task
from tenglong.domain.delta import Delta


@dataclass(frozen=True)
class HandOver:
    """`moves`: tasks that go to the other person; `stays`: (task, why not)."""

    moves: list[Task]
    stays: list[tuple[Task, str]]


def held_by(actor: Any, person: Any) -> QuerySet[Task]:
    """Open tasks of `person` that the actor may see."""
    rows = scoped(actor, Task.objects.filter(done_on=None, case__closed_at=None, assignee=person))
    return rows.select_related("case", "case__pinned", "assignee").order_by("pk")


def preview(actor: Any, person: Any, to: Any) -> HandOver:
    """What would be handed over; nothing changes."""
    found = HandOver([], [])
    for row in held_by(actor, person):
        why = _why_not(actor, row, to)
        if why:
            found.stays.append((row, why))
        else:
            found.moves.append(row)
    return found


def _why_not(actor: Any, row: Task, to: Any) -> str:
    if "case.assign" not in working.powers_on(actor, row.case):
        return _("这个案件不归您指派。")
    if not to.is_active or not set(row.powers) & working.powers_on(to, row.case):
        return _("%(who)s 没有承办“%(name)s”的角色，或看不到这个案件。") % {"who": to.name, "name": _(row.label)}
    if not pinning.definition_of(row.case).task_by_id[row.task].delegable:
        return _("任务“%(name)s”不能转交。") % {"name": _(row.label)}
    return ""


@transaction.atomic
def hand_over(actor: Any, person: Any, to: Any, reason: str) -> HandOver:
    """All that can go goes, in one audited step; a line in the history of each case. Raises CaseError, Refused."""
    require(actor, "case.assign")
    if person == to:
        raise CaseError(_("移交人和接收人是同一个人。"))
    if len(reason.strip()) < 2:
        raise CaseError(_("请写明移交的理由。"))
    list(Task.objects.select_for_update().filter(pk__in=held_by(actor, person).values("pk")).order_by("pk"))
    found = preview(actor, person, to)
    if not found.moves:
        raise CaseError(_("%(who)s 没有能移交给 %(to)s 的在办任务。") % {"who": person.name, "to": to.name})
    Task.objects.filter(pk__in=[row.pk for row in found.moves]).update(assignee=to)
    deltas = [Delta(row.ulid, person.name, to.name) for row in found.moves]
    for row in found.moves:
        label = f"{row.label} → {to.name}"
        working.note(row.case, actor, "assign", label, on=timezone.localdate(), reason=reason.strip())
    audit.record(actor, "case.handover", "user", person.ulid, deltas=deltas, count=len(deltas), reason=reason.strip())
    return found
