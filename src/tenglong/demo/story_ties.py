"""Two live projects with the land that was sold for them and what their firms promised. All invented.

The days of the listing are those of the project's own milestones, through the same clocks as in life.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.service import projects
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.service import bids, listings
from tenglong.demo.county import MARK
from tenglong.demo.story import Stage
from tenglong.demo.story_covenant import Part, promised
from tenglong.demo.story_land import OPEN, approved, take

WAN: Final = 1_000_000
MU: Final = 6_666_667
#: 万元/亩 asked and bid
ASKED, BID = 36, 38
#: name of the project → what its firm promised, in days from today
TIES: Final = {
    "新能源车电驱": Part(47, (20, 400, 520, 700, 1160)),
    "智能仓储装备": Part(214, (-190, 160, 220, 400, 800), (-206,)),
}


def play(stage: Stage) -> None:
    rows = {row.name.partition("（")[0]: row for row in queries.projects(stage.officer)}
    for at, (name, part) in enumerate(TIES.items()):
        place = _place(stage, rows[name].division_code, at) if name in rows else None
        if place:
            _tie(stage, rows[name], part, at, *place)


def _tie(stage: Stage, row: Any, part: Part, at: int, plot: Any, firm: Any) -> None:
    sold = _sold(stage, row, plot, firm, at)
    held = promised(stage, part, firm, plot, name=row.name, listing=sold)
    values = {"enterprise_id": firm.enterprise_id, "listing_id": sold.pk, "covenant_id": held.pk}
    projects.edit(stage.officer, row, values, lock_version=None)


def _place(stage: Stage, town: str, at: int) -> tuple[Any, Any] | None:
    """A plot of the town, empty if there is one, and a firm of the town, large if there is one; None where a small county has
    too few of them."""
    plots = list(registry.plots(stage.officer).filter(division_code=town, surveyed_cm2__gt=0).order_by("code"))
    firms = list(registry.enterprises(stage.officer).filter(division_code=town).exclude(uscc="").order_by("uscc"))
    plots.sort(key=lambda one: one.status != "vacated")
    firms.sort(key=lambda one: one.scale != "above_scale")
    return (plots[at], firms[at + 3]) if len(plots) > at and len(firms) > at + 3 else None


def _sold(stage: Stage, row: Any, plot: Any, firm: Any, at: int) -> Any:
    """Announced, begun, opened and contracted on the days of the project's milestones."""
    officer, days = stage.officer, _days(row)
    price = row.land_cm2 * WAN // MU
    made = listings.draft(officer, {
        "number": f"示范虞告〔{timezone.localdate().year}〕{11 + at}号", "title": f"{row.name}用地", "plot_id": plot.plot_id,
        "division_code": row.division_code, "area_cm2": row.land_cm2, "land_use": "工业用地", "term_years": "50年",
        "method": "listing", "industry": "34", "start_price_fen": price * ASKED, "deposit_fen": price * ASKED // 5,
        "conditions": list(OPEN)})
    made = take(officer, approved(stage, officer, made), "announced", days["notice"])
    paid = days["notice"] + timedelta(days=15)
    offer = bids.receive(officer, made, {"bidder": firm.name, "uscc": firm.uscc, "received_on": paid, "deposit_paid_on": paid,
                                         "amount_fen": price * BID})
    made = take(officer, made, "started", days["listing"])
    made = take(officer, made, "opened", days["deal"])
    made = take(officer, made, "confirmed", days["deal"], winner=offer)
    made = take(officer, made, "contracted", days["deal"], contract_number=f"DEMO{timezone.localdate().year}A2101{at + 1}")
    return take(officer, made, "result", days["deal"] + timedelta(days=4))


def _days(row: Any) -> dict[str, date]:
    told = {one.kind: one.done_on for one in queries.milestones(row) if one.done_on}
    return {kind: told[kind] for kind in ("notice", "listing", "deal")}


__all__ = ["MARK", "TIES", "play"]
