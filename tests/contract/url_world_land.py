"""A lot in reserve, a change of the control plan, a batch and a running listing of each town, with an offer under seal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

M2, WAN = 10_000, 1_000_000
#: the sum of the offer and the reserve price, as screens and twins would write them
OFFERED = 98_765_430_000
FLOOR = {"330604001": (87_654_320_000, "87,654.32"), "330604002": (76_123_450_000, "76,123.45")}
SUMS = {"98,765.43", "98765430000"}


def sealed(town: Any) -> set[str]:
    """What only persons named to the listing of a town may read before the opening."""
    if "listing" not in town.ids:
        return set()
    fen, shown = FLOOR[town.code]
    return {f"机密{town.name}竞买人", f"机密{town.name}定价依据", shown, str(fen)}


def build(world: Any) -> None:
    from tenglong.apps.supply.service import reserve

    body = reserve.list_body(world.people["county_admin"], {
        "name": "土地储备中心", "uscc": "91330604MA0000015G", "division_code": "330604", "listed_on": timezone.localdate()
        - timedelta(days=900), "listed_paper": "名录〔2020〕1号"})
    for town, role in zip(world.towns.values(), ("town_officer", "stranger"), strict=True):
        _furnish(world, town, world.people[role], body)


def _furnish(world: Any, town: Any, officer: Any, body: Any) -> None:
    from tenglong.apps.supply.service import batches, changes, reserve

    on = timezone.localdate() - timedelta(days=200)
    town.ids["reserve_body"] = body.ulid
    lot = reserve.take_in(officer, {
        "title": town.word("储备地"), "division_code": town.code, "plot_id": town.ids["plot_pk1"], "body_id": body.pk, "on": on,
        "area_cm2": 9000 * M2, "cost_fen": 700 * WAN, "rate": "0.03", "paper": town.word("收储协议")})
    town.note("lot", lot.ulid)
    change = changes.begin(officer, {
        "title": town.word("控规调整"), "division_code": town.code, "plan_unit": town.word("单元"), "area_cm2": 5000 * M2,
        "use_before": "仓储用地", "use_after": "工业用地", "reason": town.word("调整理由")})
    town.note("change", change.ulid)
    batch = batches.draft(officer, {"title": town.word("供应批次"), "division_code": town.code})
    batches.add(officer, batch, lot, area_cm2=8000 * M2, land_use="工业用地", lock_version=batch.lock_version)
    town.note("lots", batch.ulid)
    _listing(world, town, officer, lot)


def _listing(world: Any, town: Any, officer: Any, lot: Any) -> None:
    from tenglong.apps.supply.service import bids, listings

    row = listings.draft(officer, {
        "number": town.word("公告"), "title": town.word("出让地"), "division_code": town.code, "area_cm2": 4000 * M2,
        "land_use": "工业用地", "method": "listing", "start_price_fen": 300 * WAN,
        "conditions": [{"text": town.word("竞买条件")}]}, lot=lot)
    row = listings.check(officer, row, lock_version=row.lock_version)
    row = listings.submit(officer, row, answer="按公告原文", lock_version=row.lock_version)
    row = listings.approve(world.people["leader"], row, lock_version=row.lock_version)
    bids.set_price(officer, row, fen=FLOOR[town.code][0], paper=f"机密{town.name}定价依据")
    on = timezone.localdate() - timedelta(days=60)
    row = listings.step(officer, row, "announced", on=on, paper=town.word("公告文书"), lock_version=row.lock_version)
    bids.receive(officer, row, {"bidder": f"机密{town.name}竞买人", "uscc": "91330604MA00000A96", "received_on": on,
                                "amount_fen": OFFERED})
    town.note("listing", row.ulid)
