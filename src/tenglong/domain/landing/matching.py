"""Ready plants for a project: which room meets which requirement, what is not known, and what excludes a room.

A requirement is met, failed, or cannot be told because the room says nothing about it. Rooms that fail nothing are ranked:
known ones first, then those that waste least area, then the cheaper, then those that are free sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from tenglong.domain.premises import admits

MET, FAILED, UNKNOWN = "met", "failed", "unknown"
#: states in which a room can still be had
OPEN: Final = frozenset({"available", "talking"})


@dataclass(frozen=True)
class Need:
    """What is asked; None or "" does not matter. cm², mm, N/m², VA, kg, 分 a m² and month."""

    area_cm2: int
    most_cm2: int | None = None
    height_mm: int | None = None
    load_n_m2: int | None = None
    power_va: int | None = None
    crane_kg: int | None = None
    lift_kg: int | None = None
    rent_fen: int | None = None
    fire_class: str = ""
    gas: bool = False
    ground: bool = False
    industry: str = ""
    park_word: str = ""
    free_by: date | None = None


@dataclass(frozen=True)
class Room:
    """A unit to let as the register keeps it."""

    key: str
    name: str
    area_cm2: int
    state: str = "available"
    floor: int = 1
    park: str = ""
    height_mm: int | None = None
    load_n_m2: int | None = None
    power_va: int | None = None
    crane_kg: int | None = None
    lift_kg: int | None = None
    rent_fen: int | None = None
    fire_class: str = ""
    gas: bool | None = None
    permitted: str = ""
    free_from: date | None = None
    building: str = ""
    number: str = ""


@dataclass(frozen=True)
class Check:
    """One requirement against one room: `has` and `wants` as the store keeps them."""

    id: str
    verdict: str
    has: object = None
    wants: object = None


@dataclass(frozen=True)
class Match:
    """A room with every requirement that was asked."""

    room: Room
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(one for one in self.checks if one.verdict == FAILED)

    @property
    def unknown(self) -> tuple[Check, ...]:
        return tuple(one for one in self.checks if one.verdict == UNKNOWN)

    @property
    def fits(self) -> bool:
        return not self.failed

    def rank(self, need: Need) -> tuple[object, ...]:
        room = self.room
        spare = Fraction(room.area_cm2, need.area_cm2)
        return (len(self.unknown), room.state != "available", spare, room.rent_fen is None, room.rent_fen or 0,
                room.free_from or date.min, room.key)


@dataclass(frozen=True)
class Excluder:
    """How many rooms a requirement turns away, and how many it alone keeps out."""

    id: str
    fails: int
    alone: int


@dataclass(frozen=True)
class Matches:
    need: Need
    fitting: tuple[Match, ...]
    excluded: tuple[Match, ...]

    @property
    def excluders(self) -> tuple[Excluder, ...]:
        """Requirements that turn most rooms away first."""
        ids = dict.fromkeys(check.id for one in self.excluded for check in one.failed)
        found = [Excluder(name, sum(any(check.id == name for check in one.failed) for one in self.excluded),
                          sum([check.id for check in one.failed] == [name] for one in self.excluded)) for name in ids]
        return tuple(sorted(found, key=lambda one: (-one.fails, -one.alone, one.id)))


def match(need: Need, rooms: Iterable[Room]) -> Matches:
    """Raises ValueError for a need without an area."""
    if need.area_cm2 <= 0:
        raise ValueError("需要的面积应大于 0")
    found = [Match(room, checks(need, room)) for room in rooms]
    fitting = sorted((one for one in found if one.fits), key=lambda one: one.rank(need))
    excluded = sorted((one for one in found if not one.fits), key=lambda one: (len(one.failed), one.rank(need)))
    return Matches(need, tuple(fitting), tuple(excluded))


def checks(need: Need, room: Room) -> tuple[Check, ...]:
    """Requirements that were asked, in the order of a form."""
    found = [Check("state", MET if room.state in OPEN else FAILED, room.state), _least("area", room.area_cm2, need.area_cm2)]
    if need.most_cm2 is not None:
        found.append(_most("most", room.area_cm2, need.most_cm2))
    for name in ("height_mm", "load_n_m2", "power_va", "crane_kg", "lift_kg"):
        if (asked := getattr(need, name)) is not None:
            found.append(_least(name, getattr(room, name), asked))
    if need.rent_fen is not None:
        found.append(_most("rent_fen", room.rent_fen, need.rent_fen))
    return (*found, *_words(need, room))


def _words(need: Need, room: Room) -> list[Check]:
    asked: Sequence[tuple[bool, str, Callable[[], Check]]] = (
        (bool(need.fire_class), "fire_class", lambda: _least("fire_class", room.fire_class or None, need.fire_class)),
        (need.gas, "gas", lambda: Check("gas", UNKNOWN if room.gas is None else MET if room.gas else FAILED, room.gas, True)),
        (need.ground, "ground", lambda: Check("ground", MET if room.floor == 1 else FAILED, room.floor, 1)),
        (bool(need.industry), "industry", lambda: Check(
            "industry", MET if admits(room.permitted, need.industry) else FAILED, room.permitted, need.industry)),
        (bool(need.park_word), "park_word", lambda: Check(
            "park_word", MET if need.park_word in room.park else FAILED, room.park, need.park_word)),
        (need.free_by is not None, "free_by", lambda: _most("free_by", room.free_from, need.free_by)),
    )
    return [made() for wanted, _name, made in asked if wanted]


def _least(name: str, has: int | str | None, wants: int | str) -> Check:
    if has is None:
        return Check(name, UNKNOWN, has, wants)
    return Check(name, MET if has >= wants else FAILED, has, wants)  # type: ignore[operator]


def _most(name: str, has: int | date | None, wants: int | date | None) -> Check:
    if has is None:
        return Check(name, UNKNOWN, has, wants)
    return Check(name, MET if has <= wants else FAILED, has, wants)  # type: ignore[operator]
