"""Firms and who uses which land: owners, lessees, sublessees (厂中厂), several firms on a yard and the reverse, idle land."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from tenglong.demo.county import YEARS, Building, Enterprise, Occupancy, Plot
from tenglong.demo.identity import TRADES, Trade, credit_codes, firm_names, person, phone
from tenglong.demo.land import SURVEYED
from tenglong.demo.streams import stream

OWNER_SHARE = 0.52
#: weights of the yard's owner and of each tenant in the yard's land: most owners use more than half of it themselves
OWN_PART, LET_PART = 9, 4
#: revenue of a year from which a firm is 规上, in yuan
ABOVE = 20_000_000


@dataclass
class People:
    """`holder[yard]` is the index of the firm holding that yard; `trades[firm]` its industry."""

    enterprises: list[Enterprise] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    holder: list[int] = field(default_factory=list)
    tenants: list[list[int]] = field(default_factory=list)


def build_people(seed: int, count: int, plots: list[Plot], owner_of: list[int]) -> People:
    """`count` firms, each on at least one yard; its town is that of its first yard."""
    rng = stream(seed, "enterprises")
    people = People(tenants=[[] for _ in plots])
    owners = _hand_out(people, plots, owner_of, count, rng)
    homes = _settle_tenants(people, plots, count - owners, rng)
    first_yard = _first_yards(people, owners) + homes
    weights = np.array([trade.weight for trade in TRADES], dtype=float)
    people.trades = [TRADES[i] for i in rng.choice(len(TRADES), count, p=weights / weights.sum())]
    codes, names = credit_codes(count, rng), firm_names(people.trades, rng)
    people.enterprises = [_firm(codes[i], names[i], people.trades[i], plots[first_yard[i]], rng) for i in range(count)]
    return people


def _hand_out(people: People, plots: list[Plot], owner_of: list[int], count: int, rng: np.random.Generator) -> int:
    """Give every owner slot a firm: one each while they last, then a second yard for a firm of the same town."""
    slots = max(owner_of) + 1
    owners = min(slots, round(count * OWNER_SHARE))
    own_firm = set(rng.permutation(slots)[:owners].tolist())
    firm_of: dict[int, int] = {}
    by_town: dict[str, list[int]] = {}
    for yard, slot in enumerate(owner_of):
        if slot in own_firm and slot not in firm_of:
            firm_of[slot] = len(firm_of)
            by_town.setdefault(plots[yard].town, []).append(firm_of[slot])
    everyone = list(range(owners))
    for yard, slot in enumerate(owner_of):
        if slot not in firm_of:
            firm_of[slot] = int(rng.choice(by_town.get(plots[yard].town, everyone)))
        people.holder.append(firm_of[slot])
    return owners


def _settle_tenants(people: People, plots: list[Plot], count: int, rng: np.random.Generator) -> list[int]:
    """Yards of the tenant firms: large, used yards take more; some tenants rent a second yard in the same town."""
    room = np.array([plot.area_cm2 ** 0.6 if plot.status == "in_use" else 0.0 for plot in plots])
    homes: list[int] = rng.choice(len(plots), count, p=room / room.sum()).tolist()
    owners = max(people.holder) + 1
    for number, yard in enumerate(homes):
        people.tenants[yard].append(owners + number)
        second = yard + 1
        if rng.random() < 0.03 and second < len(plots) and plots[second].town == plots[yard].town and room[second]:
            people.tenants[second].append(owners + number)
    return homes


def _first_yards(people: People, owners: int) -> list[int]:
    first: dict[int, int] = {}
    for yard, firm in enumerate(people.holder):
        first.setdefault(firm, yard)
    return [first[firm] for firm in range(owners)]


def _firm(code: str, name: str, trade: Trade, home: Plot, rng: np.random.Generator) -> Enterprise:
    since = date(1995, 1, 1) + timedelta(days=int(rng.integers(0, 365 * 25)))
    if code[2:8] == "330604":
        since = date(2013, 11, 1) + timedelta(days=int(rng.integers(0, 365 * 7)))
    former = name.replace(trade.word, trade.word + "厂").replace("有限公司", "") if rng.random() < 0.04 else ""
    listed = str(rng.choice(["", "新三板", "主板", "创业板"], p=[0.985, 0.009, 0.003, 0.003]))
    return Enterprise(uscc=code, name=name, former_name=former, town=home.town, industry=trade.code, scale="below_scale",
                      status="active" if rng.random() < 0.97 else "suspended", listed=listed, address=home.address,
                      registered_on=since, contact=person(rng), phone=phone(rng))


def rank_scale(people: People, revenue: dict[str, int]) -> None:
    """规上 when last year's revenue reaches the threshold."""
    people.enterprises = [
        replace(firm, scale="above_scale" if revenue[firm.uscc] >= ABOVE else "below_scale") for firm in people.enterprises
    ]


