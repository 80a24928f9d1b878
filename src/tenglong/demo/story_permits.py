"""审批: networks of the projects whose land was announced. Days that a project tells of itself stand as told; the steps
between them lie in order and after every lawful wait. All invented.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.queries import forecast, permits
from tenglong.apps.projects.queries.projects import projects
from tenglong.apps.projects.service import permits as service
from tenglong.apps.projects.service import permits_owed, permits_papers, permits_past
from tenglong.apps.projects.service.permits_past import Past
from tenglong.apps.registry import service as registry
from tenglong.demo.county import MARK
from tenglong.demo.story import Stage
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.network import ordered
from tenglong.domain.landing.permits import materials
from tenglong.domain.landing.permits.network import PRE, Fact, Situation, activities, base
from tenglong.domain.landing.permits.policy import Permits

POLICY: Final = "zj-land-and-start"
#: what a project tells of itself → the step that was done on that day
TOLD: Final = {
    "notice": "publish", "listing": "notice", "deal": "listing", "land": "contract", "permits": "construction_permit",
    "started": "start_build", "completed": "build",
}
#: of these a project would have told: what it does not tell has not happened
KNOWN: Final = frozenset({"listing", "deal", "contract", "construction_permit", "start_build", "build"})
WORDS: Final = {"land_permit": "地字第", "title": "不动产权第", "works_permit": "建字第", "construction_permit": "施字第"}
#: days kept free for a wait that no date of the project frames, and after a notice that must have run out
WAIT, AFTER_NOTICE = timedelta(days=14), timedelta(days=4)
FAR: Final = date(2099, 1, 1)


@dataclass(frozen=True)
class When:
    """Days of an activity; what lies ahead has not happened."""

    begins: date
    ends: date


def play(stage: Stage) -> None:
    dice, today = random.Random(20231022), timezone.localdate()  # noqa: S311 - the same story every time
    rows = projects(stage.officer).filter(stopped_on__isnull=True, networks__isnull=True).order_by("code")
    for row in rows.filter(milestones__kind="notice", milestones__done_on__isnull=False).distinct():
        for phase, told in _told(row):
            _network(stage, row, phase, told, dice, today)
    forecast.by_itself()


def _told(row: Any) -> list[tuple[Any, dict[str, date]]]:
    """Per phase (None: the whole project) the days of the steps that the project tells of."""
    found: dict[Any, dict[str, date]] = {}
    dated = row.milestones.filter(done_on__isnull=False).select_related("phase").order_by("phase__ordinal")
    for one in dated:
        if one.kind in TOLD and one.done_on is not None:
            found.setdefault(one.phase, {})[TOLD[one.kind]] = one.done_on
    return [(phase, days) for phase, days in found.items() if "publish" in days]


def _network(stage: Stage, row: Any, phase: Any, told: dict[str, date], dice: random.Random, today: date) -> None:
    network = service.begin(stage.officer, row, POLICY, phase=phase, on=told["publish"])
    policy = permit_policies.of(network)
    if "listing" in told:
        told["deal"] = told["listing"]
    days = lived(policy, network.route, told, permits.calendar(policy), dice, today)
    lines = [one for name in policy.steps if (one := _past(network, policy, name, days, today)) is not None]
    _papers(stage, network, policy, lines)
    permits_past.enter(stage.officer, network, lines, reason=f"按项目台账补录（{MARK}）")


def lived(
    policy: Permits, route: str, told: Mapping[str, date], calendar: WorkCalendar, dice: random.Random, today: date
) -> dict[str, When]:
    """Days of every activity: after what stands before it, for as long as such steps take, no later than what is told next."""
    acts = activities(policy, route, Situation(told["publish"]))
    held, order = {one.id: one for one in acts}, ordered(acts)
    last = _last(policy, held, order, told)
    days: dict[str, When] = {}
    for name in order:
        one, step = held[name], policy.steps[base(name)]
        begins = max([told["publish"], *(days[before].ends for before in one.after)])
        work = round((one.working_days or 0) * (1 if step.wait else dice.uniform(0.65, 1.4)))
        ends = step.wait.deadline(begins, calendar).due if step.wait else calendar.add_working_days(begins, work)
        ahead = today + timedelta(days=1) if name in KNOWN and name not in told else begins
        days[name] = When(begins, told.get(name, max(begins, ahead, min(ends, last[name]))))
    return days


def _last(policy: Permits, held: Mapping[str, Any], order: list[str], told: Mapping[str, date]) -> dict[str, date]:
    """The day by which an activity must be over, so that what is told after it could happen."""
    last = {name: told.get(name, FAR) for name in order}
    for name in reversed(order):
        wait = policy.steps[base(name)].wait
        free = timedelta(0) if wait is None or name in told else WAIT
        for before in held[name].after:
            notice = policy.steps[base(before)].wait
            gap = AFTER_NOTICE if notice is not None and before not in told else timedelta(0)
            last[before] = min(last[before], last[name] - max(free, gap)) if last[name] != FAR else last[before]
    return last


def _past(network: Any, policy: Permits, name: str, days: Mapping[str, When], today: date) -> Past | None:
    """The days of a step that have come; None while nothing has."""
    step, when, review = policy.steps[name], days[name], days.get(f"{name}{PRE}")
    done = when.ends if when.ends <= today else None
    fact = Fact(done_on=done)
    if review is not None and review.begins <= today:
        fact = Fact(pre_started_on=review.begins, pre_done_on=review.ends if review.ends <= today else None, done_on=done)
    elif review is None and step.kind not in ("wait", "event") and when.begins <= today and when.begins < when.ends:
        fact = Fact(started_on=when.begins, done_on=done)
    word = WORDS.get(name) if done else None
    number = f"{word} {when.ends.year}{network.pk:04d} 号（{MARK}）" if word else ""
    return None if fact == Fact() else Past(name, fact, number)


def _papers(stage: Stage, network: Any, policy: Permits, lines: list[Past]) -> None:
    """Every paper on the first day on which a step asks for it, again once it has expired, as one file a day; of a permit that
    is in review today, what may come later is promised instead."""
    calendar, now = permits.calendar(policy), Situation(network.start_on, {one.step: one.fact for one in lines})
    brought, until, days = set(materials.brought(policy, now)), dict[str, date](), dict[date, list[str]]()
    asked = sorted((day, one.step) for one in lines for day in _events(one.fact))
    promised = _promised(policy, lines, brought)
    for day, step in asked:
        for name in policy.steps[step].materials:
            if name in brought and (step, name) not in promised and until.get(name, date.min) < day:
                days.setdefault(day, []).append(name)
                until[name] = materials.stands_until(policy.materials[name], day, calendar) or date.max
    for day, names in days.items():
        _take(stage, network, policy, names, day)
    for step, name in promised:
        begun = now.fact(step).pre_started_on
        permits_owed.promise(stage.officer, network, step, name, person="陈工（项目经理）", on=begun,
                             due_on=timezone.localdate() + timedelta(days=6))


def _events(fact: Fact) -> list[date]:
    return [day for day in (fact.pre_started_on, fact.pre_done_on, fact.started_on, fact.done_on) if day is not None]


def _promised(policy: Permits, lines: list[Past], brought: set[str]) -> list[tuple[str, str]]:
    """(step, paper) that a permit in review may lack today, where no other step had asked for the paper."""
    used = {name for one in lines if one.fact.done_on for name in policy.steps[one.step].materials}
    waiting = [one.step for one in lines if one.fact.pre_started_on and not one.fact.done_on]
    return [(step, name) for step in waiting for name in materials.may_lack(policy, step, "review")
            if name in brought and name not in used]


def _take(stage: Stage, network: Any, policy: Permits, names: list[str], day: date) -> None:
    labels = "、".join(policy.materials[name].label for name in names)
    text = f"{labels}\n{network.project.name}\n（{MARK}，内容虚构）\n".encode()
    file = registry.add_document(stage.officer, f"申报材料 {day}.txt", text, kind="permit",
                                 division_code=network.project.division_code)
    permits_papers.take_in(stage.officer, network, [permits_papers.Paper(name, file) for name in names], on=day)
