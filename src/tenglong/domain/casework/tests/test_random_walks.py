"""Whatever order people press in: the packaged procedures keep their promises on every walk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.apps.policy import presets
from tenglong.domain.casework import engine
from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.engine import Actor, CaseState, Context, MoveRefused
from tenglong.domain.casework.wording import TaskBlocked

CHINA = WorkCalendar.of(CalendarSpec.model_validate(presets.load("calendar", "cn").data).years)
NAMES = ("evaluation-appeal", "evaluation-cycle")
CASES = {name: CaseDefinition.model_validate(presets.load("cases", name).data) for name in NAMES}
ALL = frozenset({"county_admin", "analyst", "leader", "town_officer", "task_force", "enterprise"})
PEOPLE = [Actor("one", ALL), Actor("two", ALL)]
VALUES = {"integer": 2025, "date": "2025-06-03", "choice": "land"}


def pressed(case: CaseDefinition, state: CaseState, number: int, actor: Actor, context: Context) -> CaseState:
    """One press: a move or a task, by number; what the guards ask for in writing is brought along."""
    moves, tasks = case.leaving(state.state), [task for task in state.tasks if task.open]
    choices = [*moves, *tasks]
    if not choices:
        return state
    chosen = choices[number % len(choices)]
    if isinstance(chosen, engine.TaskState):
        papers = frozenset(case.task_by_id[chosen.id].documents)
        ready = replace(state, documents=state.documents | papers)
        done = engine.complete(case, ready, chosen, actor, context)
        return replace(ready, tasks=tuple(done if one is chosen else one for one in ready.tasks))
    fields = {name: VALUES.get(case.field_by_id[name].type, "有") for name in chosen.guards.fields}
    made = engine.apply(
        case, state, chosen.id, actor, context, reason="理由充分", fields=fields, documents=chosen.guards.documents
    )
    return made.state


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=120)
@given(walk=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(0, 6)), max_size=60))
def test_no_walk_breaks_a_promise(name: str, walk: list[tuple[int, int, int]]) -> None:
    case, day = CASES[name], date(2025, 1, 6)
    given_fields = {field: VALUES.get(case.field_by_id[field].type, "有") for field in case.required}
    state = engine.start(case, PEOPLE[0], Context(day, CHINA), fields=given_fields).state
    for number, person, later in walk:
        day += timedelta(days=later)
        context = Context(day, CHINA)
        offered = {move.transition.id: move for move in engine.allowed(case, state, PEOPLE[person], context)}
        try:
            after = pressed(case, state, number, PEOPLE[person], context)
        except (MoveRefused, TaskBlocked) as refused:
            assert refused.blocks
            assert str(refused)
            continue
        if len(after.history) > len(state.history):
            assert offered[after.history[-1].transition].fillable  # what went through had been offered
        state = after
        keeps_its_promises(case, state)


def keeps_its_promises(case: CaseDefinition, state: CaseState) -> None:
    wanted = {task.id for task in case.tasks_of(state.state)}
    assert {task.id for task in state.tasks if task.open} <= wanted
    assert [step.to for step in state.history][-1] == state.state
    days = [step.on for step in state.history]
    assert days == sorted(days)
    for before, step in zip(state.history, state.history[1:], strict=False):
        move = case.transition_by_id[step.transition]
        assert before.to in move.sources
        assert step.to == move.to
    for task in state.tasks:
        if task.outcome == engine.DONE and case.task_by_id[task.id].kind == "min_wait":
            assert task.due is not None
            assert task.done_on is not None
            assert task.done_on > task.due
    if state.state == "adjusted":
        assert state.last("report").actor != state.last("adjust").actor  # type: ignore[union-attr]
        assert "decision" in state.documents
