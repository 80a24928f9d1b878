"""When a running case will be done: the tasks of its state and of the states to come, by their terms and predecessors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition, TaskSpec
from tenglong.domain.casework.engine import DONE, CaseState
from tenglong.domain.casework.network import Activity, Schedule, schedule


@dataclass(frozen=True)
class Forecast:
    """`way`: states still to pass, the present one first. `undated`: tasks without a term, counted as no time.

    `schedule` is None when no task lies ahead.
    """

    schedule: Schedule | None
    way: tuple[str, ...]
    undated: tuple[str, ...]

    @property
    def end(self) -> date | None:
        return self.schedule.end if self.schedule else None


def way_ahead(case: CaseDefinition, state: str, *, by: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """States from `state` to an end by the first onward move of each, or by the move that `by` names for a state.

    A state met again ends the way. Raises ValueError for a move that does not leave its state.
    """
    found = [state]
    while not case.state_by_id[found[-1]].final:
        wanted = (by or {}).get(found[-1])
        leaving = [move for move in case.leaving(found[-1]) if (move.id == wanted if wanted else move.way == "forward")]
        if wanted and not leaving:
            raise ValueError(f"流转“{wanted}”不从“{case.state_by_id[found[-1]].label}”出发")
        if not leaving or leaving[0].to in found:
            break
        found.append(leaving[0].to)
    return tuple(found)


def forecast(
    case: CaseDefinition, state: CaseState, calendar: WorkCalendar, today: date, *, by: Mapping[str, str] | None = None
) -> Forecast:
    """Forecast of a running case on `today`: what is done stays, what is open cannot end before today. Raises ValueError
    (`way_ahead`), NetworkError."""
    way = way_ahead(case, state.state, by=by)
    made: list[Activity] = []
    undated: list[str] = []
    before: tuple[str, ...] = ()
    for place, name in enumerate(way):
        specs = case.tasks_of(name)
        made += [_activity(spec, before, state if not place else None, way, case, calendar) for spec in specs]
        undated += [spec.label for spec in specs if spec.duration is None and spec.deadline is None]
        before = _last(specs) or before
    if not made:
        return Forecast(None, way, ())
    return Forecast(schedule(made, state.entered_on, calendar, as_of=today), way, tuple(undated))


def plan(case: CaseDefinition, start: date, calendar: WorkCalendar, *, by: Mapping[str, str] | None = None) -> Forecast:
    """The whole procedure from its first state, for a case that would be opened on `start`."""
    return forecast(case, CaseState(case.initial, start), calendar, start, by=by)


def _activity(
    spec: TaskSpec, before: Sequence[str], state: CaseState | None, way: Sequence[str], case: CaseDefinition,
    calendar: WorkCalendar,
) -> Activity:
    passed = way[: way.index(spec.state) + 1]  # a task of a later state cannot be waited for, whatever the text says
    inside = [name for name in spec.after if case.task_by_id[name].state in passed]
    term = spec.duration or spec.deadline
    held = state.latest(spec.id) if state is not None else None
    fresh = held if held is not None and state is not None and held.opened_on >= state.entered_on else None
    done = fresh.done_on if fresh is not None and fresh.outcome == DONE else None
    begun = fresh.opened_on if fresh is not None and done is None and not inside else None
    working, days = (term.working_days, term.days) if term else (None, None)
    if begun and fresh is not None and fresh.paused and fresh.due:  # a pause moved it
        working, days = calendar.working_days_between(begun, fresh.due), None
    return Activity(
        spec.id, spec.label, working, days,
        tuple(dict.fromkeys((*before, *inside))), started_on=begun, done_on=done)


def _last(specs: Sequence[TaskSpec]) -> tuple[str, ...]:
    """Tasks of a state that no other task of it waits for."""
    followed = {name for spec in specs for name in spec.after}
    return tuple(spec.id for spec in specs if spec.id not in followed)
