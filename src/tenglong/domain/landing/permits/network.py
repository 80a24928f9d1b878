"""The steps of a policy as activities of the one forward and backward pass, by route, with what happened and what is held.

A step that may begin early becomes two activities on a route that uses it: `<step>.pre`, the review, and `<step>`, the formal
act that waits for the review and for everything the law asks before it. A hold (a blocker) becomes `<step>.hold`: what comes
after waits until that day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.definition import Term
from tenglong.domain.casework.network import Activity, Schedule, finishes, ordered, schedule
from tenglong.domain.landing.permits.policy import Permits, Promise, Step

PRE: Final = ".pre"
HOLD: Final = ".hold"
T = TypeVar("T")
#: (step id, step) → what its work takes
Durations = Callable[[str, Step], Term | None]


@dataclass(frozen=True)
class Fact:
    """What has happened to a step: typed by a person. `pre_*`: the early review; `omitted`: does not apply to the project."""

    started_on: date | None = None
    done_on: date | None = None
    pre_started_on: date | None = None
    pre_done_on: date | None = None
    omitted: bool = False


NOTHING: Final = Fact()


@dataclass(frozen=True)
class Situation:
    """A project on one day. `start`: the day it entered the network; `holds`: step → it cannot end before that day;
    `as_of`: today; `early`: steps that take their early way whatever the route says."""

    start: date
    facts: Mapping[str, Fact] = field(default_factory=dict)
    holds: Mapping[str, date] = field(default_factory=dict)
    as_of: date | None = None
    early: frozenset[str] = frozenset()

    def fact(self, step: str) -> Fact:
        return self.facts.get(step, NOTHING)


def pledged(_name: str, step: Step) -> Term | None:
    return step.term


def by_law(_name: str, step: Step) -> Term | None:
    """The longest the law gives; the owner's own work as usual."""
    return step.wait or step.legal or step.usual or step.pledge


def at_once(_name: str, step: Step) -> Term | None:
    """Nothing takes time but what the law makes everybody wait for."""
    return step.wait


def activities(policy: Permits, route: str, now: Situation, durations: Durations = pledged) -> list[Activity]:
    """Every step as one to three activities. Raises LookupError for an unknown route."""
    uses = policy.uses(route)
    split = {name for name, step in policy.steps.items() if takes_early(step, name, uses, now)}
    made: list[Activity] = []
    for name, step in policy.steps.items():
        fact = now.fact(name)
        if fact.omitted:
            made.append(Activity(name, step.label, after=_behind(_waited(step, name, uses, now), now)))
            continue
        term = durations(name, step)
        if name in split and step.early is not None:
            review = tuple(f"{one}{PRE}" if one in split else one for one in step.early.after)
            made.append(_activity(f"{name}{PRE}", f"{step.label}（{_how(step)}）", term, _behind(review, now),
                                  fact.pre_started_on, fact.pre_done_on or fact.done_on))
            after = (*_behind(step.after, now), f"{name}{PRE}")
            made.append(_activity(name, step.label, _formal(policy, step, now), after, fact.started_on, fact.done_on))
        else:
            after = _behind(_waited(step, name, uses, now), now)
            made.append(_activity(name, step.label, _next_day(policy, step, term), after, fact.started_on, fact.done_on))
        if name in now.holds and fact.done_on is None:
            made.append(Activity(f"{name}{HOLD}", step.label, after=(name,), not_before=now.holds[name]))
    return made


def plan(policy: Permits, route: str, now: Situation, calendar: WorkCalendar, durations: Durations = pledged) -> Schedule:
    """Early and late dates of every activity, critical path, float."""
    return schedule(activities(policy, route, now, durations), now.start, calendar, as_of=now.as_of)


def lawful_minimum(policy: Permits, now: Situation, calendar: WorkCalendar) -> tuple[str, Schedule]:
    """The soonest end that the waits of the law allow when all else is done on the day it may be: route and schedule."""
    ends = {name: plan(policy, name, now, calendar, at_once) for name in policy.routes}
    best = min(ends, key=lambda name: (ends[name].end, list(ends).index(name)))
    return best, ends[best]


