"""A finding on an idle plant becomes units to let; a conversion is approved by a second person and becomes a park."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division, LetUnit
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Conversion, Finding
from tenglong.apps.renewal.queries import conversions as seen
from tenglong.apps.renewal.service import conversions, findings, plants

TOWN, DAY, M2 = "330604001", date(2022, 1, 1), 10_000


@pytest.fixture
def plant(cast: Any) -> Any:
    """A plot stopped for long with two buildings, one of them partly rented, and a plot beside it."""
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    values = {"status": "in_use", "surveyed_cm2": 30_000 * M2, "control_line": "in"}
    old = registry.create_plot(
        cast.officer, {**values, "name": "旧纺织厂", "attributes": {"stopped_months": 30}}, on=DAY, town=TOWN
    )
    beside = registry.create_plot(
        cast.officer, {**values, "name": "东侧地块", "attributes": {"built_share": 5}}, on=DAY, town=TOWN
    )
    houses = [
        registry.create_building(cast.officer, {"plot_id": old.plot_id, **more}, on=DAY, town=TOWN, code=f"FZ-{at}")
        for at, more in enumerate(
            ({"name": "织造车间", "floors": 2, "floor_cm2": 8001 * M2}, {"floors": 1, "floor_cm2": 2000 * M2})
        )
    ]
    firm = registry.create_enterprise(cast.officer, {"name": "租客公司"}, on=DAY, town=TOWN)
    tenancy = {"building_id": houses[1].building_id, "enterprise_id": firm.enterprise_id, "role": "lessee"}
    registry.create_occupancy(cast.officer, tenancy, on=DAY)
    run = findings.run(cast.county, 2024, "zj-shangyu@1")
    return {
        "old": old,
        "beside": beside,
        "houses": houses,
        "finding": Finding.objects.get(run=run, plot_id=old.plot_id),
        "other": Finding.objects.get(run=run, plot_id=beside.plot_id),
    }


def test_an_idle_plant_becomes_units_by_floor_in_two_clicks(cast, plant, sign_in):
    officer, found = sign_in(cast.officer), plant["finding"]
    assert "转为载体房源" in officer.get(f"/renewal/findings/{found.ulid}/").content.decode()
    address = f"/renewal/findings/{found.ulid}/premises/"
    page = officer.get(address).content.decode()
    assert "织造车间" in page and "1 户" in page and "确认之后" in page
    picked = [house.building.ulid for house in plant["houses"]]
    assert officer.post(address, {"buildings": picked, "by_floor": "1", "reason": "商定招租"}).status_code == 302
    made = {
        (row.building.code, row.floor): (row.unit_cm2, row.state)
        for row in premises.units(cast.officer).select_related("building")
    }
    assert made == {
        ("FZ-0", 1): (40_005_000, "available"),
        ("FZ-0", 2): (40_005_000, "available"),
        ("FZ-1", 1): (20_000_000, "let"),
    }
    assert AuditEntry.objects.get(action="finding.premises").count == 3
    again = officer.post(address, {"buildings": picked, "reason": "再来"})
    assert again.status_code == 422 and "没有可转的厂房" in again.content.decode()
    assert "转为 3 套房源" in officer.get(f"/renewal/findings/{found.ulid}/").content.decode()


def test_only_plants_that_stand_idle_become_premises(cast, plant):
    assert "疑似低效的地块" in plants.refusal(cast.officer, plant["other"])
    low = [{"criterion": "low_ratio", "inputs": [{"name": "floor_ratio"}]}]
    Finding.objects.filter(pk=plant["other"].pk).update(verdict="hit", hits=low)
    plant["other"].refresh_from_db()
    assert "没有空置的厂房" in plants.refusal(cast.officer, plant["other"])
    with pytest.raises(RenewalError, match="没有空置的厂房"):
        plants.turn(cast.officer, plant["other"], [], reason="试试")
    with pytest.raises(RenewalError, match="管辖范围"):
        plants.turn(cast.stranger, plant["finding"], [plant["houses"][0].building.ulid], reason="外镇")
    assert not LetUnit.objects.exists()


def drafted(cast: Any, plant: Any, **head: Any) -> Conversion:
    house, beside = plant["houses"][0], plant["beside"]
    parts = [
        {"building_id": house.building_id, "floor": 1, "use": "pilot", "area_cm2": 4000 * M2, "phase": 1},
        {"building_id": house.building_id, "floor": 2, "use": "rd", "area_cm2": 3000 * M2, "phase": 2},
        {"plot_id": beside.plot_id, "use": "industry", "area_cm2": 20_000 * M2, "phase": 2},
    ]
    values = {"title": "数智港一期", "park_name": "数智港创新中心", "cost_fen": 10**9, "jobs": 300, "jobs_lost": 12, **head}
    return conversions.draft(cast.officer, plant["old"].plot.ulid, values, parts, finding=plant["finding"])


def test_a_conversion_is_approved_by_another_and_becomes_a_park_phase_by_phase(cast, plant, sign_in):
    plants.turn(cast.officer, plant["finding"], [plant["houses"][0].building.ulid], reason="先招租")
    row = conversions.submit(cast.officer, drafted(cast, plant), lock_version=1)
    county = sign_in(cast.county)
    for person in (cast.officer, cast.analyst):
        with pytest.raises(Exception, match="权限"):
            conversions.approve(person, row, lock_version=2)
    with pytest.raises(RenewalError, match="已有人改动"):
        conversions.approve(cast.county, row, lock_version=1)
    assert county.post(f"/renewal/conversions/{row.ulid}/approve/", {"lock_version": "2"}).status_code == 302
    row = Conversion.objects.get()
    assert (row.state, row.approved_by_id) == ("approved", cast.county.pk)
    first = conversions.complete_phase(cast.officer, row, 1, on=date.today(), lock_version=3)
    assert len(first) == 1 and Conversion.objects.get().state == "approved"
    conversions.complete_phase(cast.officer, row, 2, on=date.today(), lock_version=4)
    row = Conversion.objects.get()
    states = sorted((unit.number.split("-")[0], unit.floor, unit.state) for unit in premises.units(cast.officer))
    assert states == [("中试", 1, "available"), ("整幢", 1, "closed"), ("研发", 2, "available")]
    park = premises.parks(cast.officer).get()
    assert (row.state, row.park, park.name) == ("completed", park.ulid, "数智港创新中心")
    page = sign_in(cast.officer).get(f"/renewal/conversions/{row.ulid}/").content.decode()
    assert "智造组团" in page and "12" in page and "1,000" in page
    assert row.title in sign_in(cast.officer).get(f"/premises/parks/{park.ulid}/").content.decode()
    with pytest.raises(RenewalError, match="不能办这一步"):
        conversions.complete_phase(cast.officer, row, 1, on=date.today(), lock_version=row.lock_version)


def test_a_building_with_tenants_is_not_finished(cast, plant):
    part = {"building_id": plant["houses"][1].building_id, "use": "support", "area_cm2": M2, "phase": 1}
    row = conversions.draft(cast.officer, plant["old"].plot.ulid, {"title": "甲", "park_name": "乙"}, [part])
    conversions.approve(cast.county, conversions.submit(cast.officer, row, lock_version=1), lock_version=2)
    with pytest.raises(RenewalError, match="还有 1 户在租"):
        conversions.complete_phase(cast.officer, row, 1, on=date.today(), lock_version=3)
    assert not LetUnit.objects.exists()


def test_who_drafted_a_conversion_does_not_approve_it_and_other_towns_do_not_see_it(cast, plant):
    row = drafted(type("Cast", (), {"officer": cast.county}), plant)
    row = conversions.submit(cast.county, row, lock_version=1)
    with pytest.raises(RenewalError, match="不能自己批准"):
        conversions.approve(cast.county, row, lock_version=2)
    back = conversions.send_back(cast.leader, row, reason="面积再核", lock_version=2)
    assert back.state == "draft"
    visible = {name for name, person in cast.people().items() if seen.conversions(person).exists()}
    assert visible == {"county", "officer", "leader", "analyst", "task_force"}


def test_what_does_not_fit_is_told_with_the_figures(cast, plant, sign_in):
    house = plant["houses"][0]
    head = {"title": "甲", "park_name": "乙"}
    wrong = (
        ([], "至少填一处"),
        ([{"use": "rd", "area_cm2": 1, "phase": 1}], "第 1 处"),
        ([{"building_id": house.building_id, "use": "rd", "area_cm2": 0, "phase": 1}], "大于 0"),
        ([{"building_id": house.building_id, "use": "rd", "area_cm2": 9000 * M2, "phase": 1}], "超过登记的建筑面积 8,001"),
        ([{"building_id": house.building_id, "use": "rd", "area_cm2": 1, "phase": 1, "floor": 3}], "没有 3 层"),
        ([{"plot_id": plant["beside"].plot_id, "use": "rd", "area_cm2": 10**12, "phase": 1}], "超过实测面积"),
    )
    for parts, told in wrong:
        with pytest.raises(RenewalError, match=told):
            conversions.draft(cast.officer, plant["old"].plot.ulid, head, parts)
    officer = sign_in(cast.officer)
    address = f"/renewal/conversions/new/?finding={plant['finding'].ulid}"
    assert officer.get(address).status_code == 200
    typed = {
        "title": "甲",
        "park_name": "乙",
        "cost_fen": "1000",
        "p-TOTAL_FORMS": "2",
        "p-INITIAL_FORMS": "0",
        "p-0-building_id": "FZ-0",
        "p-0-use": "rd",
        "p-0-area_cm2": "一千",
        "p-0-phase": "1",
    }
    assert officer.post(address, typed).status_code == 422
    assert officer.post(address, {**typed, "p-TOTAL_FORMS": "99999"}).status_code == 422
    assert officer.post(address, {**typed, "p-0-area_cm2": "1000"}).status_code == 302
    row = Conversion.objects.get()
    assert (row.cost_fen, row.parts.get().area_cm2, row.finding_id) == (10**9, 1000 * M2, plant["finding"].pk)
    edit = f"/renewal/conversions/{row.ulid}/edit/"
    assert officer.post(edit, {**typed, "p-0-area_cm2": "1200", "lock_version": "9"}).status_code == 422
    assert officer.post(edit, {**typed, "p-0-area_cm2": "1200", "lock_version": "1"}).status_code == 302
    assert Conversion.objects.get().parts.get().area_cm2 == 1200 * M2
    assert officer.get("/renewal/conversions.json").json()["totals"]["rows"] == 1
