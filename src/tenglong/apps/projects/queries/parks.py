"""A park with its projects: how many, invested, producing, and what is expected until full production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tenglong.apps.projects.models import Milestone, Project, Stage
from tenglong.apps.projects.queries import money
from tenglong.apps.projects.queries.projects import projects

PRODUCING = (Stage.PRODUCING, Stage.ABOVE_SCALE, Stage.FULL_OUTPUT)
#: what is to produce within so many months is “about to”
SOON, AHEAD = 12, 49


@dataclass(frozen=True)
class Group:
    """The whole park, one cluster, or what stands in none. `silent`: projects whose total investment nobody has told;
    `spent`: projects with actual investment by month, `invested_fen` theirs, None without one."""

    name: str
    projects: int
    total_fen: int
    silent: int
    spent: int
    invested_fen: int | None
    producing: int
    soon: int
    rest: int


@dataclass(frozen=True)
class ParkFigures:
    whole: Group
    clusters: list[Group]
    rows: list[dict[str, Any]]
    output: money.Outlook
    tax: money.Outlook
    on: date


def figures(user: Any, park_key: str, today: date) -> ParkFigures | None:
    """None without a project in sight. Figures are of projects in sight; a cluster is counted by itself, not for the park."""
    found = projects(user).filter(park_key=park_key or "-", stopped_on__isnull=True)
    rows = list(found.order_by("cluster", "code"))
    if not rows:
        return None
    spent = money.invested(row.pk for row in rows)
    starts = _planned(rows)
    told = [_line(row, spent, starts, today) for row in rows]
    names = sorted({row.cluster for row in rows})
    clusters = [_group(name, [one for one in told if one["cluster"] == name]) for name in names]
    first = today.replace(day=1)
    return ParkFigures(
        _group("", told), clusters, told, money.outlook(rows, "output", first, AHEAD), money.outlook(rows, "tax", first, AHEAD),
        today)


def _planned(rows: list[Project]) -> dict[int, date]:
    """Project → first day on which it is planned to produce."""
    found: dict[int, date] = {}
    told = Milestone.objects.filter(project__in=rows, kind="producing", planned_on__isnull=False)
    for key, on in told.values_list("project_id", "planned_on"):
        if on is not None:
            found[key] = min(on, found.get(key, on))
    return found


def _line(row: Project, spent: dict[int, int], starts: dict[int, date], today: date) -> dict[str, Any]:
    producing, start = row.stage in PRODUCING, starts.get(row.pk)
    building = row.stage in (Stage.STARTED, Stage.TOPPED_OUT, Stage.COMPLETED)
    soon = not producing and building and start is not None and (start - today).days <= SOON * 31
    return {"project": row, "cluster": row.cluster, "total": row.total_investment_fen, "invested": spent.get(row.pk),
            "producing": producing, "soon": soon, "start": start}


def _group(name: str, rows: list[dict[str, Any]]) -> Group:
    producing, soon = sum(one["producing"] for one in rows), sum(one["soon"] for one in rows)
    spent = [one["invested"] for one in rows if one["invested"] is not None]
    return Group(
        name, len(rows), sum(one["total"] or 0 for one in rows), sum(one["total"] is None for one in rows), len(spent),
        sum(spent) if spent else None, producing, soon, len(rows) - producing - soon)