def ends_by_route(
    policy: Permits, now: Situation, calendar: WorkCalendar, step: str, durations: Durations = pledged
) -> dict[str, date]:
    """When the step ends by every route: what `compare` says of it, by forward passes alone."""
    return {name: end_of(finishes(activities(policy, name, now, durations), now.start, calendar, as_of=now.as_of), step)
            for name in policy.routes}


def soonest(policy: Permits, now: Situation, calendar: WorkCalendar, step: str) -> date:
    """The first day on which the waits of the law let the step end, by whatever route."""
    return min(ends_by_route(policy, now, calendar, step, at_once).values())


def compare(policy: Permits, now: Situation, calendar: WorkCalendar, durations: Durations = pledged) -> dict[str, Schedule]:
    """The same project by every route of the policy."""
    return {name: plan(policy, name, now, calendar, durations) for name in policy.routes}


def takes_early(step: Step, name: str, uses: Sequence[str], now: Situation) -> bool:
    """Whether the step is reviewed early: by the route, or because somebody began to."""
    if step.early is None:
        return False
    fact = now.fact(name)
    begun = fact.pre_started_on is not None or fact.pre_done_on is not None
    return begun or name in now.early or (step.early.how in uses and fact.started_on is None)


def legal_before(policy: Permits, name: str) -> set[str]:
    """Every step that the law puts before this one, however far."""
    found: set[str] = set()
    waiting = list(policy.steps[name].after)
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += policy.steps[one].after
    return found


def counted_days(policy: Permits, promise: Promise) -> int:
    """Working days of the longest chain of counted steps that a promise speaks of, the owner's own work left out."""
    now = Situation(date(2000, 1, 3))
    made = {one.id: one for one in activities(policy, promise.route, now)}
    inside = _between(policy, made, promise)
    longest: dict[str, int] = {}
    for name in ordered(made.values()):
        before = max((longest[one] for one in made[name].after), default=0)
        longest[name] = before + (_counts(policy, made[name]) if name in inside else 0)
    return longest[promise.end] if promise.end else max(longest.values())


def _between(policy: Permits, made: Mapping[str, Activity], promise: Promise) -> set[str]:
    if promise.stages:
        return {name for name in made if policy.steps[base(name)].stage in promise.stages}
    behind: set[str] = set()
    for name in ordered(made.values()):
        if any(one in behind or one == promise.start for one in made[name].after):
            behind.add(name)
    return behind


def _counts(policy: Permits, one: Activity) -> int:
    return (one.working_days or 0) if policy.steps[base(one.id)].counted else 0


def end_of(ends: Mapping[str, T], step: str) -> T:
    """When what follows a step may begin: the end of its hold where it has one."""
    return ends.get(f"{step}{HOLD}", ends[step])


def base(name: str) -> str:
    """The step that an activity belongs to."""
    return name.removesuffix(PRE).removesuffix(HOLD)


def _waited(step: Step, name: str, uses: Sequence[str], now: Situation) -> tuple[str, ...]:
    return step.after if "parallel" in uses or name in now.early else (*step.after, *step.serial_after)


def _behind(names: Sequence[str], now: Situation) -> tuple[str, ...]:
    """A held step lets go of what follows only when its hold ends."""
    return tuple(f"{one}{HOLD}" if one in now.holds and now.fact(one).done_on is None and not now.fact(one).omitted else one
                 for one in names)


def _formal(policy: Permits, step: Step, now: Situation) -> Term | None:
    return _next_day(policy, step, step.early.formal if step.early else None)


def _next_day(policy: Permits, step: Step, term: Term | None) -> Term | None:
    """After a notice that must have run out, an act of no duration is done on the next working day."""
    waits = [policy.steps[one].wait for one in step.after]
    takes_time = term is not None and bool(term.working_days or term.days)
    if not takes_time and any(wait is not None and wait.opens == "day_after" for wait in waits):
        return Term(working_days=1)
    return term


def _activity(
    name: str, label: str, term: Term | None, after: tuple[str, ...], started: date | None, done: date | None
) -> Activity:
    return Activity(name, label, term.working_days if term else None, term.days if term else None, after, None, started, done)


def _how(step: Step) -> str:
    return "容缺受理" if step.early and step.early.how == "deficient" else "预审"
