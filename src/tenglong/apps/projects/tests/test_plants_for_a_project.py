"""Ready plants for a project: the need is kept, rooms that fit come ranked, each other one says what excludes it."""

from __future__ import annotations

from datetime import date

import pytest

from tenglong.apps.projects.service import projects
from tenglong.apps.registry import service as register
from tenglong.apps.registry.models import Division

pytestmark = pytest.mark.django_db
M2, DAY, TOWN = 10_000, date(2024, 1, 1), "330604001"


@pytest.fixture
def project(cast):
    Division.objects.create(code=TOWN, name="百官街道", level="town", parent_code="330604", valid_from="2014-01-01")
    house = register.create_building(cast.officer, {"name": "五号楼", "floors": 3}, on=DAY, code="JZ-5", town=TOWN)
    every = {"building_id": house.building_id, "unit_cm2": 1200 * M2, "crane_kg": 5000}
    for floor, (name, height) in enumerate({"合适": 7000, "太矮": 3900, "不详": None}.items(), 1):
        register.create_unit(cast.officer, every | {"floor": floor, "name": name, "height_mm": height}, on=DAY, reason="登记")
    return projects.create(cast.officer, {"name": "电池薄膜", "division_code": TOWN, "needs": "plant"}, on=DAY)


def test_a_need_finds_rooms_with_reasons(cast, project, client):
    client.force_login(cast.officer)
    url = f"/projects/{project.ulid}/plants/"
    assert "还没有写明" in client.get(url).content.decode()
    assert client.post(f"{url}ask/", {"area_cm2": ""}).status_code == 422
    assert client.post(f"{url}ask/", {"area_cm2": "1000", "height_mm": "6", "crane_kg": "5", "gas": ""}).status_code == 302
    twin = client.get(f"/projects/{project.ulid}/plants.json").json()
    assert [one["name"] for one in twin["fitting"]] == ["合适", "不详"]
    assert twin["excluders"] == [{"id": "height_mm", "fails": 1, "alone": 1}]
    page = client.get(url).content.decode()
    assert "层高不低于 6 m：3.9 m" in page and "不清楚" in page
    client.post(f"{url}ask/", {"area_cm2": "900", "lock_version": "9"})  # somebody was first
    assert client.get(f"/projects/{project.ulid}/plants.json").json()["need"]["area_cm2"] == str(1000 * M2)


def test_rooms_and_needs_of_another_town_stay_there(cast, project, client):
    for name, status in (("stranger", 404), ("firm", 403), ("auditor", 403)):
        client.force_login(getattr(cast, name))
        assert client.get(f"/projects/{project.ulid}/plants/").status_code == status
    client.force_login(cast.leader)
    assert client.post(f"/projects/{project.ulid}/plants/ask/", {"area_cm2": "1"}).status_code == 403


def test_adjoining_rooms_are_offered_together_and_a_closed_room_lies_between(cast, project, client):
    house = register.create_building(cast.officer, {"name": "六号楼", "floors": 1}, on=DAY, code="JZ-6", town=TOWN)
    for number, state in (("101", "available"), ("102", "available"), ("103", "closed"), ("104", "available")):
        head = {"building_id": house.building_id, "unit_cm2": 2200 * M2, "floor": 1}
        register.create_unit(cast.officer, head | {"number": number, "name": f"六号楼{number}"}, on=DAY, reason="登记",
                             state=state)
    client.force_login(cast.officer)
    url = f"/projects/{project.ulid}/plants/"
    client.post(f"{url}ask/", {"area_cm2": "4000"})
    twin = client.get(f"/projects/{project.ulid}/plants.json").json()
    assert (twin["fitting"], [one["area_cm2"] for one in twin["joined"]]) == ([], [str(4400 * M2)])
    page = client.get(url).content.decode()
    assert "同层相连" in page and "六号楼101</a> + <a" in page
    client.post(f"{url}ask/", {"area_cm2": "9000", "lock_version": "1"})
    told = client.get(url).content.decode()
    assert "没有相邻合用的办法" in told and "4,400" in told and "面积不少于 9,000 m²：4,400 m²" in told
