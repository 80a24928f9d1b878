"""Matching rooms to a need: what excludes each room is told, unknown is not failed, the order is total."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.landing.matching import FAILED, MET, UNKNOWN, Need, Room, checks, match

M2 = 10_000


def room(key, area=1000, **more):
    return Room(key, f"房{key}", area * M2, **more)


def test_each_requirement_excludes_exactly_its_rooms():
    need = Need(800 * M2, 2000 * M2, 6000, 15_000, 500_000, 5000, 2000, 2000, "3", True, True, "38", "科创", date(2026, 6, 1))
    good = {"height_mm": 6000, "load_n_m2": 15_000, "power_va": 500_000, "crane_kg": 5000, "lift_kg": 2000, "rent_fen": 2000,
            "fire_class": "3", "gas": True, "permitted": ",38,", "park": "科创园", "free_from": date(2026, 6, 1)}
    worse = {"height_mm": 5999, "load_n_m2": 1, "power_va": 1, "crane_kg": 1, "lift_kg": 1, "rent_fen": 2001, "fire_class": "2",
             "gas": False, "permitted": ",17,", "park": "别园", "free_from": date(2026, 6, 2)}
    ids = {"permitted": "industry", "park": "park_word", "free_from": "free_by"}
    found = match(need, [room("ok", **good), *(room(name, **(good | {name: value})) for name, value in worse.items()),
                         room("up", floor=2, **good), room("let", state="let", **good), room("small", 799, **good),
                         room("big", 2001, **good)])
    assert [one.room.key for one in found.fitting] == ["ok"]
    told = {one.room.key: [check.id for check in one.failed] for one in found.excluded}
    assert told == {**{name: [ids.get(name, name)] for name in worse}, "up": ["ground"], "let": ["state"], "small": ["area"],
                    "big": ["most"]}
    assert all((one.fails, one.alone) == (1, 1) for one in found.excluders) and len(found.excluders) == len(told)


def test_what_a_room_does_not_say_is_unknown_and_ranks_after_what_is_known():
    need = Need(800 * M2, height_mm=6000, rent_fen=2000)
    found = match(need, [room("silent"), room("told", 1500, height_mm=7000, rent_fen=1500)])
    assert [one.room.key for one in found.fitting] == ["told", "silent"]
    assert [check.id for check in found.fitting[1].unknown] == ["height_mm", "rent_fen"]


def test_less_waste_then_less_rent_comes_first():
    found = match(Need(800 * M2), [room("wide", 1600), room("dear", 900, rent_fen=30), room("cheap", 900, rent_fen=20),
                                   room("talked", 800, state="talking")])
    assert [one.room.key for one in found.fitting] == ["cheap", "dear", "wide", "talked"]


def test_a_need_without_area_is_refused():
    with pytest.raises(ValueError, match="面积"):
        match(Need(0), [])


@given(st.lists(st.tuples(st.integers(1, 50), st.sampled_from([None, 3000, 6000, 9000]), st.sampled_from(["available", "let"])),
                max_size=12), st.integers(1, 50), st.sampled_from([None, 5000]))
@settings(max_examples=60, deadline=None)
def test_matching_equals_asking_every_room(listed, area, height):
    rooms = [room(str(at), size, height_mm=tall, state=state) for at, (size, tall, state) in enumerate(listed)]
    need = Need(area * M2, height_mm=height)
    found = match(need, rooms)
    expected = {one.key for one in rooms if one.state == "available" and one.area_cm2 >= area * M2
                and (height is None or one.height_mm is None or one.height_mm >= height)}
    assert {one.room.key for one in found.fitting} == expected
    assert len(found.fitting) + len(found.excluded) == len(rooms)
    assert {check.verdict for one in rooms for check in checks(need, one)} <= {MET, FAILED, UNKNOWN}
