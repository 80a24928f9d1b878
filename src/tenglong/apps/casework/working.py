"""Between rows and the engine: a case as the engine sees it, and what the engine made of it written back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, Final

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.roles import ROLE_CHOICES, VERBS, roles_with, verbs_of
from tenglong.apps.accounts.scope import scopes_by_role
from tenglong.apps.casework import hooks, pinning
from tenglong.apps.casework.models import Case, CaseEvent, Task
from tenglong.apps.casework.scope_rules import reaches
from tenglong.domain.casework import engine
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.migration import MIGRATED
from tenglong.web.formats import listed

#: kinds of events that are steps of the history
STEPS = ("open", "move", MIGRATED)
ROLES: Final = dict(ROLE_CHOICES)
#: so many roles are named for a power that many have
MOST: Final = 4


def powers_on(user: Any, case: Case) -> frozenset[str]:
    """Roles and verbs that the user holds where this case lies; a role of another town counts for nothing here."""
    here = [role for role, scope in scopes_by_role(user).items() if reaches(scope, case)]
    return frozenset(here) | verbs_of(here)


def actor_on(user: Any, case: Case) -> engine.Actor:
    return engine.Actor(str(user.pk), powers_on(user, case))


def context(user: Any, case: Case, definition: CaseDefinition, on: date | None = None) -> engine.Context:
    """The day (today unless given), the calendar in force, words for roles, and the guards of apps bound to this case."""
    names = {power: power_word(power) for power in (*ROLES, *VERBS)}
    checks = {name: _bound(function, case, user) for name, function in hooks.guards().items()}
    return engine.Context(on or timezone.localdate(), pinning.calendar_of(definition), names, checks)


def power_word(power: str) -> str:
    """A role by its name; a verb by the roles that hold it, for that is whom one asks."""
    if power in ROLES:
        return str(ROLES[power])
    roles = roles_with(power)
    told = listed(roles[:MOST])
    return _("%(roles)s等") % {"roles": told} if len(roles) > MOST else told or str(VERBS.get(power, power))


def who(powers: Iterable[str]) -> str:
    """Everybody who works a task or a step, in words."""
    return listed(power_word(power) for power in powers)


def _bound(function: hooks.Guard, case: Case, user: Any) -> engine.NamedCheck:
    return lambda _state, params, _actor: function(case, params, user)


def state_of(case: Case) -> engine.CaseState:
    """The case as rows hold it."""
    tasks = tuple(task_state(row) for row in case.tasks.order_by("pk"))
    steps = case.events.filter(kind__in=STEPS).order_by("pk")
    kinds = frozenset(case.evidence.values_list("kind", flat=True))
    paused = case.paused_on is not None
    return engine.CaseState(case.state, case.entered_on, dict(case.fields), kinds, tasks, history(steps), paused)


def history(events: Iterable[CaseEvent]) -> tuple[engine.Step, ...]:
    """Steps under the names of the present version; the rows keep the names that they were written with."""
    found: list[engine.Step] = []
    for row in events:
        if row.kind == MIGRATED:
            found = [_renamed(step, row.data) for step in found]
        found.append(engine.Step(row.transition, str(row.actor_id or ""), row.on, row.to_state, row.reason))
    return tuple(found)


def _renamed(step: engine.Step, names: Mapping[str, Any]) -> engine.Step:
    transition = names.get("transitions", {}).get(step.transition, step.transition)
    return replace(step, transition=transition, to=names.get("states", {}).get(step.to, step.to))


def task_state(row: Task) -> engine.TaskState:
    return engine.TaskState(
        row.task, row.opened_on, row.due_on, tuple(row.unpublished), row.done_on, str(row.done_by_id or ""), row.outcome,
        row.pk, row.paused_days, row.held_due,
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
    calendar = pinning.calendar_of(definition)
    for task in state.tasks:
        if task.key is None:
            new_task(case, definition, task, calendar)
        else:
            Task.objects.filter(pk=task.key, done_on=None).update(
                due_on=task.due, unpublished=list(task.unpublished), done_on=task.done_on, outcome=task.outcome,
                held_due=task.held_due, paused_days=task.paused, escalates_after=escalates(definition, task.due, calendar),
            )
    settle_due(case)


def escalates(definition: CaseDefinition, due: date | None, calendar: WorkCalendar) -> date | None:
    """The last day before an overdue task is put before the leader, None when the definition does not say."""
    return None if due is None or definition.escalate is None else calendar.add_working_days(due, definition.escalate)


def settle_due(case: Case) -> None:
    """The earliest deadline of an open task that can be late, kept with the case for lists; call after any task changed."""
    found = Task.objects.filter(case=case, done_on=None).exclude(kind="min_wait").aggregate(first=Min("due_on"))["first"]
    if found != case.next_due:
        case.next_due = found
        Case.objects.filter(pk=case.pk).update(next_due=found)


def new_task(case: Case, definition: CaseDefinition, task: engine.TaskState, calendar: WorkCalendar) -> Task:
    return Task.objects.create(
        case=case, task=task.id, division_code=case.division_code, opened_on=task.opened_on, due_on=task.due,
        unpublished=list(task.unpublished), escalates_after=escalates(definition, task.due, calendar),
        **of_spec(definition, task.id),
    )


def of_spec(definition: CaseDefinition, task: str) -> dict[str, Any]:
    """Columns of a task that repeat its definition, for lists."""
    spec = definition.task_by_id[task]
    return {"label": spec.label, "roles": spec.roles, "kind": spec.kind,
            "amber": definition.amber if spec.amber is None else spec.amber}


def note(
    case: Case, user: Any, kind: str, label: str, *, on: date, step: engine.Step | None = None, told: bool = False,
    reason: str = "", documents: Iterable[str] = (), data: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """One line of the history."""
    return CaseEvent.objects.create(
        case=case, kind=kind, label=label[:200], transition=step.transition if step else "", to_state=step.to if step else "",
        told=told, actor=user, on=on, reason=reason[:1000], documents=list(documents), data=dict(data or {}),
    )
