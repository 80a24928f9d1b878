"""Where a procedure stands: which steps are done, which may be done on a day, and what their clocks say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.clocks import Verdict, lawful, verdict
from tenglong.domain.landing.supply.policy import Procedure, Step


@dataclass(frozen=True)
class StepState:
    """`done`: the day it was done. `blocks`: why it may not be done on the day asked. `earliest`: first lawful day, None while
    a step before it is not done. `warnings`: late against a deadline or a pledge. `due`: the nearest such last day."""

    step: Step
    done: date | None
    blocks: tuple[str, ...]
    warnings: tuple[str, ...]
    earliest: date | None
    due: date | None
    unpublished: tuple[int, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.done is None and not self.blocks


def standing(procedure: Procedure, done: Mapping[str, date], on: date, calendar: WorkCalendar) -> list[StepState]:
    """Every step in order; a step that is done is judged by its own day, the others by `on`."""
    return [_state(procedure, step, done, on, calendar) for step in procedure.steps]


def may(procedure: Procedure, step: str, done: Mapping[str, date], on: date, calendar: WorkCalendar) -> StepState:
    """The state of one step not yet done. Raises KeyError for a step that the procedure has not."""
    return _state(procedure, procedure.step(step), {name: day for name, day in done.items() if name != step}, on, calendar)


def soonest(procedure: Procedure, step: str, done: Mapping[str, date], on: date, calendar: WorkCalendar) -> date:
    """First lawful day of a step when every step that it needs is taken on its own first lawful day, not before `on`.

    Raises KeyError for a step that the procedure has not.
    """
    days, wanted = dict(done), procedure.step(step)
    for one in procedure.steps:
        if one.id not in days:
            before = [days[name] for name in one.after if name in days]
            days[one.id] = _earliest(one, days, [*before, on], on, calendar)
        if one.id == wanted.id:
            break
    return days[wanted.id]


def _state(procedure: Procedure, step: Step, done: Mapping[str, date], on: date, calendar: WorkCalendar) -> StepState:
    own = done.get(step.id)
    found = [verdict(clock, done.get(clock.start), own or on, calendar) for clock in step.clocks]
    missing = [procedure.step(name).label for name in step.after if name not in done]
    before = [done[name] for name in step.after if name in done]
    blocks = [f"要先办“{'”“'.join(missing)}”"] if missing else []
    day = own or on
    if not missing and before and day < max(before):
        blocks.append(f"不能早于前一步的日期 {max(before).isoformat()}")
    blocks += [one.says for one in found if one.refused and not missing]
    return StepState(
        step, own, () if own else tuple(blocks), tuple(one.says for one in found if one.warned),
        None if missing else _earliest(step, done, before, on, calendar), _due(found),
        tuple(sorted({year for one in found for year in one.unpublished})),
    )


def _earliest(step: Step, done: Mapping[str, date], before: list[date], on: date, calendar: WorkCalendar) -> date:
    running = [(clock, done[clock.start]) for clock in step.clocks if clock.start in done]
    return lawful(running, max(before, default=on), calendar)


def _due(found: list[Verdict]) -> date | None:
    return min((one.due for one in found if one.due is not None and one.clock.kind != "min_wait"), default=None)
