"""Towers: floors and tenants on a day, the register's rooms taken once, progress as it was said, who sees what."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import TowerTenancy
from tenglong.apps.projects.queries import towers as queries
from tenglong.apps.projects.service import towers as service
from tenglong.apps.registry import service as register
from tenglong.apps.registry.models import Division

pytestmark = pytest.mark.django_db
M2, DAY = 10_000, date(2024, 1, 1)
TOWN, OTHER = "330604001", "330604002"


@pytest.fixture
def tower(cast):
    for code, name in ((TOWN, "百官街道"), (OTHER, "曹娥街道")):
        Division.objects.create(code=code, name=name, level="town", parent_code="330604", valid_from="2014-01-01")
    head = {"name": "数字大厦", "division_code": TOWN, "feature": "数字经济", "feature_codes": ",65,"}
    row = service.create(cast.officer, head)
    for floor, area in ((1, 500), (2, 800)):
        service.put_floor(cast.officer, row, floor, lettable_cm2=area * M2)
    return row


@pytest.fixture
def firm(cast):
    return register.create_enterprise(cast.officer, {"name": "云端软件", "industry": "6513"}, on=DAY, town=TOWN).enterprise_id


def _let(cast, row, floor, area, since=DAY, **more):
    held = next(one for one in queries.floors(cast.officer, row) if one.floor == floor)
    told = {"enterprise_id": None, "name": "散户"} | more
    return service.let_floor(cast.officer, held, area_cm2=area * M2, since=since, **told)


def test_vacancy_follows_the_day(cast, tower, firm):
    gone = _let(cast, tower, 1, 500)
    _let(cast, tower, 2, 200, enterprise_id=firm, since=date(2025, 1, 1))
    service.end_tenancy(cast.officer, gone, until=date(2025, 6, 1))
    whole = {day: queries.levels(cast.officer, tower, day) for day in (date(2024, 6, 1), date(2025, 5, 31), date(2025, 6, 1))}
    assert [one.vacant_cm2 // M2 for one in whole.values()] == [800, 600, 1100]
    found = queries.picture(cast.county, tower, date(2025, 5, 31))
    assert (found.feature.share, found.feature.unknown_cm2) == (1, 500 * M2)
    assert (found.stack.count, found.tax.unregistered, found.tax.unknown) == (2, 1, 1)


def test_no_day_has_more_let_than_the_floor_has(cast, tower):
    _let(cast, tower, 1, 300, since=date(2024, 6, 1), name="甲")
    with pytest.raises(ProjectError, match="2024-06-01"):
        _let(cast, tower, 1, 300, name="乙")
    _let(cast, tower, 1, 300, name="乙", until=date(2024, 6, 1))
    with pytest.raises(ProjectError, match="早于|晚于"):
        _let(cast, tower, 2, 1, until=DAY)
    assert TowerTenancy.objects.count() == 2


def test_progress_needs_its_source_and_nothing_is_worked_out(cast, tower):
    with pytest.raises(ProjectError, match="出处"):
        service.change(cast.officer, tower, {"progress": "done"}, lock_version=None)
    for at, said in enumerate([*["done"] * 2, *["on_schedule"] * 3, ""]):
        service.create(cast.officer, {"name": f"楼{at}", "division_code": TOWN, "progress": said, "progress_source": "专报"})
    board = queries.board(cast.officer)
    assert (board.all, [(value, count) for value, _label, count in board.said]) == (
        7, [("done", 2), ("on_schedule", 3), ("", 2)])


def test_rooms_of_the_register_are_not_entered_twice(cast, tower, firm):
    house = register.create_building(cast.officer, {"name": "主楼", "floors": 3}, on=DAY, code="JZ-1", town=TOWN)
    values = {"building_id": house.building_id, "unit_cm2": 400 * M2, "name": "301", "floor": 3}
    unit = register.create_unit(cast.officer, values, on=DAY, reason="登记")
    register.create_unit(cast.officer, values | {"name": "302", "number": "302"}, on=DAY, reason="登记")
    tower = service.change(cast.officer, tower, {"building_id": house.building_id}, lock_version=None)
    with pytest.raises(ProjectError, match="载体房源"):
        service.put_floor(cast.officer, tower, 3, lettable_cm2=1)
    (third,) = service.take_units(cast.officer, tower)
    with pytest.raises(ProjectError, match="载体房源"):
        service.let_floor(cast.officer, third, enterprise_id=firm, area_cm2=1, since=DAY)
    register.step_unit(cast.officer, unit.unit.ulid, "let", on=date(2024, 3, 1), lock_version=None, note="", enterprise_id=firm)
    level = queries.levels(cast.officer, tower).levels[0]
    assert (level.floor, level.lettable_cm2 // M2, level.let_cm2 // M2, [one.name for one in level.tenants]) == (
        3, 800, 400, ["云端软件"])
    assert queries.levels(cast.officer, tower, date(2024, 2, 1)).levels[0].let_cm2 == 0


def test_pages_show_the_tower_to_its_town_and_to_nobody_else(cast, tower, firm, client):
    _let(cast, tower, 2, 200, enterprise_id=firm)
    own = f"/projects/towers/{tower.ulid}"
    pages = ("/projects/towers/", f"{own}/", f"{own}.json", "/projects/towers/list/")
    seen = {}
    for name in ("officer", "stranger", "firm", "auditor"):
        client.force_login(getattr(cast, name))
        answers = [client.get(page) for page in pages]
        seen[name] = ([one.status_code for one in answers], any("数字大厦" in one.content.decode() for one in answers))
    assert seen == {"officer": ([200] * 4, True), "stranger": ([200, 404, 404, 200], False), "firm": ([403] * 4, False),
                    "auditor": ([403] * 4, False)}
    client.force_login(cast.officer)
    assert "***" in client.get(pages[1]).content.decode()  # figures of firms need sensitive.view


def test_a_page_takes_floors_and_tenants(cast, tower, client):
    client.force_login(cast.officer)
    url = f"/projects/towers/{tower.ulid}/"
    client.post(f"{url}floors/", {"floor": "5", "lettable_cm2": "120.5", "use": "办公"})
    fifth = next(one for one in queries.floors(cast.officer, tower) if one.floor == 5)
    client.post(f"{url}tenants/", {"floor": fifth.pk, "name": "丙公司", "area_cm2": "20", "since": "2025-01-01"})
    held = TowerTenancy.objects.get()
    assert (held.name, held.area_cm2) == ("丙公司", 20 * M2)
    client.post(f"{url}tenants/{held.pk}/end/", {"until": "2025-02-01"})
    held.refresh_from_db()
    assert held.until == date(2025, 2, 1)
    page = client.get(f"{url}?on=2025-01-15").content.decode()
    assert "丙公司" in page and "5F" in page


def test_boards_and_lists_ask_the_same_however_many_there_are(cast, tower, firm, client):
    made = [tower]

    def grow(many):
        for _ in range(many):
            at = len(made)
            house = register.create_building(cast.officer, {"name": "甲楼"}, on=DAY, code=f"JZ-{at}", town=TOWN)
            row = service.create(cast.officer, {"name": f"楼{at}", "division_code": TOWN, "building_id": house.building_id})
            register.create_unit(cast.officer, {"building_id": house.building_id, "floor": at, "name": "房", "unit_cm2": M2},
                                 on=DAY, reason="登记")
            service.take_units(cast.officer, row)
            service.put_floor(cast.officer, row, 99, lettable_cm2=M2)
            _let(cast, row, 99, 1, enterprise_id=firm)
            made.append(row)

    client.force_login(cast.officer)
    asked = {}
    for _size in range(2):
        grow(2)
        for url in ("/projects/towers/", "/projects/towers/list/"):
            client.get(url)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url).content.decode().count("楼1") >= 1
            asked.setdefault(url, []).append(len(seen))
    assert all(few == many for few, many in asked.values()), asked
    assert queries.stacks(cast.officer, made) == {row.pk: queries.levels(cast.officer, row) for row in made}
