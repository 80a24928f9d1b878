"""The packaged books of codes, parsed from text that the caller hands in."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tenglong.domain.codes.names import clean, normal_industry, stem

LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township"}
LEVEL_LABELS = {"province": "省级", "prefecture": "地级", "county": "县级", "township": "乡级"}


@dataclass(frozen=True, slots=True)
class Successor:
    """A division that took over; `towns` (stems of town names) tell which part when there are several."""

    code: str
    towns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """One name of one code while it was in force: valid_from ≤ day < valid_to; None is open.

    `basis` of the successors: documented (document in `source`), recorded (re-keyed, to verify), derived (same code,
    name or stem). `system`: gbt2260, or statistical (statistical codes: townships, development zones).
    """

    code: str
    name: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[Successor, ...]
    basis: str
    source: str
    system: str

    @property
    def prefix(self) -> str:
        """The significant digits: 33 for a province, 3306, 330604, 330604001."""
        code = self.code
        return code[:2] if code.endswith("0000") else code[:4] if len(code) == 6 and code.endswith("00") else code

    @property
    def level(self) -> str:
        return LEVELS[len(self.prefix)]

    def in_force(self, on: date | None) -> bool:
        """On that day; None means the newest list."""
        if on is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Alias:
    """A spoken name that is no entry of the list: a short form, a corps division, a development zone."""

    name: str
    code: str
    nature: str
    note: str


class DivisionBook:
    """Every dated division, found by code, name and stem."""

    def __init__(self, divisions: Iterable[Division], aliases: Iterable[Alias]) -> None:
        self.by_code: dict[str, list[Division]] = defaultdict(list)
        self.by_name: dict[str, list[Division]] = defaultdict(list)
        for one in divisions:
            self.by_code[one.code].append(one)
            self.by_name[one.name].append(one)
        self.aliases = {alias.name: alias for alias in aliases}

    @cached_property
    def by_stem(self) -> dict[str, list[Division]]:
        """Built on first need: most lookups end at the full name."""
        out: dict[str, list[Division]] = defaultdict(list)
        for name, spells in self.by_name.items():
            out[stem(name)].extend(spells)
        return out

    def at(self, code: str, on: date | None) -> Division | None:
        """The name that a code carried on that day; None when it was not in force."""
        return next((one for one in reversed(self.by_code.get(code, [])) if one.in_force(on)), None)

    def last(self, code: str, on: date | None = None) -> Division | None:
        """In force on that day, else the latest known, else None."""
        spells = self.by_code.get(code, [])
        return self.at(code, on) or max(spells, key=lambda one: one.valid_to or date.max, default=None)

    @cached_property
    def parents_in_force(self) -> frozenset[str]:
        """Prefixes (4 digits) that have counties today, and counties (6 digits) with listed townships."""
        codes = (code for code, spells in self.by_code.items() if any(one.valid_to is None for one in spells))
        return frozenset(
            code[:6] if len(code) == 9 else code[:4] for code in codes if len(code) == 9 or not code.endswith("00")
        )

    @cached_property
    def provinces(self) -> dict[str, str]:
        """Full and short names of provinces → two digits: 内蒙古, 广西壮族, 新疆维吾尔…"""
        out: dict[str, str] = {}
        for one in (one for spells in self.by_code.values() for one in spells if one.level == "province"):
            for name in (one.name, one.name.removesuffix("自治区"), stem(one.name)):
                out[name] = one.code[:2]
        return out


@dataclass(frozen=True, slots=True)
class Industry:
    """A class of GB/T 4754-2017: 门类 letter, 大类 2, 中类 3, 小类 4 digits. `note` says where the text is doubtful."""

    code: str
    name: str
    parent: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OldName:
    """A name of an older edition and the classes of 2017 that hold its content (several: not one to one)."""

    name: str
    edition: str
    codes: tuple[str, ...]


class IndustryBook:
    """GB/T 4754-2017 by code, name and loosened name; `year` goes with every answer."""

    year = 2017

    def __init__(self, classes: Iterable[Industry], old: Iterable[OldName]) -> None:
        self.by_code = {one.code: one for one in classes}
        self.by_name: dict[str, list[Industry]] = defaultdict(list)
        self.by_normal: dict[str, list[Industry]] = defaultdict(list)
        for one in self.by_code.values():
            self.by_name[clean(one.name)].append(one)
            self.by_normal[normal_industry(one.name)].append(one)
        self.old = {clean(one.name): one for one in old}
        self.cut_off = [one for one in self.by_code.values() if one.note]

    def chain(self, code: str) -> list[Industry]:
        """From the section letter down to the class itself; empty when unknown."""
        out: list[Industry] = []
        while found := self.by_code.get(code):
            out.append(found)
            code = found.parent
        return out[::-1]


@dataclass(frozen=True, slots=True)
class Letter:
    """Meaning of one letter or digit inside a code; `requires` limits the letter before it."""

    system: str
    part: str
    letter: str
    label: str
    requires: str


@dataclass(frozen=True)
class Books:
    divisions: DivisionBook
    industry: IndustryBook
    letters: dict[tuple[str, str, str], Letter]

    def letter(self, system: str, part: str, letter: str) -> Letter | None:
        return self.letters.get((system, part, letter))


def load(read: Callable[[str], str]) -> Books:
    """Books from packaged text; `read("codes/divisions.csv")` returns the text of one file."""
    return Books(
        DivisionBook(
            _divisions(read("codes/divisions.csv")), (Alias(**row) for row in _rows(read("codes/division_aliases.csv")))
        ),
        IndustryBook(
            (Industry(**row) for row in _rows(read("codes/industry_2017.csv"))), _old(read("codes/industry_old_names.csv"))
        ),
        {(row["system"], row["part"], row["letter"]): Letter(**row) for row in _rows(read("codes/letters.csv"))},
    )


def _rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(text.splitlines())


def _old(text: str) -> Iterator[OldName]:
    return (OldName(row["name"], row["edition"], tuple(row["codes"].split("/"))) for row in _rows(text))


def _divisions(text: str) -> Iterator[Division]:
    lines = csv.reader(text.splitlines())
    next(lines)
    for code, name, start, end, successors, basis, source, system in lines:
        yield Division(code, name, _day(start), _day(end), _successors(successors), basis, source, system)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _successors(text: str) -> tuple[Successor, ...]:
    parts = (part.partition("=") for part in text.split(";") if part)
    return tuple(Successor(code, tuple(towns.split("/")) if towns else ()) for code, _, towns in parts)
