"""What the permits of a project forecast, in the words of its page, on any day; None for a project without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from tenglong.apps.projects import permit_policies, policies
from tenglong.apps.projects.models import Blocker, PermitNetwork, Project
from tenglong.apps.projects.queries import forecast, permits
from tenglong.domain.landing.permits.network import Fact, Situation, base, plan, soonest
from tenglong.domain.landing.permits.policy import Permits
from tenglong.domain.landing.projects import blockers as rule

#: days of the page that names the path of each day
MOST_DAYS = 120


@dataclass(frozen=True)
class Told:
    """`path`: labels of the open steps that drive the end, first to last; `end`: the end of all by the plan.

    `p50`, `p90`, `lawful`: of the next goal, for today alone.
    """

    network: PermitNetwork
    path: tuple[str, ...]
    end: date
    goal: str = ""
    p50: date | None = None
    p90: date | None = None
    lawful: date | None = None

    @property
    def current(self) -> str:
        return self.path[0] if self.path else ""

    def as_json(self) -> dict[str, Any]:
        return {"network": self.network.ulid, "end": self.end, "goal": self.goal, "p50": self.p50, "p90": self.p90,
                "lawful_minimum": self.lawful, "path": list(self.path)}


def outlook(user: Any, project: Project, on: date) -> Told | None:
    """Today's with its odds, as the lists keep them; of an earlier day the path as it stood."""
    row = _network(user, project)
    if row is None or on < row.start_on:
        return None
    told = _stood(row, [on])[0][1]
    if on != timezone.localdate():
        return told
    kept = forecast.fresh([row], on)[row.pk]
    goal = next((one for one in kept["goals"] if one["step"] == kept["goal"]), None)
    if goal is None:
        return told
    return replace(told, goal=goal["label"], p50=date.fromisoformat(goal["p50"]), p90=date.fromisoformat(goal["p90"]),
                   lawful=_lawful(row, on, goal["step"]))


def _lawful(row: PermitNetwork, on: date, goal: str) -> date:
    policy = permit_policies.of(row)
    return soonest(policy, permits.situation(row, on), permits.calendar(policy), goal)


def each_day(user: Any, project: Project, today: date) -> list[tuple[date, date, Told]]:
    """(first day, last day, path) since the network began, days with the same path and end together, newest first."""
    row = _network(user, project)
    if row is None:
        return []
    first = max(row.start_on, today - timedelta(days=MOST_DAYS - 1))
    span = [first + timedelta(days=at) for at in range((today - first).days + 1)]
    found: list[tuple[date, date, Told]] = []
    for day, told in _stood(row, span):
        if found and (found[-1][2].path, found[-1][2].end) == (told.path, told.end):
            found[-1] = (found[-1][0], day, told)
        else:
            found.append((day, day, told))
    return found[::-1]


def _network(user: Any, project: Project) -> PermitNetwork | None:
    """Of the whole project, else of the last phase that has one: that is where the work is."""
    rows = permits.networks(user).filter(project=project).order_by("-phase__ordinal", "-pk")
    return rows.filter(phase__isnull=True).first() or rows.first()


def _stood(row: PermitNetwork, span: list[date]) -> list[tuple[date, Told]]:
    """The plan of each day from what had happened until then."""
    policy, now = permit_policies.of(row), permits.situation(row)
    calendar = permits.calendar(policy)
    held = list(Blocker.objects.filter(Q(solved_on__isnull=True) | Q(solved_on__gt=span[0]), project_id=row.project_id)
                .exclude(step=""))
    return [(day, _told(row, policy, plan(policy, row.route, situation, calendar), situation))
            for day, situation in _situations(now, held, span)]


def _situations(now: Situation, held: list[Blocker], span: list[date]) -> Iterator[tuple[date, Situation]]:
    """What was known at the end of each day. A blocker counts from its day on until it was solved."""
    body, calendar = policies.in_force().body, policies.calendar()
    for day in span:
        facts = {name: _until(fact, day) for name, fact in now.facts.items()}
        holds: dict[str, date] = {}
        for one in held:
            if one.opened_on <= day and (one.solved_on is None or one.solved_on > day):
                until = rule.holds_until(body, one.level, one.expected_on, day, calendar)
                holds[one.step] = max(until, holds.get(one.step, until))
        yield day, replace(now, facts=facts, holds=holds, as_of=day)


def _until(fact: Fact, day: date) -> Fact:
    def known(on: date | None) -> date | None:
        return on if on is not None and on <= day else None

    return replace(fact, started_on=known(fact.started_on), done_on=known(fact.done_on),
                   pre_started_on=known(fact.pre_started_on), pre_done_on=known(fact.pre_done_on))


def _told(row: PermitNetwork, policy: Permits, found: Any, now: Situation) -> Told:
    labels: list[str] = []
    for name in found.path:
        step = base(name)
        label = policy.steps[step].label
        if now.fact(step).done_on is None and label not in labels:
            labels.append(label)
    return Told(row, tuple(labels), found.end)


def steps(user: Any, project: Project) -> list[tuple[str, str]]:
    """(id, label) of the open steps that a blocker may hold."""
    row = _network(user, project)
    if row is None:
        return []
    policy, now = permit_policies.of(row), permits.situation(row)
    open_ = [name for name in policy.steps if now.fact(name).done_on is None and not now.fact(name).omitted]
    return [(name, policy.steps[name].label) for name in open_]


def step_label(user: Any, project: Project, step: str) -> str:
    """Words of a step; the id itself without a network in sight."""
    row = _network(user, project) if step else None
    policy = permit_policies.of(row) if row else None
    return policy.steps[step].label if policy and step in policy.steps else step
