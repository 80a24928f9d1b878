"""When a project will have its permits: the dates that a timeline shows. Forecasts never become facts.

A list reads what was last worked out (`PermitNetwork.outlook`); what is stale – a step or a blocker changed, or another day
began – is worked out again, here or by the worker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.models import PermitNetwork, Project
from tenglong.apps.projects.queries import permits
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.network import Schedule
from tenglong.domain.landing.permits import board, montecarlo
from tenglong.domain.landing.permits.network import Situation, end_of, ends_by_route, plan, soonest
from tenglong.domain.landing.permits.policy import Permits

#: the shape of `outlook`; a new one makes all stale
SHAPE: Final = 2
#: seconds between two looks of the worker
OFTEN: Final = 900


@dataclass(frozen=True)
class Goal:
    """`done_on` a fact, else `planned` by the plan and `p50`, `p90` by the odds."""

    step: str
    label: str
    planned: date
    done_on: date | None
    p50: date
    p90: date


@dataclass(frozen=True)
class Outlook:
    """The permits of a project on a day. `path`, `critical`: ids of activities; `lawful_minimum`, `by_route`: of the next goal,
    worked out when asked for (lists do not). `cases`: closed cases of the zone behind the odds, per step still open."""

    network: PermitNetwork
    policy: Permits
    now: Situation
    schedule: Schedule
    goals: tuple[Goal, ...]
    cases: dict[str, int]

    @cached_property
    def lawful_minimum(self) -> date:
        return soonest(self.policy, self.now, permits.calendar(self.policy), self.goal.step)

    @cached_property
    def by_route(self) -> dict[str, date]:
        return ends_by_route(self.policy, self.now, permits.calendar(self.policy), self.goal.step)

    @property
    def goal(self) -> Goal:
        """The first that is not reached, else the last."""
        return next((one for one in self.goals if one.done_on is None), self.goals[-1])

    @property
    def path(self) -> tuple[str, ...]:
        return self.schedule.path

    @property
    def critical(self) -> tuple[str, ...]:
        return self.schedule.critical

    @property
    def p50(self) -> date:
        return self.goal.p50

    @property
    def p90(self) -> date:
        return self.goal.p90


def forecast(user: Any, project: Project, today: date | None = None) -> Outlook | None:
    """Of the whole project, else of its first phase that has a network; None without one in sight."""
    rows = permits.networks(user).filter(project=project).order_by("phase__ordinal", "pk")
    row = rows.filter(phase__isnull=True).first() or rows.first()
    return None if row is None else worked_out(row, today)


def worked_out(row: PermitNetwork, today: date | None = None) -> Outlook:
    """Everything, from what is kept now."""
    day = today or timezone.localdate()
    policy = permit_policies.of(row)
    calendar = permits.calendar(policy)
    now = permits.situation(row, day)
    seen = permits.seen([row], day, calendar).get(permits.zone_of(row), {})
    return _outlook(row, policy, now, calendar, seen)


def _outlook(
    row: PermitNetwork, policy: Permits, now: Situation, calendar: WorkCalendar, seen: Mapping[str, Sequence[int]]
) -> Outlook:
    found = plan(policy, row.route, now, calendar)
    odds = montecarlo.simulate(policy, row.route, now, calendar, seen=seen)
    ends = {task.id: task.early_finish for task in found.tasks}
    goals = tuple(Goal(one, policy.steps[one].label, end_of(ends, one), now.fact(one).done_on, odds[one].p50, odds[one].p90)
                  for one in policy.goals)
    cases = {name: len(days) for name, days in seen.items() if name in policy.steps and now.fact(name).done_on is None}
    return Outlook(row, policy, now, found, goals, cases)


def as_kept(found: Outlook, today: date, calendar: WorkCalendar) -> dict[str, Any]:
    """What lists show, as JSON."""
    policy, now = found.policy, found.now
    count = board.countdown(policy, now, found.schedule, today)
    return {
        "shape": SHAPE, "lock": found.network.lock_version, "on": today.isoformat(), "holds": _holds(now),
        "goal": found.goal.step,
        "goals": [{"step": one.step, "label": one.label, "planned": _iso(one.planned), "p50": _iso(one.p50),
                   "done": _iso(one.done_on), "p90": _iso(one.p90)} for one in found.goals],
        "four": [{"kind": one.kind, "label": one.label, "state": one.state, "on": one.on.isoformat()}
                 for one in board.certificates(policy, now, found.schedule)],
        "owed": [{"step": one.step, "label": one.label, "department": policy.departments[one.department], "state": one.state,
                  "since": one.since.isoformat(), "due": one.due.isoformat(), "light": one.light, "by": one.by,
                  "left": one.days_left} for one in board.owed(policy, now, found.schedule, calendar, today)],
        "count": None if count is None else {
            "label": count.label, "since": _iso(count.since), "day": count.day, "days": count.days, "left": count.left,
            "done": _iso(count.done_on), "expected": _iso(count.expected)},
        "next": [{"step": one.id, "label": one.label, "on": one.early_finish.isoformat()}
                 for one in board.next_steps(policy, now, found.schedule)],
        "done": sum(1 for name in policy.steps if now.fact(name).done_on or now.fact(name).omitted), "steps": len(policy.steps),
        "cases": sum(found.cases.values()),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _holds(now: Situation) -> str:
    told = ";".join(f"{step}={day}" for step, day in sorted(now.holds.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""


def fresh(rows: Sequence[PermitNetwork], today: date | None = None) -> dict[int, dict[str, Any]]:
    """Kept outlook per network; those that are stale are worked out and kept."""
    from tenglong.apps.projects.queries import blockers

    day = today or timezone.localdate()
    holds = blockers.holding_many([row.project_id for row in rows], day)
    stale = [row for row in rows if not _is_fresh(row, Situation(day, holds=holds.get(row.project_id, {})), day)]
    found = {row.pk: row.outlook for row in rows}
    return found | refresh(stale, day)


def _is_fresh(row: PermitNetwork, held: Situation, day: date) -> bool:
    kept = row.outlook
    return (bool(kept) and kept.get("shape") == SHAPE and kept["lock"] == row.lock_version and kept["on"] == day.isoformat()
            and kept["holds"] == _holds(held))


def refresh(rows: Sequence[PermitNetwork], day: date) -> dict[int, dict[str, Any]]:
    """Work out and keep. The row's `lock_version` stays: nobody typed anything."""
    if not rows:
        return {}
    situations, found = permits.situations(rows, day), {}
    history: dict[str, dict[str, dict[str, list[int]]]] = {}
    for row in rows:
        policy = permit_policies.of(row)
        calendar = permits.calendar(policy)
        if policy.calendar not in history:
            history[policy.calendar] = permits.seen(rows, day, calendar)
        seen = history[policy.calendar].get(permits.zone_of(row), {})
        body = as_kept(_outlook(row, policy, situations[row.pk], calendar, seen), day, calendar)
        found[row.pk] = body
    _keep(rows, found)
    return found


@transaction.atomic
def _keep(rows: Sequence[PermitNetwork], found: Mapping[int, dict[str, Any]]) -> None:
    """In one transaction for many rows; of what somebody has changed meanwhile nothing is kept."""
    same = set(PermitNetwork.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "lock_version"))
    worked = [row for row in rows if (row.pk, row.lock_version) in same]
    for row in worked:
        row.outlook = found[row.pk]
        PermitNetwork.objects.filter(pk=row.pk).update(outlook=row.outlook)


def by_itself() -> int:
    """The worker's look: networks whose outlook is stale, so that nobody waits for it on opening a list."""
    rows = list(PermitNetwork.objects.filter(project__stopped_on__isnull=True).select_related("project", "policy"))
    fresh(rows)
    return len(rows)
