"""Blockers: which permit steps they hold until when, and how long solving takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from tenglong.apps.projects import policies
from tenglong.apps.projects.models import Blocker, Field, Level, Project
from tenglong.apps.projects.queries.projects import blockers
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.projects import blockers as rule
from tenglong.domain.landing.projects.blockers import Solving
from tenglong.domain.landing.projects.policy import Milestones


def holding(project: Project, today: date | None = None) -> dict[str, date]:
    """Permit step → day before which it cannot end, by the open blockers of the project. Of several the latest holds."""
    rows = Blocker.objects.filter(project=project, solved_on__isnull=True).exclude(step="")
    return _held(rows.values_list("step", "level", "expected_on"), today)


def holding_many(keys: list[int], today: date | None = None) -> dict[int, dict[str, date]]:
    """The same for many projects in one statement."""
    rows = Blocker.objects.filter(project_id__in=keys, solved_on__isnull=True).exclude(step="")
    by: dict[int, list[Any]] = {}
    for key, *told in rows.values_list("project_id", "step", "level", "expected_on"):
        by.setdefault(key, []).append(told)
    known = (policies.in_force().body, policies.calendar()) if by else None
    return {key: _held(told, today, known) for key, told in by.items()}


def _held(rows: Any, today: date | None, known: tuple[Milestones, WorkCalendar] | None = None) -> dict[str, date]:
    """`known`: the rules and the calendar, when the caller has read them for many projects."""
    day, found = today or timezone.localdate(), dict[str, date]()
    for step, level, expected in rows:
        known = known or (policies.in_force().body, policies.calendar())
        until = rule.holds_until(known[0], level, expected, day, known[1])
        found[step] = max(until, found.get(step, until))
    return found


@dataclass(frozen=True)
class Standing:
    """An open blocker on a day: `open` days since it was found, `last` day that its level has."""

    open: int
    at_level: int
    last: date | None
    left: int | None


def standing(row: Blocker, today: date | None = None) -> Standing:
    day = min(row.solved_on, today or row.solved_on) if row.solved_on else today or timezone.localdate()
    term = None if row.solved_on else rule.escalates(policies.in_force().body, row.level, row.level_since, policies.calendar())
    last = term.due if term else None
    return Standing((day - row.opened_on).days, (day - row.level_since).days, last, (last - day).days if last else None)


@dataclass(frozen=True)
class Line:
    id: str
    label: str
    found: Solving


def statistics(user: Any, today: date | None = None) -> dict[str, list[Line]]:
    """Time to solve of every blocker in sight: all, by level that solved it, by what it is about."""
    day = today or timezone.localdate()
    rows = list(blockers(user).order_by().values_list("level", "field", "opened_on", "solved_on"))

    def line(id_: str, label: Any, wanted: Any) -> Line:
        return Line(id_, str(label), rule.solving([(one[2], one[3]) for one in rows if wanted(one)], day))

    return {
        "all": [line("", "", lambda one: True)],
        "level": [line(key, label, lambda one, key=key: one[0] == key) for key, label in Level.choices],
        "field": [line(key, label, lambda one, key=key: one[1] == key) for key, label in Field.choices
                  if any(one[1] == key for one in rows)],
    }
