"""Where the steps stand on a day: the four certificates, what each department owes, the countdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.network import Planned, Schedule
from tenglong.domain.landing.permits.network import HOLD, PRE, Situation, end_of
from tenglong.domain.landing.permits.policy import CERTIFICATES, Countdown, Permits
from tenglong.domain.landing.permits.rules import begun

State = Literal["done", "omitted", "held", "running", "reviewed", "reviewing", "ready", "waiting"]
Light = Literal["late", "amber", "green", "none"]


@dataclass(frozen=True)
class Certificate:
    """One of the four. `on`: the day it was given, else the day it is expected."""

    kind: str
    label: str
    step: str
    state: State
    on: date


@dataclass(frozen=True)
class Owed:
    """A step that a department has in hand. `due`: last day of the pledge (else of the law's term, else the plan's day)."""

    step: str
    label: str
    department: str
    state: State
    since: date
    due: date
    days_left: int
    light: Light
    by: Literal["pledge", "legal", "plan"]


@dataclass(frozen=True)
class Count:
    """`day` of `days`: today counts from the day after the first step was done. `left` < 0: that many days over."""

    label: str
    since: date | None
    until: date | None
    done_on: date | None
    day: int
    days: int
    left: int
    expected: date


def state_of(policy: Permits, name: str, now: Situation) -> State:
    """How far a step is."""
    fact = now.fact(name)
    if fact.omitted:
        return "omitted"
    if fact.done_on is not None:
        return "done"
    if name in now.holds:
        return "held"
    if fact.started_on is not None:
        return "running"
    if fact.pre_done_on is not None:
        return "reviewed"
    if fact.pre_started_on is not None:
        return "reviewing"
    before = (now.fact(one) for one in policy.steps[name].after)
    return "ready" if all(one.omitted or one.done_on for one in before) else "waiting"


def certificates(policy: Permits, now: Situation, found: Schedule) -> list[Certificate]:
    """The four in the order of the law, those that the network has."""
    steps = {step.certificate: name for name, step in policy.steps.items() if step.certificate}
    ends = {task.id: task.early_finish for task in found.tasks}
    return [Certificate(kind, label, steps[kind], state_of(policy, steps[kind], now), end_of(ends, steps[kind]))
            for kind, label in CERTIFICATES.items() if kind in steps]


def owed(policy: Permits, now: Situation, found: Schedule, calendar: WorkCalendar, on: date, amber: int = 2) -> list[Owed]:
    """What departments have in hand on the day, soonest first: steps that have begun, in review, or ready to begin."""
    plans = {task.id: task for task in found.tasks}
    rows = [_owed(policy, name, state, now, plans, calendar, on, amber) for name in policy.steps
            if (state := state_of(policy, name, now)) in ("running", "reviewing", "ready", "held")]
    return sorted(rows, key=lambda one: (one.due, one.step))


def _owed(
    policy: Permits, name: str, state: State, now: Situation, plans: dict[str, Planned], calendar: WorkCalendar, on: date,
    amber: int,
) -> Owed:
    step, fact = policy.steps[name], now.fact(name)
    task = plans[f"{name}{PRE}"] if state == "reviewing" else plans[name]
    since = fact.pre_started_on if state == "reviewing" else begun(policy, name, now)
    since = since or task.early_start
    clock, by = (step.pledge, "pledge") if step.pledge else (step.legal, "legal") if step.legal else (None, "plan")
    due = clock.deadline(since, calendar).due if clock else max(task.early_finish, end_of(
        {one.id: one.late_finish for one in plans.values()}, name) if f"{name}{HOLD}" in plans else task.late_finish)
    left = calendar.working_days_between(on, due)
    light: Light = "late" if due < on else "amber" if left <= amber else "green"
    return Owed(name, step.label, step.department, state, since, due, left, light, by)  # type: ignore[arg-type]


def countdown(policy: Permits, now: Situation, found: Schedule, on: date) -> Count | None:
    """The county's countdown on a day; None when the policy has none."""
    rule: Countdown | None = policy.countdown
    if rule is None:
        return None
    ends = {task.id: task.early_finish for task in found.tasks}
    since, done = now.fact(rule.start).done_on, now.fact(rule.end).done_on
    expected = end_of(ends, rule.end)
    if since is None:
        return Count(rule.label, None, None, None, 0, rule.days, rule.days, expected)
    until, today = since + timedelta(days=rule.days), done or on
    return Count(rule.label, since, until, done, (today - since).days, rule.days, (until - today).days, expected)


def next_steps(policy: Permits, now: Situation, found: Schedule, limit: int = 3) -> Sequence[Planned]:
    """The steps of the driving path that are not done, in order: what the end waits for."""
    path = [found.task(name) for name in found.path]
    return [task for task in path if task.slack is not None][:limit]
