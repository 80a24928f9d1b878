"""Adjoining rooms for a need that no room meets alone: rooms beside each other on one floor, or whole floors above each other.

The register knows a building, a floor and a room number, so that is what is claimed, and no more: numbers of the same letters
that follow each other (301, 302) lie side by side; two floors adjoin when every room of both is taken. A combination holds
nothing superfluous: without the room or the floor at either end it would be too small.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal, TypeVar

from tenglong.domain.landing.matching import FAILED, MET, UNKNOWN, Check, Need, Room, checks

T = TypeVar("T")
How = Literal["floor", "floors"]
_NUMBER: Final = re.compile(r"^(\D*)(\d{1,6})$")
#: requirements that the rooms meet together, not each of them
TOGETHER: Final = frozenset({"area", "most", "power_va"})


@dataclass(frozen=True)
class Joint:
    """Rooms in order (by floor, then number) and what they meet together. `how`: side by side, or floor above floor."""

    how: How
    rooms: tuple[Room, ...]
    checks: tuple[Check, ...]

    @property
    def area_cm2(self) -> int:
        return sum(room.area_cm2 for room in self.rooms)

    @property
    def unknown(self) -> tuple[Check, ...]:
        return tuple(one for one in self.checks if one.verdict == UNKNOWN)

    def rank(self, need: Need) -> tuple[object, ...]:
        return (len(self.unknown), len(self.rooms), self.how != "floor", Fraction(self.area_cm2, need.area_cm2),
                tuple(room.key for room in self.rooms))


@dataclass(frozen=True)
class Joints:
    """`nearest`: the largest adjoining rooms that meet everything else when none suffices (a single room too); `usable`: rooms
    that meet all but the area; `unplaced`: those of them whose number does not tell what lies beside them."""

    found: tuple[Joint, ...]
    nearest: Joint | None
    usable: int
    unplaced: int


def join(need: Need, rooms: Iterable[Room]) -> Joints:
    """Every smallest combination of two or more adjoining rooms that meets the need. Raises ValueError without an area."""
    if need.area_cm2 <= 0:
        raise ValueError("需要的面积应大于 0")
    every = list(rooms)
    usable = {one.key for one in every if one.building and _each(need, one)}
    found: list[Joint] = []
    largest: list[Joint] = []
    for how, line in _lines(every, usable):
        found += _smallest(need, how, line)
        largest.append(_joint(need, how, line))
    fits = tuple(sorted(found, key=lambda one: one.rank(need)))
    best = min(largest, key=lambda one: (-one.area_cm2, one.rank(need)), default=None)
    placed = [one for one in every if one.key in usable and _place(one) is None]
    return Joints(fits, None if fits else best, len(usable), len(placed))


def _each(need: Need, room: Room) -> bool:
    """Whether the room fails nothing that every room has to meet by itself."""
    return all(one.verdict != FAILED for one in checks(need, room) if one.id not in TOGETHER)


def _lines(rooms: Sequence[Room], usable: set[str]) -> Iterator[tuple[How, list[tuple[Room, ...]]]]:
    """Longest rows of usable parts that adjoin: single rooms along a floor, whole floors up a building."""
    for building in sorted({one.building for one in rooms if one.building}):
        floors: dict[int, list[Room]] = {}
        for one in rooms:
            if one.building == building:
                floors.setdefault(one.floor, []).append(one)
        whole: dict[int, tuple[Room, ...]] = {}
        for floor in sorted(floors):
            rows = _rows([one for one in floors[floor] if one.key in usable])
            for row in rows:
                yield "floor", [(room,) for room in row]
            if len(rows) == 1 and len(rows[0]) == len(floors[floor]):
                whole[floor] = tuple(rows[0])
        for stack in _runs(sorted(whole), _above):
            if len(stack) > 1:
                yield "floors", [whole[floor] for floor in stack]


def _above(floor: int) -> int:
    """The floor over it: there is no floor 0."""
    return 1 if floor == -1 else floor + 1


def _rows(rooms: Sequence[Room]) -> list[list[Room]]:
    """Usable rooms of a floor in rows whose numbers follow each other; a room without such a number stands alone."""
    placed = {place: room for room in rooms if (place := _place(room)) is not None}
    rows = [[placed[place] for place in run] for run in _runs(sorted(placed), lambda at: (at[0], at[1] + 1))]
    held = {room.key for row in rows for room in row}
    return rows + [[room] for room in rooms if room.key not in held]


def _runs(ordered: Sequence[T], following: Callable[[T], T]) -> list[list[T]]:
    runs: list[list[T]] = []
    for one in ordered:
        if runs and following(runs[-1][-1]) == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _place(room: Room) -> tuple[str, int] | None:
    """(letters, number) of a room; None when the number does not tell where the room lies."""
    found = _NUMBER.match(room.number.strip())
    return (found[1].strip().upper(), int(found[2])) if found else None


def _smallest(need: Need, how: How, line: Sequence[tuple[Room, ...]]) -> Iterator[Joint]:
    """Stretches of two or more parts that suffice, and would not without the first or the last."""
    for first in range(len(line)):
        last = next((at for at in range(first, len(line)) if _enough(need, line[first : at + 1])), first)
        if last > first and not _enough(need, line[first + 1 : last + 1]):
            made = _joint(need, how, line[first : last + 1])
            if all(one.verdict != FAILED for one in made.checks):
                yield made


def _enough(need: Need, parts: Sequence[tuple[Room, ...]]) -> bool:
    rooms = [room for part in parts for room in part]
    return sum(room.area_cm2 for room in rooms) >= need.area_cm2 and _power(need, rooms).verdict != FAILED


def _joint(need: Need, how: How, parts: Sequence[tuple[Room, ...]]) -> Joint:
    rooms = tuple(room for part in parts for room in part)
    whole = sum(room.area_cm2 for room in rooms)
    asked = {one.id: one for one in checks(need, replace(rooms[0], area_cm2=whole))}
    if need.power_va is not None:
        asked["power_va"] = _power(need, rooms)
    each = [{one.id: one for one in checks(need, room)} for room in rooms]
    order = (MET, UNKNOWN, FAILED)
    worst = {name: max((one[name] for one in each), key=lambda one: order.index(one.verdict)) for name in asked}
    return Joint(how, rooms, tuple(one if name in TOGETHER else worst[name] for name, one in asked.items()))


def _power(need: Need, rooms: Sequence[Room]) -> Check:
    """Capacities add up; a room that does not tell its own leaves it open while the others are not enough."""
    has = sum(room.power_va or 0 for room in rooms)
    if need.power_va is None or has >= need.power_va:
        return Check("power_va", MET, has, need.power_va)
    silent = any(room.power_va is None for room in rooms)
    return Check("power_va", UNKNOWN if silent else FAILED, has, need.power_va)
