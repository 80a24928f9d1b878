"""Premises over both towns of the world: a park, a unit in the building of plot 1 of each with a step, a conversion."""

from __future__ import annotations

from typing import Any


def build(world: Any) -> None:
    from tenglong.apps.registry import queries, service

    for town in world.towns.values():
        officer = world.people["town_officer" if town.code.endswith("001") else "stranger"]
        day = queries.plot(officer, town.ids["plot0"]).valid_from
        park = service.create_park(
            officer, {"name": town.word("租赁载体"), "operator": town.word("运营方"), "plot_id": town.ids["plot_pk1"]}, on=day,
            town=town.code)
        town.note("park", park.park.ulid)
        house = queries.building(officer, town.ids["building"])
        values = {"building_id": house.building_id, "park_id": park.park_id, "floor": 1, "unit_cm2": 5_000_000,
                  "name": town.word("房源"), "note": town.word("房源说明"), "source": town.word("房源来源")}
        unit = service.create_unit(officer, values, on=day, reason="登记")
        town.note("unit", unit.unit.ulid)
        service.step_unit(officer, unit.unit.ulid, "talking", on=day, lock_version=1, note=town.word("洽谈对象"))
        _conversion(town, officer, house)


def _conversion(town: Any, officer: Any, house: Any) -> None:
    from tenglong.apps.renewal.service import conversions

    head = {"title": town.word("改造方案"), "park_name": town.word("改造后园名"), "operator": town.word("改造运营方"),
            "note": town.word("改造说明")}
    part = {"building_id": house.building_id, "floor": 1, "use": "rd", "area_cm2": 1_000_000, "phase": 1}
    town.note("conversion", conversions.draft(officer, town.ids["plot1"], head, [part]).ulid)
