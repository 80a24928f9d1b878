"""Tasks of a case: take, hand over, close; and the lock that every change of a case takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import papers as filing
from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.errors import CaseConflict, CaseError, refused
from tenglong.apps.casework.models import Case, Task
from tenglong.apps.casework.papers import Paper
from tenglong.domain.casework import engine
from tenglong.domain.casework.wording import TaskBlocked
from tenglong.domain.delta import Delta


def locked(actor: Any, ulid: str, lock_version: int | None) -> Case:
    """The case for writing; its version is raised when `lock_version` is right. Raises CaseError, CaseConflict."""
    pk = scoped(actor, Case.objects.filter(ulid=ulid)).values_list("pk", flat=True).first()
    if pk is None:
        raise CaseError(_("没有这个案件，或它不在您的管辖范围内。"))
    case = Case.objects.select_for_update().get(pk=pk)
    if lock_version is not None and case.lock_version != lock_version:
        raise CaseConflict(_conflict(case))
    if not Case.objects.filter(pk=pk, lock_version=case.lock_version).update(lock_version=case.lock_version + 1):
        raise CaseConflict(_conflict(case))
    case.lock_version += 1
    return case


def _conflict(case: Case) -> str:
    last = case.events.select_related("actor").order_by("-pk").first()
    if last is None:
        return _("这个案件刚被别人办理过，请看最新情况再办。")
    return _("%(who)s 在 %(at)s 刚办理了“%(label)s”，案件现在是“%(state)s”。您的这一步没有生效，请看最新情况再办。") % {
        "who": last.actor.name if last.actor else _("系统"), "at": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        "label": _(last.label), "state": _(case.state_label),
    }


def open_task_for_writing(actor: Any, task: Task | str) -> tuple[Task, Case]:
    """Task and case, both locked. A ulid or a row is fine. Raises CaseError."""
    ulid = task if isinstance(task, str) else task.ulid
    row = scoped(actor, Task.objects.filter(ulid=ulid)).select_related("case").first()
    if row is None:
        raise CaseError(_("没有这个任务，或它不在您的管辖范围内。"))
    case = Case.objects.select_for_update().get(pk=row.case_id)
    row = Task.objects.select_for_update().get(pk=row.pk)
    if row.done_on is not None:
        raise CaseError(_("任务“%(name)s”已经办结或已随流转关闭。") % {"name": _(row.label)})
    return row, case


@transaction.atomic
def take(actor: Any, task: Task | str) -> Task:
    """The actor takes a task that nobody has. Raises CaseError, CaseConflict, Refused."""
    require(actor, "case.work")
    row, case = open_task_for_writing(actor, task)
    if not set(row.powers) & working.powers_on(actor, case):
        raise CaseError(_("任务“%(name)s”不由您的角色承办。") % {"name": _(row.label)})
    if row.assignee and row.assignee != actor:
        raise CaseConflict(_("任务“%(name)s”已由 %(who)s 领取。") % {"name": _(row.label), "who": row.assignee.name})
    return _give(actor, row, case, actor, "case.take")


@transaction.atomic
def assign(actor: Any, task: Task | str, user: Any) -> Task:
    """Give a task to somebody whose role works it where the case lies. Raises CaseError, Refused."""
    require(actor, "case.assign")
    row, case = open_task_for_writing(actor, task)
    if "case.assign" not in working.powers_on(actor, case):
        raise CaseError(_("这个案件不归您指派。"))
    if not user.is_active or not set(row.powers) & working.powers_on(user, case):
        raise CaseError(_("%(who)s 没有承办“%(name)s”的角色，或看不到这个案件。") % {"who": user.name, "name": _(row.label)})
    spec = pinning.definition_of(case).task_by_id[row.task]
    if row.assignee_id and row.assignee_id != user.pk and not spec.delegable:
        raise CaseError(_("任务“%(name)s”不能转交。") % {"name": _(row.label)})
    return _give(actor, row, case, user, "case.assign")


def _give(actor: Any, row: Task, case: Case, user: Any, action: str) -> Task:
    before = row.assignee.name if row.assignee else None
    row.assignee = user
    row.save(update_fields=["assignee"])
    working.note(case, actor, action.removeprefix("case."), f"{row.label} → {user.name}", on=timezone.localdate())
    audit.record(actor, action, "case", case.ulid, deltas=[Delta("assignee", before, user.name)], reason=row.label)
    return row


@transaction.atomic
def complete_task(actor: Any, task: Task | str, *, note: str = "", documents: Any = (), on: date | None = None) -> Task:
    """Close a task as done. `documents`: (kind, document ulid). Raises CaseError, Refused.

    A task that somebody else has is closed by that person or by whoever may assign.
    """
    require(actor, "case.view")
    row, case = open_task_for_writing(actor, task)
    actor_here = working.actor_on(actor, case)
    if row.assignee and row.assignee != actor and "case.assign" not in actor_here.powers:
        raise CaseError(_("任务“%(name)s”由 %(who)s 承办。") % {"name": _(row.label), "who": row.assignee.name})
    definition = pinning.definition_of(case)
    papers: list[Paper] = list(documents)
    filed = filing.file_all(actor, case, filing.found(actor, definition, papers))
    context = working.context(actor, case, definition, _day(row, on))
    try:
        done = engine.complete(definition, working.state_of(case), working.task_state(row), actor_here, context)
    except TaskBlocked as error:
        raise refused(error.blocks) from error
    row.done_on, row.done_by, row.outcome, row.note = done.done_on, actor, done.outcome, note.strip()[:500]
    row.save(update_fields=["done_on", "done_by", "outcome", "note"])
    working.settle_due(case)
    working.note(case, actor, "task", row.label, on=context.today, reason=row.note, documents=filed)
    told = f"{row.label} {row.note}".strip()
    audit.record(actor, "case.task", "case", case.ulid, deltas=[Delta(row.task, "open", "done")], reason=told)
    return row


def _day(row: Task, on: date | None) -> date:
    today = timezone.localdate()
    if on is not None and not row.opened_on <= on <= today:
        raise CaseError(_("办理日期 %(on)s 应在 %(first)s 与今天之间。") % {"on": on, "first": row.opened_on})
    return on or today


@transaction.atomic
def redate_open_tasks(actor: Any) -> int:
    """Count the deadlines of open tasks anew that ran into years nobody had published. Returns how many changed."""
    require(actor, "policy.edit")
    changed = 0
    rows = scoped(actor, Task.objects.filter(done_on=None, held_due=None)).exclude(unpublished=[])
    for row in rows.select_related("case", "case__pinned"):  # what a pause holds is counted anew when it is resumed
        definition = pinning.definition_of(row.case)
        context = working.context(actor, row.case, definition)
        fresh = engine.redated(definition, replace(working.task_state(row), due=None), row.case.fields, context)
        if (fresh.due, list(fresh.unpublished)) != (row.due_on, list(row.unpublished)):
            old, row.due_on, row.unpublished = row.due_on, fresh.due, list(fresh.unpublished)
            row.escalates_after = working.escalates(definition, fresh.due, context.calendar)
            row.save(update_fields=["due_on", "unpublished", "escalates_after"])
            working.settle_due(row.case)
            moved = [Delta("due_on", old, fresh.due)]
            audit.record(actor, "case.redate", "case", row.case.ulid, deltas=moved, reason=row.label)
            changed += 1
    return changed
