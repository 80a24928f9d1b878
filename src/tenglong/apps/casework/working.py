"""Between rows and the engine: a case as the engine sees it, and what the engine made of it written back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from tenglong.apps.accounts.roles import ROLE_CHOICES, VERBS, verbs_of
from tenglong.apps.accounts.scope import scopes_by_role
from tenglong.apps.casework import hooks, pinning
from tenglong.apps.casework.models import Case, CaseEvent, Task
from tenglong.apps.casework.scope_rules import reaches
from tenglong.domain.casework import engine
from tenglong.domain.casework.definition import CaseDefinition

NAMES = {**dict(ROLE_CHOICES), **VERBS}


def powers_on(user: Any, case: Case) -> frozenset[str]:
    """Roles and verbs that the user holds where this case lies; a role of another town counts for nothing here."""
    here = [role for role, scope in scopes_by_role(user).items() if reaches(scope, case)]
    return frozenset(here) | verbs_of(here)


def actor_on(user: Any, case: Case) -> engine.Actor:
    return engine.Actor(str(user.pk), powers_on(user, case))


def context(user: Any, case: Case, definition: CaseDefinition, on: date | None = None) -> engine.Context:
    """The day (today unless given), the calendar in force, words for roles, and the guards of apps bound to this case."""
    names = {str(name): str(label) for name, label in NAMES.items()}
    checks = {name: _bound(function, case, user) for name, function in hooks.guards().items()}
    return engine.Context(on or timezone.localdate(), pinning.calendar_of(definition), names, checks)


def _bound(function: hooks.Guard, case: Case, user: Any) -> engine.NamedCheck:
    return lambda _state, params, _actor: function(case, params, user)


def state_of(case: Case) -> engine.CaseState:
    """The case as rows hold it."""
    tasks = tuple(task_state(row) for row in case.tasks.order_by("pk"))
    steps = case.events.filter(kind__in=("open", "move")).order_by("pk")
    history = tuple(
        engine.Step(row.transition, str(row.actor_id or ""), row.on, row.to_state, row.reason) for row in steps
    )
    kinds = frozenset(case.evidence.values_list("kind", flat=True))
    return engine.CaseState(case.state, case.entered_on, dict(case.fields), kinds, tasks, history)


def task_state(row: Task) -> engine.TaskState:
    return engine.TaskState(
        row.task, row.opened_on, row.due_on, tuple(row.unpublished), row.done_on, str(row.done_by_id or ""), row.outcome, row.pk
    )


def write_state(case: Case, definition: CaseDefinition, state: engine.CaseState) -> None:
    """The case row as the engine left it; the caller has taken the lock."""
    there = definition.state_by_id[state.state]
    case.state, case.state_label, case.entered_on, case.fields = state.state, there.label, state.entered_on, dict(state.fields)
    case.closed_at = _moment(state.entered_on) if there.final else None
    case.save(update_fields=["state", "state_label", "entered_on", "fields", "closed_at"])


def _moment(day: date) -> datetime:
    """Now when the day is today, else the end of that day."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def write_tasks(case: Case, definition: CaseDefinition, state: engine.CaseState, user: Any) -> None:
    """Tasks that opened become rows; the others keep theirs, with new dates and outcomes."""
    for task in state.tasks:
        if task.key is None:
            _new_task(case, definition, task)
        else:
            Task.objects.filter(pk=task.key, done_on=None).update(
                due_on=task.due, unpublished=list(task.unpublished), done_on=task.done_on, outcome=task.outcome,
            )


def _new_task(case: Case, definition: CaseDefinition, task: engine.TaskState) -> Task:
    spec = definition.task_by_id[task.id]
    return Task.objects.create(
        case=case, task=task.id, label=spec.label, roles=f"|{'|'.join(spec.role)}|", kind=spec.kind,
        amber=definition.amber if spec.amber is None else spec.amber, division_code=case.division_code,
        opened_on=task.opened_on, due_on=task.due, unpublished=list(task.unpublished),
    )


def note(
    case: Case, user: Any, kind: str, label: str, *, on: date, step: engine.Step | None = None, told: bool = False,
    reason: str = "", documents: Iterable[str] = (),
) -> CaseEvent:
    """One line of the history."""
    return CaseEvent.objects.create(
        case=case, kind=kind, label=label[:200], transition=step.transition if step else "", to_state=step.to if step else "",
        told=told, actor=user, on=on, reason=reason[:1000], documents=list(documents),
    )
