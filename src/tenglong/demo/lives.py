"""What becomes of firms over the years: founded late, standing still, small ones growing over the threshold and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from tenglong.demo.county import YEARS, Enterprise, YearFacts
from tenglong.demo.people import ABOVE, People
from tenglong.demo.streams import stream

LATE_SHARE = 0.08
FOUNDED = (date(2021, 2, 1), date(2025, 6, 30))
IDLE_YEARS, IDLE_ODDS = (2022, 2023, 2024, 2025), (0.15, 0.25, 0.3, 0.3)


def found_late(seed: int, people: People) -> None:
    """Some tenants were registered while the years ran; only their date changes."""
    rng = stream(seed, "founded")
    owners, span = max(people.holder) + 1, (FOUNDED[1] - FOUNDED[0]).days
    for index in range(owners, len(people.enterprises)):
        late, days = rng.random() < LATE_SHARE, int(rng.integers(span))
        firm = people.enterprises[index]
        if late and firm.uscc[2:8] == "330604" and firm.status == "active" and not firm.listed:
            people.enterprises[index] = replace(firm, registered_on=FOUNDED[0] + timedelta(days=days))


def since_founding(facts: list[YearFacts], enterprises: list[Enterprise]) -> list[YearFacts]:
    """No year before a firm was registered."""
    first = {firm.uscc: firm.registered_on.year for firm in enterprises}
    return [row for row in facts if row.year >= first[row.uscc]]


@dataclass(frozen=True)
class Life:
    """One firm: since when it has data, from which year it stands still (0: never), in which years it was 规上."""

    firm: Enterprise
    idle_from: int
    above: dict[int, bool]

    def share(self, year: int) -> float:
        """Part of the year in which it was registered."""
        since = self.firm.registered_on
        return 1.0 if since.year < year else max(0.0, (12.5 - since.month) / 12)

    def idle(self, year: int) -> bool:
        return bool(self.idle_from) and year >= self.idle_from


def lives(seed: int, enterprises: list[Enterprise], facts: list[YearFacts]) -> dict[str, Life]:
    """By credit code."""
    rng = stream(seed, "lives")
    revenue: dict[str, dict[int, bool]] = {firm.uscc: {} for firm in enterprises}
    for row in facts:
        revenue[row.uscc][row.year] = row.values["revenue"] >= ABOVE
    out = {}
    for firm in enterprises:
        drawn = int(rng.choice(IDLE_YEARS, p=IDLE_ODDS))
        out[firm.uscc] = Life(firm, drawn if firm.status == "suspended" else 0, revenue[firm.uscc])
    return out


def changes(life: Life) -> list[tuple[int, bool]]:
    """(first year, 规上) of each run of equal years."""
    out: list[tuple[int, bool]] = []
    for year in YEARS:
        if year in life.above and (not out or out[-1][1] != life.above[year]):
            out.append((year, life.above[year]))
    return out