def build_occupancies(
    seed: int, people: People, plots: list[Plot], buildings: dict[tuple[str, str], list[Building]]
) -> list[Occupancy]:
    """Chains on every yard. Areas are own use, so their sum stays within the yard; floor areas within its buildings."""
    rng = stream(seed, "occupancies")
    out: list[Occupancy] = []
    for index, plot in enumerate(plots):
        chain = _Chain(plot, people, people.holder[index], people.tenants[index], buildings.get(plot.key, []), rng)
        out += chain.rows()
    return out


@dataclass
class _Chain:
    """The occupancies of one yard."""

    plot: Plot
    people: People
    owner: int
    tenants: list[int]
    houses: list[Building]
    rng: np.random.Generator

    def rows(self) -> list[Occupancy]:
        others = [firm for firm in dict.fromkeys(self.tenants) if firm != self.owner]
        idle = self.plot.status in ("idle_suspected", "vacated")
        parts = self.rng.dirichlet([OWN_PART, *[LET_PART] * len(others)]) * 0.97
        if idle and not others:
            parts = np.array([0.05])
        rows = [self._row(self.owner, "owner", parts[0], "", self._bought())]
        for number, firm in enumerate(others):
            rows.append(self._tenant(firm, parts[number + 1], rows))
        if idle:
            since = date(int(self.rng.integers(2023, 2026)), 3, 1)
            rows.append(self._row(self.owner, "idle", 0.02 if others else 0.9, "", since))
        return rows

    def _bought(self) -> date:
        since = self.people.enterprises[self.owner].registered_on
        return since + timedelta(days=int(self.rng.integers(30, 900)))

    def _tenant(self, firm: int, part: float, rows: list[Occupancy]) -> Occupancy:
        lessees = [row for row in rows if row.role == "lessee"]
        role, landlord = "lessee", rows[0].uscc
        if lessees and self.rng.random() < 0.3:
            role, landlord = "sublessee", lessees[int(self.rng.integers(len(lessees)))].uscc
        start = date(int(self.rng.integers(YEARS[0] - 3, YEARS[-1])), int(self.rng.integers(1, 13)), 1)
        return self._row(firm, role, part, landlord, max(start, self.people.enterprises[firm].registered_on))

    def _row(self, firm: int, role: str, part: float, landlord: str, start: date) -> Occupancy:
        rents = role in ("lessee", "sublessee")
        start = max(start, self.plot.valid_from) if self.plot.valid_from > SURVEYED else start
        end = start.replace(year=max(start.year + 5, 2027) + int(self.rng.integers(6)), day=1) if rents else None
        code = self.people.enterprises[firm].uscc
        contract = f"ZL{start:%Y%m}-{self.rng.integers(10_000, 99_999)}" if rents else ""
        floor = sum(house.floor_cm2 for house in self.houses)
        building = str(self.rng.choice([house.code for house in self.houses])) if rents and self.houses else ""
        return Occupancy(self.plot.key, building, code, role, int(self.plot.area_cm2 * part), int(floor * part), start,
                         end, contract, landlord)
