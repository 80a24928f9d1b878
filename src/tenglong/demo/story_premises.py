"""Parks with units to let in different states, one found plant that became premises, one conversion half done. All invented."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as register
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.queries import findings
from tenglong.apps.renewal.service import conversions, plants
from tenglong.demo.county import MARK
from tenglong.demo.story import Stage

PARKS, HOUSES, FLOORS, MOST, LOOKED_AT = 5, 2, 3, 40, 60
M2 = 10_000
#: ground floor, then the floors above: height mm, load N/m², crane kg, rent 分
GROUND: Final = {"height_mm": 7200, "load_n_m2": 20_000, "crane_kg": 5000, "rent_fen": 1800}
ABOVE: Final = (
    {"height_mm": 4500, "load_n_m2": 10_000, "rent_fen": 1450}, {"height_mm": 3900, "load_n_m2": 7500, "rent_fen": None},
)
POWER: Final = (315_000, 630_000, 1_250_000, None)
PERMITTED: Final = ("", ",38,", ",34,35,", ",39,", ",17,18,")
#: states by turns: two in five are let
STATES: Final = ("let", "available", "talking", "let", "available", "available", "let", "closed", "available", "let")


def play(stage: Stage) -> None:
    for at, (zone, houses) in enumerate(_places(stage)):
        _park(stage, at, zone, houses)
    _from_findings(stage)


def _places(stage: Stage) -> list[tuple[Any, list[Any]]]:
    """Zones of small firms, then others, each with its first buildings of more than one floor."""
    found = []
    for zone in sorted(registry.zones(stage.officer), key=lambda zone: (zone.kind != "small_firm_park", zone.code)):
        land = registry.plots(stage.officer).filter(zone_code=zone.code).order_by("code")
        plots = list(land.values_list("plot_id", flat=True)[:LOOKED_AT])
        houses = registry.buildings(stage.officer).filter(plot_id__in=plots, floors__gte=2, floor_cm2__isnull=False)
        some = list(houses.order_by("building__code")[:HOUSES])
        if len(some) == HOUSES:
            found.append((zone, some))
        if len(found) == PARKS:
            break
    return found


def _park(stage: Stage, at: int, zone: Any, houses: list[Any]) -> None:
    on = max(timezone.localdate() - timedelta(days=400), *(house.valid_from for house in houses))
    town = houses[0].division_code
    values = {"name": f"{zone.name}租赁厂房", "zone_code": zone.code, "operator": f"{zone.name}运营公司（{MARK}）",
              "plot_id": houses[0].plot_id, "source": MARK}
    park = register.create_park(stage.officer, values, on=on, town=town, reason=MARK)
    number = at * HOUSES * FLOORS
    for house in (house for house in houses if house.division_code == town):
        for floor in range(1, min(house.floors, FLOORS) + 1):
            number += 1
            _unit(stage, park, house, floor, number, on)


def _unit(stage: Stage, park: Any, house: Any, floor: int, number: int, on: Any) -> None:
    """Figures go round by the number of the unit; some are left unknown, as in life."""
    area = max(house.floor_cm2 // house.floors, 60 * M2) // M2 * M2
    values: dict[str, Any] = {
        "building_id": house.building_id, "park_id": park.park_id, "floor": floor, "unit_cm2": area,
        "power_va": POWER[number % 4], "lift_kg": 3000 if floor > 1 else None, "water": True,
        "gas": (True, False, None)[number % 3], "sewage": "234"[number % 3], "fire_class": "233"[number % 3],
        "permitted": PERMITTED[number % 5], "free_from": on + timedelta(days=60 * (number % 5)), "offered": number % 2 == 0,
        "source": MARK, **(GROUND if floor == 1 else ABOVE[number % 2]),
    }
    made = register.create_unit(stage.officer, values, on=on, reason=MARK)
    state = STATES[number % len(STATES)]
    if state != "available":
        day = min(on + timedelta(days=90 + number), timezone.localdate())
        register.step_unit(stage.officer, made.unit.ulid, state, on=day, lock_version=None, note=f"{MARK}：第 {number} 套")


def _from_findings(stage: Stage) -> None:
    """The first idle plant that was found becomes premises, the second a conversion whose first phase is done."""
    run = findings.latest(stage.officer)
    if run is None:
        return
    rows = findings.findings(stage.officer, run).filter(verdict="hit").select_related("run", "plot")
    todo = [_turn, _convert]
    for finding in islice(filter(plants.speaks_of_idleness, rows.order_by("priority", "plot_code").iterator(MOST)), MOST):
        free = [plant for plant in plants.plants(stage.officer, finding) if not plant.why_not]
        if free and todo:
            try:
                todo[0](stage, finding, free)
            except RenewalError:
                continue
            todo.pop(0)
        if not todo:
            return


def _turn(stage: Stage, finding: Any, free: list[Any]) -> None:
    picked = [plant.building.ulid for plant in free]
    _mark(stage, plants.turn(stage.officer, finding, picked, by_floor=True, reason=f"{MARK}：与产权人商定招租").units)


def _mark(stage: Stage, units: list[str]) -> None:
    for ulid in units:
        register.correct_unit(stage.officer, ulid, {"note": MARK}, lock_version=None, reason=MARK)


def _convert(stage: Stage, finding: Any, free: list[Any]) -> None:
    today = timezone.localdate()
    empty = [plant.building for plant in free if not plant.tenants and "车间" in plant.building.name]
    if not empty:
        raise RenewalError("这块地上没有空车间")
    first = empty[0]
    each = first.floor_cm2 // 2
    parts = [
        {"building_id": first.building_id, "floor": 1, "use": "pilot", "area_cm2": each, "phase": 1, "ready_on": today},
        {"building_id": first.building_id, "floor": 1, "use": "rd", "area_cm2": each, "phase": 2,
         "ready_on": today + timedelta(days=240)},
        {"plot_id": finding.plot_id, "use": "industry", "area_cm2": finding.land_cm2 // 4, "phase": 2,
         "ready_on": today + timedelta(days=500)},
    ]
    head = {"title": f"创新中心＋智造组团（{MARK}）", "park_name": f"创新中心（{MARK}）", "operator": f"园区运营公司（{MARK}）",
            "cost_fen": 3_000_000_000, "jobs": 260, "jobs_lost": 15, "note": f"{MARK}，内容虚构"}
    row = conversions.draft(stage.officer, finding.plot.ulid, head, parts, finding=finding)
    row = conversions.submit(stage.officer, row, lock_version=row.lock_version)
    row = conversions.approve(stage.approver, row, lock_version=row.lock_version)
    _mark(stage, conversions.complete_phase(stage.officer, row, 1, on=today, lock_version=row.lock_version))
