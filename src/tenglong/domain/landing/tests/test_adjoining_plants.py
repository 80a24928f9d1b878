"""Adjoining rooms: every smallest combination, no other, against asking every subset."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.landing.joined import join
from tenglong.domain.landing.matching import FAILED, UNKNOWN, Need, Room, checks

M2 = 10_000


def room(key: str, area: int, floor: int = 1, number: str = "", state: str = "available", **more: object) -> Room:
    return Room(key, f"房{key}", area * M2, state, floor, building="1", number=number, **more)


def keys(need: Need, rooms: list[Room]) -> list[list[str]]:
    return [[one.key for one in joint.rooms] for joint in join(need, rooms).found]


def test_two_rooms_side_by_side_make_up_what_neither_has() -> None:
    need = Need(4_000 * M2, height_mm=6_000)
    rooms = [room("a", 2_500, number="101", height_mm=7_000), room("b", 1_600, number="102", height_mm=6_000),
             room("c", 2_500, number="103", height_mm=5_000), room("d", 2_500, number="104", height_mm=6_000)]
    assert keys(need, rooms) == [["a", "b"]]
    assert join(need, rooms).found[0].area_cm2 == 4_100 * M2
    assert not keys(need, [rooms[0], room("b", 1_600, number="102", state="let", height_mm=9_000), *rooms[2:]])


def test_floors_adjoin_only_as_a_whole_and_there_is_no_floor_0() -> None:
    need = Need(4_000 * M2)
    whole = [room("up", 2_000, 2, "整层"), room("left", 1_000, 1, "101"), room("right", 1_100, 1, "102"),
             room("cellar", 1_950, -1)]
    assert keys(need, whole) == [["cellar", "left", "right"], ["left", "right", "up"]]
    assert not keys(Need(4_200 * M2, ground=True), whole)
    let = [*whole[:2], room("right", 1_100, 1, "102", "let"), whole[3]]
    found = join(need, let)
    assert not found.found and found.nearest is not None and found.nearest.area_cm2 == 2_000 * M2
    assert (found.usable, found.unplaced) == (3, 2)


def test_power_adds_up_and_the_most_that_is_wanted_holds_for_all() -> None:
    rooms = [room("a", 600, number="A-1", power_va=300), room("b", 600, number="A-2", power_va=300)]
    assert keys(Need(1_000 * M2, power_va=600), rooms) == [["a", "b"]]
    assert not keys(Need(1_000 * M2, power_va=601), rooms) and not keys(Need(1_000 * M2, most_cm2=1_100 * M2), rooms)
    silent = join(Need(1_000 * M2, power_va=601), [rooms[0], room("b", 600, number="A-2")]).found[0]
    assert [one.id for one in silent.unknown] == ["power_va"]


PART = st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(1, 4), st.sampled_from(["available", "talking", "let"]),
                 st.sampled_from([None, 3, 8]), st.booleans())


@given(st.lists(PART, max_size=7, unique_by=lambda one: (one[1], one[2])), st.integers(2, 20), st.sampled_from([None, 5]),
       st.sampled_from([None, 6, 12]))
@settings(max_examples=80, deadline=None)
def test_joining_equals_asking_every_subset(listed, area, height, power) -> None:
    rooms = [room(str(at), size, floor, f"{floor}0{number}" if told else "", state, height_mm=tall, power_va=size)
             for at, (size, floor, number, state, tall, told) in enumerate(listed)]
    need = Need(area * M2, height_mm=height, power_va=power)
    usable = [one for one in rooms if all(check.verdict != FAILED for check in checks(need, one)
                                          if check.id not in ("area", "power_va"))]

    def enough(some: tuple[Room, ...]) -> bool:
        return sum(one.area_cm2 for one in some) >= need.area_cm2 and (
            power is None or sum(one.power_va or 0 for one in some) >= power)

    def beside(some: tuple[Room, ...]) -> bool:
        numbers = sorted(int(one.number) for one in some if one.number)
        whole = len(some) == 1 or len(numbers) == len(some)
        return len({one.floor for one in some}) == 1 and whole and numbers == list(
            range(numbers[0], numbers[0] + len(numbers))) if numbers else len(some) == 1

    def stacked(some: tuple[Room, ...]) -> bool:
        floors = sorted({one.floor for one in some})
        return len(floors) > 1 and floors == list(range(floors[0], floors[-1] + 1)) and all(
            {one.key for one in some if one.floor == floor} == {one.key for one in rooms if one.floor == floor}
            and beside(tuple(one for one in some if one.floor == floor)) for floor in floors)

    expected = set()
    for many in range(2, len(usable) + 1):
        for some in combinations(usable, many):
            if not enough(some):
                continue
            if beside(some):
                ordered = sorted(some, key=lambda one: int(one.number))
                ends = [tuple(ordered[1:]), tuple(ordered[:-1])]
            elif stacked(some):
                low, high = min(one.floor for one in some), max(one.floor for one in some)
                ends = [tuple(one for one in some if one.floor != end) for end in (low, high)]
            else:
                continue
            if not any(enough(end) for end in ends):
                expected.add(frozenset(one.key for one in some))
    found = join(need, rooms)
    assert {frozenset(one.key for one in joint.rooms) for joint in found.found} == expected
    assert len(found.found) == len(expected)
    assert all(check.verdict != FAILED for joint in found.found for check in joint.checks)
    assert (found.nearest is None) == bool(expected or not usable)
    assert UNKNOWN not in {check.verdict for joint in found.found for check in joint.checks if check.id == "area"}
