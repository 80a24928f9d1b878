"""What would save most days: every step in turn made as short, or as early, as it can be, and the whole run again. Exact.

All shortened versions of one network go through one forward pass, a column each; a step that begins early is another network
and runs by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

import numpy as np

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.network import Activity, ordered
from tenglong.domain.landing.permits.days import Days, day_of, forward
from tenglong.domain.landing.permits.network import PRE, Durations, Situation, activities, base, end_of, pledged, takes_early
from tenglong.domain.landing.permits.policy import Permits

Change = Literal["at_once", "one_day", "early", "unblocked"]
SHORTER: Final[tuple[Change, ...]] = ("at_once", "one_day")


@dataclass(frozen=True)
class Saving:
    """`how`: the step is done on the day it may begin (`at_once`), one working day sooner (`one_day`), begun as early as the
    policy lets it (`early`), or what holds it goes away (`unblocked`). `days`: calendar days that the end comes sooner;
    `working_days` the same."""

    step: str
    how: Change
    end: date
    days: int
    working_days: int


def savings(
    policy: Permits, route: str, now: Situation, calendar: WorkCalendar, *, goal: str = "", durations: Durations = pledged
) -> list[Saving]:
    """Every change that brings the end of `goal` (the last of all ends without one) nearer, most days first."""
    acts = activities(policy, route, now, durations)
    before = day_of(int(_ends(acts, now, calendar, goal)))
    found = [*_shorter(acts, policy, now, calendar, goal), *_other(policy, route, now, calendar, goal, durations)]
    told = [Saving(step, how, end, (before - end).days, calendar.working_days_between(end, before))
            for step, how, end in found if end < before]
    return sorted(told, key=lambda one: (-one.days, one.how, one.step))


def _shorter(
    acts: Sequence[Activity], policy: Permits, now: Situation, calendar: WorkCalendar, goal: str
) -> list[tuple[str, Change, date]]:
    """One column for each (step, how); the law's waits are not among them."""
    able = [one for one in acts if one.done_on is None and one.working_days and policy.steps[base(one.id)].wait is None]
    names = sorted({base(one.id) for one in able})
    cases = [(name, how) for name in names for how in SHORTER]
    if not cases:
        return []
    working: dict[str, Days] = {}
    for one in able:
        least = _least(policy, one)
        column = np.full(len(cases), one.working_days, dtype=np.int32)
        for at, (name, how) in enumerate(cases):
            if name == base(one.id):
                column[at] = least if how == "at_once" else max(least, (one.working_days or 0) - 1)
        working[one.id] = column
    ends = np.broadcast_to(_ends(acts, now, calendar, goal, working), (len(cases),))
    return [(name, how, day_of(int(end))) for (name, how), end in zip(cases, ends, strict=True)]


def _other(
    policy: Permits, route: str, now: Situation, calendar: WorkCalendar, goal: str, durations: Durations
) -> list[tuple[str, Change, date]]:
    uses = policy.uses(route)
    found: list[tuple[str, Change, Situation]] = []
    for name, step in policy.steps.items():
        fact = now.fact(name)
        if fact.done_on is not None or fact.omitted:
            continue
        if name in now.holds:
            found.append((name, "unblocked", replace(now, holds={k: v for k, v in now.holds.items() if k != name})))
        waits = bool(step.serial_after) and "parallel" not in uses
        if fact.started_on is None and (waits or (step.early and not takes_early(step, name, uses, now))):
            found.append((name, "early", replace(now, early=now.early | {name})))
    return [(name, how, day_of(int(_ends(activities(policy, route, changed, durations), changed, calendar, goal))))
            for name, how, changed in found]


def _least(policy: Permits, one: Activity) -> int:
    """0; 1 where a notice must have run out before the act, on a day of its own."""
    waits = [policy.steps[name].wait for name in policy.steps[base(one.id)].after]
    return 1 if any(wait is not None and wait.opens == "day_after" for wait in waits) and not one.id.endswith(PRE) else 0


def _ends(
    acts: Sequence[Activity], now: Situation, calendar: WorkCalendar, goal: str, working: dict[str, Days] | None = None
) -> Days:
    ends = forward(acts, now.start, calendar, as_of=now.as_of, working=working, order=ordered(acts))
    if goal:
        return end_of(ends, goal)
    last = np.array(0, dtype=np.int32)
    for end in ends.values():
        last = np.maximum(last, end)
    return last
