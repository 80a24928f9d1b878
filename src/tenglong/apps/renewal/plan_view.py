"""What the page of a plan shows, worked from the record: groups of figures, the map, the comparison of two versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.renewal.models import Plan, PlanItem
from tenglong.apps.renewal.plan_ground import DISPLACED
from tenglong.domain.renewal.portfolio.answer import SHORTFALL
from tenglong.domain.renewal.portfolio.parts import Aim
from tenglong.domain.renewal.portfolio.replies import End
from tenglong.domain.renewal.portfolio.words import share_text
from tenglong.domain.units import from_fen
from tenglong.web import formats

BAR_WIDE = 240.0
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


def displaced(plan: Plan, rows: Iterable[PlanItem]) -> dict[str, int | None]:
    """Tenant firms and households on the plots of the plan whose route moves them; None where one is not recorded."""
    known = plan.problem.get("displaced", {})
    found = [known.get(row.plot_code, {}).get(row.route, [None] * len(DISPLACED)) for row in rows]
    return {name: None if any(one[at] is None for one in found) else sum(one[at] for one in found)
            for at, name in enumerate(DISPLACED)}


def asked_of(plan: Plan) -> dict[str, int]:
    """What the answer is measured against: candidates with their land, and the money of the plan (0: no budget)."""
    listed, budgets = plan.problem.get("problem", {}).get("candidates", []), plan.problem["asked"]["budgets"]
    yearly = [one["amount"] for one in budgets if one["year"] is not None]
    whole = [one["amount"] for one in budgets if one["year"] is None]
    return {"plots": len(listed), "land_cm2": sum(one["land_cm2"] for one in listed),
            "budget_fen": min([*whole, *([sum(yearly)] if yearly else [])], default=0)}


def figures(old: dict[str, int], new: dict[str, int]) -> list[dict[str, Any]]:
    """Two versions figure by figure, with what changed."""
    lines: tuple[tuple[str, str, str, Callable[[int], str]], ...] = (
        ("plots", _("入选地块"), _("块"), formats.thousands), ("land_cm2", _("面积"), _("亩"), formats.mu),
        ("cost_fen", _("花费"), _("万元"), formats.wan_yuan), ("uplift_fen", _("年增税收"), _("万元"), formats.wan_yuan),
        ("jobs_gained", _("新增岗位"), _("个"), formats.thousands), ("jobs_lost", _("减少岗位"), _("个"), formats.thousands))
    return [{"label": label, "unit": unit, "old": told(old[name]), "new": told(new[name]),
             "more": ("+" if new[name] > old[name] else "") + told(new[name] - old[name]) if new[name] != old[name] else "="}
            for name, label, unit, told in lines]


def bare(lines: Iterable[str]) -> list[str]:
    """Lines of a tree without their branches."""
    return [line.lstrip("├└│─ ") for line in lines]


def grouped(rows: list[PlanItem], by: str, labels: dict[Any, str]) -> list[dict[str, Any]]:
    """Sums by year, town or route."""
    keys = sorted({getattr(row, by) for row in rows})
    return [{"key": key, "label": labels.get(key, str(key)), **sums(row for row in rows if getattr(row, by) == key)}
            for key in keys]


def candidates_of(user: Any, plan: Plan) -> list[int]:
    """Plot keys of all candidates."""
    from tenglong.apps.registry import queries as registry

    codes = {one["key"] for one in plan.problem.get("problem", {}).get("candidates", [])}
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


def others(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The next best plans, each told by what it takes in and leaves out."""
    return [{**one, "more": [_taken(each) for each in one["more"]], "fewer": [_taken(each) for each in one["fewer"]]}
            for one in answer.get("next_best", [])]


def _taken(one: Sequence[Any]) -> dict[str, Any]:
    code, route, year = one
    return {"code": code, "route": _(route), "year": year}


def tornado_of(answer: dict[str, Any], aim: str) -> dict[str, Any] | None:
    """Bars of what the plan hangs on, drawn around the plan itself: by the shortfall where it moves, else by the value."""
    bars = answer.get("tornado", [])
    if not bars or not answer.get("proofs"):
        return None
    ends = [one[side] for one in bars for side in ("low", "high") if one[side]["found"]]
    short = next((one["value"] for one in answer["proofs"] if one["what"] == SHORTFALL), 0.0)
    by = "shortfall" if any(abs(one["shortfall"] - short) > 0 for one in ends) else "value"
    base = short if by == "shortfall" else answer["proofs"][-1]["value"]
    held = [base, *(one[by] for one in ends)]
    scale = BAR_WIDE / ((max(held) - min(held)) or 1)
    return {"base": (base - min(held)) * scale, "wide": BAR_WIDE, "by": by,
            "rows": [_bar(one, by, min(held), scale, Aim(aim)) for one in bars]}


def _bar(one: dict[str, Any], by: str, least: float, scale: float, aim: Aim) -> dict[str, Any]:
    found = [one[side][by] for side in ("low", "high") if one[side]["found"]]
    return {
        "what": one["what"], "percent": f"{one['share'] * 100:g}%",
        "low": End(**one["low"]).words(aim), "high": End(**one["high"]).words(aim),
        "x": round((min(found) - least) * scale, 1) if found else None,
        "w": max(1.0, round((max(found) - min(found)) * scale, 1)) if found else None,
    }
