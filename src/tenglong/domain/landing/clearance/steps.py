"""Statutory steps of one taking: done, possible on a day, held up by what; and whether stages of holders are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.clearance.policy import Stage, Taking, TakingStep
from tenglong.domain.landing.clearance.stages import LABELS
from tenglong.domain.landing.clocks import Verdict, verdict

Done = Mapping[str, date]


@dataclass(frozen=True)
class Standing:
    """One step on a day. `blocks`: sentences that stop it; `warns`: late; `verdicts` of its clocks."""

    step: TakingStep
    done_on: date | None
    blocks: tuple[str, ...]
    warns: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def open(self) -> bool:
        return self.done_on is None and not self.blocks


def stand(taking: Taking, done: Done, surveying: bool, on: date, calendar: WorkCalendar) -> list[Standing]:
    """Every step in order. `surveying`: the taking has not begun, so that only steps of the survey may be done."""
    return [_standing(taking, step, done, surveying, on, calendar) for step in taking.steps]


def _standing(
    taking: Taking, step: TakingStep, done: Done, surveying: bool, on: date, calendar: WorkCalendar
) -> Standing:
    told = done.get(step.id)
    found = clocks(step, done, told or on, calendar)
    warns = tuple(one.says for one in found if one.warned)
    blocks = () if told else refusals(taking, step, done, surveying, on, calendar)
    return Standing(step, told, blocks, warns, tuple(found))


def clocks(step: TakingStep, done: Done, on: date, calendar: WorkCalendar) -> list[Verdict]:
    """Verdicts of the step's own clocks; those of steps that were not called for say nothing."""
    return [verdict(clock, done.get(clock.start), on, calendar) for clock in step.clocks]


def refusals(
    taking: Taking, step: TakingStep, done: Done, surveying: bool, on: date, calendar: WorkCalendar
) -> tuple[str, ...]:
    """Why the step may not be done on that day: an order of steps, a wait that has not run, or nothing but a survey so far."""
    if surveying and not step.survey and not step.starts:
        return (f"现在只是摸底，不是{taking.decision_word}；先启动，再办“{step.label}”",)
    found = []
    for before in step.after:
        earlier = taking.step(before)
        if before not in done and (step.optional or not earlier.optional):
            found.append(f"先办“{earlier.label}”")
        elif before in done and on < done[before]:
            found.append(f"“{step.label}”的日期早于“{earlier.label}”的 {done[before]}")
    called = [one for one in clocks(step, done, on, calendar) if one.refused]
    found += [one.says for one in called if one.start is not None or not _optional(taking, one)]
    return tuple(found)


def following(taking: Taking, step: str, done: Done) -> list[TakingStep]:
    """Steps that were done and that stand on this one: they come after it, or a clock of theirs runs from it; and so on."""
    found: list[TakingStep] = []
    seen = {step}
    for one in taking.steps:
        if one.id in done and seen & {*one.after, *(clock.start for clock in one.clocks)}:
            found.append(one)
            seen.add(one.id)
    return found


def unlawful(taking: Taking, done: Done, calendar: WorkCalendar) -> tuple[str, ...]:
    """Why these days of steps cannot stand together: an order broken, a wait cut short, each with its clause."""
    found: list[str] = []
    for step in taking.steps:
        if step.id in done:
            others = {key: day for key, day in done.items() if key != step.id}
            found += refusals(taking, step, others, False, done[step.id], calendar)
    return tuple(found)


def late(taking: Taking, done: Done, calendar: WorkCalendar) -> tuple[str, ...]:
    """What is told of deadlines and pledges that these days miss."""
    return tuple(verdict.says for step in taking.steps if step.id in done
                 for verdict in clocks(step, done, done[step.id], calendar) if verdict.warned)


def _optional(taking: Taking, found: Verdict) -> bool:
    """The clock of an optional step that was not called for stops nothing."""
    start = getattr(found.clock, "start", "")
    return bool(start) and taking.step(start).optional


def decided(taking: Taking, done: Done, on: date) -> bool:
    at = done.get(taking.deciding.id)
    return at is not None and at <= on


def gate(taking: Taking, stage: Stage, done: Done, surveying: bool, on: date) -> list[str]:
    """Why no holder may reach the stage on that day."""
    if surveying:
        return [f"仅作摸底，不是{taking.decision_word}：不能登记{LABELS[stage]}"]
    missing = [step for step in taking.steps if stage in step.opens and (step.id not in done or done[step.id] > on)]
    return [f"先办“{step.label}”，再登记{LABELS[stage]}" for step in missing if not step.optional]
