"""A pause stops the clock: open tasks lose their deadline and get it back, later by the working days that were lost.

The day the case was paused on still counted, the day it is resumed on counts as lost: a case paused and resumed on one day
loses nothing. What a definition does not let stop (a statutory wait, unless it says so) runs on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.engine import Actor, CaseState, Context, TaskState
from tenglong.domain.casework.wording import Block


def refusals(case: CaseDefinition, state: CaseState, actor: Actor, context: Context, *, resume: bool) -> Iterable[Block]:
    """Each reason why the case cannot be paused, or resumed."""
    if not set(case.pausers) & actor.powers:
        yield Block.make("pauser", who="、".join(dict.fromkeys(context.name(power) for power in case.pausers)))
    if state.paused != resume:
        yield Block.make("still" if resume else "paused")


def paused(case: CaseDefinition, state: CaseState) -> CaseState:
    """The case with its clock stopped; what stops has no deadline until it is resumed."""
    return replace(state, paused=True, tasks=tuple(_stopped(case, task) for task in state.tasks))


def _stopped(case: CaseDefinition, task: TaskState) -> TaskState:
    spec = case.task_by_id.get(task.id) if task.open else None
    if spec is None or not spec.held_by_pause or task.due is None:
        return task
    return replace(task, due=None, held_due=task.due)


def resumed(state: CaseState, since: date, today: date, calendar: WorkCalendar) -> CaseState:
    """The case with its clock running again: what stood still is due as many working days later as were lost."""
    lost = calendar.working_days_between(since, today)
    return replace(state, paused=False, tasks=tuple(_running(task, lost, calendar) for task in state.tasks))


def _running(task: TaskState, lost: int, calendar: WorkCalendar) -> TaskState:
    if not task.open or task.held_due is None:
        return task
    due = calendar.add_working_days(task.held_due, lost)
    years = tuple(sorted({*task.unpublished, *calendar.unpublished(task.held_due, due)}))
    return replace(task, due=due, held_due=None, paused=task.paused + lost, unpublished=years)
