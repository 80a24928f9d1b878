"""Another day for a step that was written down wrongly: what it breaks, and what it means for the steps that hang on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.supply.policy import Procedure
from tenglong.domain.landing.supply.steps import StepState, may, standing


@dataclass(frozen=True)
class Recheck:
    """`broken`: why the day cannot be (a wait, or the order of steps); `warnings`: step → what its deadlines say now, for every
    step that is done; `told`: sentences on later steps whose clocks move."""

    broken: tuple[str, ...]
    warnings: dict[str, tuple[str, ...]]
    told: tuple[str, ...]


def recheck(procedure: Procedure, done: Mapping[str, date], step: str, on: date, today: date,
            calendar: WorkCalendar) -> Recheck:
    """What `on` instead of the day in `done` means. A wait refuses, of this step and of every later one that was done;
    a deadline or a pledge only warns. Raises KeyError for a step that is not done."""
    if step not in done:
        raise KeyError(step)
    days = {**done, step: on}
    stands = [may(procedure, one.id, days, days[one.id], calendar) for one in procedure.steps if one.id in days]
    broken = tuple(f"“{state.step.label}”{says}" for state in stands for says in state.blocks)
    warnings = {state.step.id: state.warnings for state in stands}
    return Recheck(broken, warnings, () if broken else tuple(_moved(procedure, done, days, step, today, calendar)))


def starts_wait(procedure: Procedure, step: str) -> bool:
    """Whether a lawful wait is counted from this step."""
    return any(clock.kind == "min_wait" and clock.start == step for one in procedure.steps for clock in one.clocks)


def _moved(procedure: Procedure, before: Mapping[str, date], after: Mapping[str, date], step: str, today: date,
           calendar: WorkCalendar) -> Iterator[str]:
    old = standing(procedure, before, today, calendar)
    for was, now in zip(old, standing(procedure, after, today, calendar), strict=True):
        if now.step.id != step:
            yield from _told(was, now)


def _told(was: StepState, now: StepState) -> Iterator[str]:
    label = now.step.label
    if now.done is not None:
        if now.warnings != was.warnings:
            yield f"“{label}”：{'；'.join(now.warnings)}" if now.warnings else f"“{label}”不再超过时限"
        return
    if any(clock.kind == "min_wait" for clock in now.step.clocks) and now.earliest and was.earliest != now.earliest:
        yield f"“{label}”最早可办日期由 {was.earliest} 变为 {now.earliest}"
    if now.due is not None and was.due != now.due:
        yield f"“{label}”截止日期由 {was.due} 变为 {now.due}"
