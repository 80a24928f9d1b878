"""Parks and units to let: who sees them, the search against a plain filter, states with history, two editors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry import service
from tenglong.apps.registry.models import Division, LetUnitVersion, Occupancy
from tenglong.apps.registry.premises_list import UnitList
from tenglong.domain.premises import TONNE_N, admits, industries, load_n_m2, packed
from tenglong.domain.units import UnitError

TOWN, OTHER, DAY = "330604001", "330604002", date(2024, 1, 1)
M2 = 10_000


@pytest.fixture
def house(cast: Any) -> Any:
    """A building of three floors of TOWN, in a park."""
    for code, name in ((TOWN, "百官街道"), (OTHER, "曹娥街道")):
        Division.objects.create(code=code, name=name, level="town", valid_from=date(2013, 10, 18))
    plot = service.create_plot(cast.officer, {"name": "风机厂"}, on=DAY, town=TOWN)
    values = {"name": "5号楼", "plot_id": plot.plot_id, "floors": 3}
    return service.create_building(cast.officer, values, on=DAY, town=TOWN, code="KC-5")


@pytest.fixture
def park(cast: Any, house: Any) -> Any:
    return service.create_park(cast.officer, {"name": "新时代科创园", "operator": "科创公司"}, on=DAY, town=TOWN)


def unit(cast: Any, house: Any, floor: int = 1, number: str = "", **values: Any) -> Any:
    told = {"building_id": house.building_id, "floor": floor, "number": number, "unit_cm2": 500 * M2, **values}
    return service.create_unit(cast.officer, told, on=DAY, reason="上报")


def test_only_the_offices_of_the_town_see_a_unit_and_an_enterprise_what_is_offered(cast, house, park, sign_in):
    made = unit(cast, house, park_id=park.park_id)
    seen = {name for name, person in cast.people().items() if premises.units(person).exists()}
    assert seen == {"county", "officer", "leader", "analyst", "task_force"}
    assert {name for name, person in cast.people().items() if premises.parks(person).exists()} == seen
    service.correct_unit(cast.officer, made.unit.ulid, {"offered": True}, lock_version=1, reason="招租")
    assert premises.units(cast.firm).count() == 1 and premises.parks(cast.firm).get().name == "新时代科创园"
    assert premises.steps(cast.firm, made.unit_id).count() == 0
    service.step_unit(cast.officer, made.unit.ulid, "talking", on=DAY, lock_version=2, note="意向")
    assert not premises.units(cast.firm).exists() and not premises.parks(cast.firm).exists()
    assert sign_in(cast.stranger).get(f"/premises/{made.unit.ulid}/").status_code == 404
    with pytest.raises(service.RegistryError, match="管辖范围"):
        service.step_unit(cast.stranger, made.unit.ulid, "closed", on=DAY, lock_version=3, note="x")
    with pytest.raises(service.RegistryError, match="管辖范围"):
        unit(type("Cast", (), {"officer": cast.stranger}), house, 2)


def test_a_unit_lies_on_a_floor_that_exists_and_is_registered_once(cast, house):
    made = unit(cast, house, 2, "201")
    assert made.name == "5号楼 2层 201" and made.division_code == TOWN
    for floor, number, word in ((2, "201", "同一房号"), (4, "", "没有 4 层"), (0, "", "没有 0 层")):
        with pytest.raises(service.RegistryError, match=word):
            unit(cast, house, floor, number)
    with pytest.raises(service.RegistryError, match="大于 0"):
        unit(cast, house, 3, unit_cm2=0)


def test_states_follow_each_other_and_a_tenancy_begins_and_ends_with_them(cast, house):
    firm = service.create_enterprise(cast.officer, {"name": "隔膜公司"}, on=DAY, town=TOWN)
    made = unit(cast, house)
    ulid, on = made.unit.ulid, date(2024, 3, 1)
    service.step_unit(
        cast.officer, ulid, "let", on=on, lock_version=1, note="签约", enterprise_id=firm.enterprise_id, contract="ZL-1"
    )
    tenancy = Occupancy.objects.get()
    assert (tenancy.building_id, tenancy.role, tenancy.floor_cm2, tenancy.valid_to) == (
        house.building_id,
        "lessee",
        500 * M2,
        None,
    )
    for state, day, word in (
        ("talking", on, "不能直接"),
        ("available", date(2024, 2, 1), "早于"),
        ("available", date(2999, 1, 1), "今天"),
    ):
        with pytest.raises(service.RegistryError, match=word):
            service.step_unit(cast.officer, ulid, state, on=day, lock_version=2, note="退租")
    service.step_unit(cast.officer, ulid, "available", on=date(2024, 9, 1), lock_version=2, note="退租")
    tenancy.refresh_from_db()
    assert tenancy.valid_to == date(2024, 9, 1)
    assert [step.state for step in premises.steps(cast.officer, made.unit_id)] == ["available", "let", "available"]
    asof = {
        day: premises.unit(cast.officer, ulid, day).state for day in (date(2024, 2, 1), date(2024, 5, 1), date(2024, 10, 1))
    }
    assert list(asof.values()) == ["available", "let", "available"]
    assert AuditEntry.objects.filter(action="unit.step").count() == 2


def test_second_editor_sees_both_sides_and_the_second_step_is_refused(cast, house, park, sign_in):
    made, officer = unit(cast, house), sign_in(cast.officer)
    address = f"/premises/{made.unit.ulid}/"
    shown = officer.get(address + "edit/").context["form"].initial
    service.correct_unit(cast.officer, made.unit.ulid, {"rent_fen": 1500}, lock_version=1, reason="补租金")
    typed = {
        "building_id": "KC-5",
        "floor": "1",
        "unit_cm2": "480.5",
        "load_n_m2": "0.5t",
        "permitted": "C38、3841",
        "gas": "True",
        "how": "correct",
        "effective": "2024-06-01",
        "reason": "复核",
        "base": shown["base"],
        "lock_version": shown["lock_version"],
    }
    answer = officer.post(address + "edit/", typed)
    assert answer.status_code == 409
    assert [(delta.field, delta.new) for delta in answer.context["conflict"].theirs] == [("rent_fen", 1500)]
    assert "15 元/m²·月" in answer.content.decode()
    again = answer.context["form"]
    kept = {name: again[name].value() for name in again.fields if again[name].value() not in (None, False)}
    assert kept["rent_fen"] == "15" and officer.post(address + "edit/", kept).status_code == 302
    held = LetUnitVersion.objects.get()
    assert (held.unit_cm2, held.load_n_m2, held.permitted, held.gas, held.rent_fen) == (
        4_805_000,
        4903,
        ",38,3841,",
        True,
        1500,
    )
    first = {"state": "talking", "on": "2024-05-01", "note": "甲公司", "lock_version": held.lock_version}
    assert officer.post(address + "step/", first).status_code == 302
    second = officer.post(address + "step/", {**first, "note": "乙公司"})
    assert second.status_code == 409 and "洽谈中" in second.content.decode()
    assert "甲公司" in officer.get(address).content.decode() and "乙公司" not in officer.get(address).content.decode()


def test_the_tree_of_a_park_tells_the_share_that_is_let(cast, house, park, sign_in):
    rows = [
        unit(cast, house, floor, park_id=park.park_id, unit_cm2=area * M2) for floor, area in ((1, 600), (2, 300), (3, 100))
    ]
    service.step_unit(cast.officer, rows[0].unit.ulid, "let", on=DAY, lock_version=1, note="已租")
    service.step_unit(cast.officer, rows[2].unit.ulid, "closed", on=DAY, lock_version=1, note="加固")
    twin = sign_in(cast.officer).get(f"/premises/parks/{park.park.ulid}.json").json()
    assert (twin["let_cm2"], twin["lettable_cm2"], twin["let"], twin["lettable"], twin["closed"]) == (
        "6000000",
        "9000000",
        1,
        2,
        1,
    )
    assert [floor["floor"] for floor in twin["buildings"][0]["floors"]] == [3, 2, 1]
    page = sign_in(cast.officer).get(f"/premises/parks/{park.park.ulid}/").content.decode()
    assert "67" in page and "科创公司" in page
    listed = sign_in(cast.officer).get("/premises/parks.json").json()["rows"][0]
    assert (listed["units"], listed["percent"]) == (3, 67)


# ---- the search

SIZES = (80, 500, 1200, 3000)
VALUES: tuple[dict[str, Any], ...] = tuple(
    {
        "unit_cm2": SIZES[at % 4] * M2 + at,
        "height_mm": (None, 3600, 4500, 8000)[at % 4],
        "load_n_m2": (500 * at, None)[at % 5 == 0],
        "power_va": (None, 315_000, 630_000)[at % 3],
        "rent_fen": (1250, None, 2000, 1999)[at % 4],
        "free_from": (None, date(2025, 1, 1), date(2026, 6, 30))[at % 3],
        "gas": (None, True, False)[at % 3],
        "sewage": ("", "1", "2", "3", "4")[at % 5],
        "fire_class": ("", "2", "3")[at % 3],
        "crane_kg": (None, 5000, 10_000)[at % 3],
        "permitted": ("", ",17,", ",38,3921,", ",3841,")[at % 4],
    }
    for at in range(14)
)
NUMBERS = {
    "area": ("unit_cm2", 10_000),
    "height": ("height_mm", 1000),
    "load": ("load_n_m2", 1000),
    "power": ("power_va", 1000),
    "rent": ("rent_fen", 100),
    "crane": ("crane_kg", 1000),
}
ENDS = {"area": ("_min", "_max"), "rent": ("_min", "_max")}


def plainly(values: dict[str, Any], asked: dict[str, str]) -> bool:
    """The conditions said once more, without a database."""
    for name, text in asked.items():
        key, end = (name[:-4], name[-4:]) if name[-4:] in ("_min", "_max") else (name, "")
        if key in NUMBERS:
            column, factor = NUMBERS[key]
            bound = load_n_m2(text) if key == "load" else Decimal(text) * factor
            held = values[column]
            good = held is not None and (held >= bound if end == "_min" else held <= bound)
        elif key == "free":
            held = values["free_from"]
            good = held is not None and (
                held >= date.fromisoformat(text) if end == "_min" else held <= date.fromisoformat(text)
            )
        elif key == "industry":
            good = admits(values["permitted"], text)
        elif key == "gas":
            good = values["gas"] is (text == "1")
        else:
            good = values[{"fire": "fire_class"}.get(key, key)] >= text
        if not good:
            return False
    return True


def asked() -> st.SearchStrategy[dict[str, str]]:
    number = st.decimals(min_value=0, max_value=4000, places=4).map(str) | st.sampled_from(
        ["0.5", "4.5", "80", "315", "12.5", "20"]
    )
    parts: dict[str, st.SearchStrategy[str]] = {
        name + end: number | st.sampled_from(["1t", "0.25t"]) if name == "load" else number
        for name in NUMBERS
        for end in ENDS.get(name, ("_min",))
    }
    parts |= {
        "free_max": st.sampled_from(["2025-01-01", "2025-12-31", "2026-06-30"]),
        "free_min": st.just("2025-06-01"),
        "industry": st.sampled_from(["17", "1711", "38", "3841", "39"]),
        "gas": st.sampled_from(["0", "1"]),
        "sewage": st.sampled_from("1234"),
        "fire": st.sampled_from("12345"),
    }
    return st.lists(st.sampled_from(sorted(parts)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: parts[name] for name in names})
    )


@pytest.fixture
def offers(cast: Any, house: Any) -> dict[str, dict[str, Any]]:
    return {unit(cast, house, 1, str(at), **values).unit.ulid: values for at, values in enumerate(VALUES)}


def listing(user: Any, params: dict[str, str]) -> UnitList:
    request = RequestFactory().get("/premises/", params)
    request.user = user
    return UnitList(request)


def test_search_equals_a_plain_filter_and_says_which_condition_turns_how_many_away(cast, offers):
    @settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(asked())
    def check(params: dict[str, str]) -> None:
        page = listing(cast.officer, params)
        assert page.asked.errors == {}
        expected = {ulid for ulid, values in offers.items() if plainly(values, params)}
        assert set(page.rows_query.values_list("unit__ulid", flat=True)) == expected
        for miss in page.misses() if not expected else ():
            keys = {key for key in params if key not in miss.url}
            rest = {key: text for key, text in params.items() if key not in keys}
            mine = {key: params[key] for key in keys}
            assert miss.fails == sum(not plainly(values, mine) for values in offers.values())
            assert miss.without == sum(plainly(values, rest) for values in offers.values())

    check()


def test_wrong_conditions_are_told_and_select_nothing(cast, offers, sign_in):
    officer = sign_in(cast.officer)
    wrong = {
        "area_min": "一百",
        "load_min": "5吨/亩",
        "rent_max": "NaN",
        "height_min": "1e99",
        "industry": "造纸",
        "sewage": "-",
        "free_max": "2025-13-01",
        "on": "昨天",
        "park": "999999999999999999999",
        "state": "gone",
    }
    for name, text in wrong.items():
        twin = officer.get("/premises.json", {name: text}).json()
        assert twin["errors"].get(name) and twin["rows"] == [], (name, twin["errors"])
    page = officer.get("/premises/", {"area_min": "2000", "height_min": "9"}).content.decode()
    assert "哪个条件挡住了" in page and "其中没有填" in page
    assert "哪个条件挡住了" not in officer.get("/premises/").content.decode()
    given = {"form": "xlsx", "recipient": "招商局", "purpose": "找厂房"}
    assert officer.post("/premises/export/?area_min=1000", given)["X-Figure-Number"].startswith("BS")


def test_loads_and_industries_are_read_as_people_write_them():
    assert load_n_m2("5") == load_n_m2("5 kN/㎡") == load_n_m2("5kPa") == 5000 and load_n_m2("2吨/m²") == 2 * TONNE_N
    for text in ("", "5 kg", "-1", "五", "1e5", "5t/亩"):
        with pytest.raises(UnitError, match="楼面荷载"):
            load_n_m2(text)
    assert industries("C38、3841，38") == ("38", "3841") and packed(()) == "" and packed(("38", "17")) == ",38,17,"
    with pytest.raises(ValueError, match="造纸"):
        industries("造纸")
    assert admits("", "17") and admits(",38,", "3841") and not admits(",3841,", "38") and not admits(",38,", "17")
