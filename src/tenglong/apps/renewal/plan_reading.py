"""What pages read of a plan as it is kept, without building the problem: thousands of candidates stay plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.renewal.models import Plan
from tenglong.apps.renewal.service.plans import problem_of
from tenglong.domain.renewal.portfolio.parts import Lock
from tenglong.domain.renewal.portfolio.tree import tree
from tenglong.web.answers import whole

SHOWN = 50  # locks on one page


def measured(plan: Plan) -> bool:
    """Whether the candidates of the version have been worked out: a draft is without them until its job has ended."""
    return "problem" in plan.problem


def lines_of(plan: Plan) -> list[str]:
    """The problem as a tree."""
    if not measured(plan):
        return []
    return list(plan.problem.get("tree") or tree(problem_of(plan)).splitlines())


def candidates(plan: Plan) -> list[dict[str, Any]]:
    return list(plan.problem["problem"]["candidates"]) if measured(plan) else []


def towns(plan: Plan) -> list[str]:
    """Towns that have a candidate."""
    return sorted({one["town"] for one in candidates(plan) if one.get("town")})


def chains(plan: Plan) -> list[str]:
    return sorted({one["chain"] for one in candidates(plan) if one.get("chain")})


def locks(plan: Plan) -> dict[str, Lock]:
    """Plot code → lock."""
    return {one["key"]: Lock(**one["lock"]) for one in candidates(plan) if one.get("lock")}


def routes(plan: Plan) -> list[tuple[str, str]]:
    """Routes of the options as (name in the problem, name for the reader)."""
    names = {one["route"] for one in plan.problem["problem"]["options"]} if measured(plan) else set()
    return [(one, _(one)) for one in sorted(names)]


@dataclass(frozen=True)
class LockPage:
    """Codes of one page of the lock form, of how many that fit; `number` of `pages`."""

    keys: list[str]
    found: int
    number: int
    pages: int
    query: str

    @property
    def before(self) -> int:
        """0: none."""
        return self.number - 1

    @property
    def after(self) -> int:
        """0: none."""
        return self.number + 1 if self.number < self.pages else 0


def lock_page(plan: Plan, locked: Iterable[str], chosen: Iterable[str], query: str, number: str) -> LockPage:
    """Without a query the plots that are locked or chosen; else candidates by code or town. Locked ones come first."""
    word = query.strip()
    if word:
        fit = [one["key"] for one in candidates(plan) if word in one["key"] or word in one.get("town", "")]
        held = set(locked)
        keys = [*(key for key in fit if key in held), *(key for key in fit if key not in held)]
    else:
        keys = list(dict.fromkeys((*locked, *chosen)))
    pages = max(1, -(-len(keys) // SHOWN))
    at = min(max(whole(number, 1), 1), pages)
    return LockPage(keys[(at - 1) * SHOWN:at * SHOWN], len(keys), at, pages, word)
