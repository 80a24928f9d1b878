"""What the page of a plan shows, worked from the record: groups of figures, the map, the comparison of two versions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.registry.minimap import frame_of
from tenglong.apps.renewal import plan_ground
from tenglong.apps.renewal.models import Plan, PlanItem
from tenglong.domain.renewal.portfolio.words import share_text
from tenglong.domain.units import from_fen

WIDTH, HEIGHT = 760.0, 480.0
#: classes of colours for years on the map
COLOURS = 5
SUMS = ("land_cm2", "cost_fen", "uplift_fen", "jobs_gained", "jobs_lost")


@dataclass(frozen=True)
class Mark:
    """Who reads, and when: on the page and on everything that leaves it."""

    name: str
    username: str
    at: str

    @property
    def text(self) -> str:
        return _("仅限指定人员：%(name)s（%(user)s） %(at)s") % {"name": self.name, "user": self.username, "at": self.at}


def mark_of(user: Any) -> Mark:
    return Mark(str(user), user.username, timezone.localtime().strftime("%Y-%m-%d %H:%M:%S"))


def sums(rows: Iterable[PlanItem]) -> dict[str, int]:
    found = dict.fromkeys(SUMS, 0) | {"plots": 0}
    for row in rows:
        found["plots"] += 1
        for name in SUMS:
            found[name] += getattr(row, name)
    return found


def grouped(rows: list[PlanItem], by: str, labels: dict[Any, str]) -> list[dict[str, Any]]:
    """Sums by year, town or route."""
    keys = sorted({getattr(row, by) for row in rows})
    return [{"key": key, "label": labels.get(key, str(key)), **sums(row for row in rows if getattr(row, by) == key)}
            for key in keys]


def map_of(user: Any, groups: list[tuple[str, list[int]]], others: list[int]) -> dict[str, Any] | None:
    """Plots by group (a year, an alternative) over the other candidates, as SVG paths; None without boundaries."""
    wanted = {plot for _label, plots in groups for plot in plots} | set(others)
    shapes = plan_ground.shapes_of(user, wanted)
    if not shapes:
        return None
    frame = frame_of(tuple(shapely.total_bounds(list(shapes.values()))), WIDTH, HEIGHT, 0.04)
    drawn = [{"label": label, "colour": at % COLOURS + 1,
              "path": "".join(frame.path(shapes[plot]) for plot in plots if plot in shapes)}
             for at, (label, plots) in enumerate(groups)]
    taken = {plot for _label, plots in groups for plot in plots}
    rest = "".join(frame.path(shapes[plot]) for plot in others if plot in shapes and plot not in taken)
    return {"width": WIDTH, "height": HEIGHT, "groups": drawn, "others": rest}


def candidates_of(user: Any, plan: Plan) -> list[int]:
    """Plot keys of all candidates."""
    from tenglong.apps.registry import queries as registry

    codes = {one["key"] for one in plan.problem["problem"]["candidates"]}
    return [plot for plot, code in registry.plots(user).values_list("plot_id", "code") if code in codes]


@dataclass(frozen=True)
class Differs:
    """One plot of two versions."""

    code: str
    before: PlanItem | None
    after: PlanItem | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return _("新选入")
        return _("不再选") if self.after is None else _("路径或年度改变")


def compared(before: list[PlanItem], after: list[PlanItem]) -> list[Differs]:
    old, new = {one.plot_code: one for one in before}, {one.plot_code: one for one in after}
    found = []
    for code in sorted({*old, *new}):
        a, b = old.get(code), new.get(code)
        if a is None or b is None or (a.route, a.year) != (b.route, b.year):
            found.append(Differs(code, a, b))
    return found


def frontier_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Points that have a plan, for chart and table."""
    return [one | {"gap_text": share_text(one["gap"] or 0)} for one in answer.get("frontier", [])
            if one.get("uplift") is not None]


def points_of(frontier: list[dict[str, Any]]) -> str:
    """[[万元, 万元], …] as JSON."""
    return json.dumps([[float(from_fen(one[name], "wan_yuan")) for name in ("budget", "uplift")] for one in frontier])
