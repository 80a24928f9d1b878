"""Which fact counts. The department that answers for a measure wins; where nobody does, only agreement counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tenglong.apps.registry import queries as registry

STATISTICS: Final = "statistics"
MONTHS, QUARTERS = 12, 4
PART = 900


class Fact(NamedTuple):
    """A fact in force, as the register keeps it."""

    id: int
    enterprise_id: int
    measure: str
    period: str
    value_e6: int
    department: str
    legal_basis: str
    batch_id: int | None


class Chosen(NamedTuple):
    """The value of one measure of one firm and the facts it comes from (several when months make a year). `share`: the record
    that divides a head office's figure, when the value is a part or the rest of one."""

    value_e6: int
    facts: tuple[Fact, ...]
    share: int | None = None


@dataclass
class Picked:
    """`conflicts`: (firm, measure, {department: value}). `elsewhere`: others have what the responsible department has not."""

    values: dict[tuple[int, str], Chosen] = field(default_factory=dict)
    conflicts: list[tuple[int, str, dict[str, int]]] = field(default_factory=list)
    elsewhere: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)

    def statistics(self, measures: Collection[str]) -> list[Fact]:
        """Facts of the statistics law that count for `measures`: no score of one firm may use them (office practice 9)."""
        return [
            fact for (_firm, name), chosen in self.values.items() if name in measures
            for fact in chosen.facts if fact.legal_basis == STATISTICS
        ]


def read(actor: Any, year: int, measures: Iterable[str], firms: Iterable[int] | None = None) -> list[Fact]:
    """Facts in force of the year, its quarters and months."""
    ids = None if firms is None else sorted(firms)
    found = registry.facts(actor, subject_type="enterprise", subject_ids=ids)
    found = found.filter(measure__in=sorted(measures), period__startswith=str(year))
    names = ("id", "subject_id", "measure", "period", "value_e6", "department", "legal_basis", "batch_id")
    return list(map(Fact._make, found.order_by().values_list(*names)))


def pick(facts: Iterable[Fact], responsible: Mapping[str, str]) -> Picked:
    """`responsible`: measure → department that a delivery names."""
    alone: dict[tuple[int, str], Fact] = {}
    several: dict[tuple[int, str], list[Fact]] = {}
    for fact in facts:
        key = (fact.enterprise_id, fact.measure)
        if key not in alone:
            alone[key] = fact
        else:
            several.setdefault(key, [alone[key]]).append(fact)
    picked = Picked()
    for key, fact in alone.items():
        wanted = responsible.get(key[1])
        if key not in several and len(fact.period) == 4 and wanted in (None, fact.department):
            picked.values[key] = Chosen(fact.value_e6, (fact,))  # by far the most
        else:
            _choose(picked, key, _by_department(several.get(key, [fact])), wanted)
    return picked


def _by_department(facts: list[Fact]) -> dict[str, Chosen]:
    held: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        held[fact.department].append(fact)
    return {name: chosen for name, mine in held.items() if (chosen := of_year(mine)) is not None}


def _choose(picked: Picked, key: tuple[int, str], years: dict[str, Chosen], department: str | None) -> None:
    if department is not None:
        if department in years:
            picked.values[key] = years[department]
        elif years:
            picked.elsewhere.append((*key, tuple(sorted(years))))
        return
    if len({chosen.value_e6 for chosen in years.values()}) == 1:
        picked.values[key] = years[min(years)]
    elif years:
        picked.conflicts.append((*key, {name: chosen.value_e6 for name, chosen in sorted(years.items())}))


def of_year(facts: list[Fact]) -> Chosen | None:
    """The year's own figure, else the sum of four quarters or twelve months; fewer make no year."""
    whole = [fact for fact in facts if len(fact.period) == 4]
    if whole:
        return Chosen(whole[0].value_e6, (whole[0],))
    for mark, number in (("Q", QUARTERS), ("-", MONTHS)):
        some = sorted((fact for fact in facts if fact.period[4:5] == mark), key=lambda fact: fact.period)
        if len(some) == number:
            return Chosen(sum(fact.value_e6 for fact in some), tuple(some))
    return None
