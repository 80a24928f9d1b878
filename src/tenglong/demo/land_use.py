"""Land of each firm in each year in 亩 and m², as the land office and the firms themselves would state it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from tenglong.demo.county import County, Occupancy

CM2_PER_MU = Decimal(20_000_000) / 3


@dataclass
class LandUse:
    """`cm2[uscc][measure]` → (from year, cm²) parts; a part counts from the year in which it began."""

    parts: dict[str, dict[str, list[tuple[int, int]]]]

    def of(self, uscc: str, year: int) -> dict[str, Decimal]:
        """Measures of the firm that year; nothing when it had no land yet."""
        sums = {name: sum(cm2 for since, cm2 in parts if since <= year) for name, parts in self.parts[uscc].items()}
        held, let = sums.get("held", 0) + sums.get("leased_in", 0), sums.get("leased_out", 0)
        if not held:
            return {}
        found = {"land_mu": _mu(held - let)}
        if sums.get("floor"):
            found["floor_area_m2"] = (Decimal(sums["floor"]) / 10_000).quantize(Decimal("0.01"))
        return found | {f"{name}_mu": _mu(sums[name]) for name in ("leased_in", "leased_out") if sums.get(name)}


def land_use(county: County) -> LandUse:
    """Own use is given; a landlord holds what its tenants use below it too."""
    parts: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    by_plot: dict[tuple[str, str], list[Occupancy]] = defaultdict(list)
    for row in county.occupancies:
        by_plot[row.plot].append(row)
    for rows in by_plot.values():
        for row in rows:
            _of(row, rows, parts[row.uscc])
    return LandUse(parts)


def _of(row: Occupancy, rows: list[Occupancy], mine: dict[str, list[tuple[int, int]]]) -> None:
    since = row.start.year if row.role in ("lessee", "sublessee") else 0
    kind = "leased_in" if row.role in ("lessee", "sublessee") else "held"
    mine[kind].append((since, row.area_cm2))
    if row.role != "idle":
        mine["floor"].append((since, row.floor_cm2))
        for below, _level in _below(row, rows):
            mine[kind].append((below.start.year, below.area_cm2))
            mine["leased_out"].append((below.start.year, below.area_cm2))


def _below(row: Occupancy, rows: list[Occupancy], level: int = 1) -> list[tuple[Occupancy, int]]:
    """Every tenant below this occupancy; an owner's other occupancies of the plot have no tenants of their own."""
    found: list[tuple[Occupancy, int]] = []
    for other in rows:
        if other is not row and other.landlord == row.uscc and other.uscc != row.uscc:
            found += [(other, level), *_below(other, rows, level + 1)]
    return found


def _mu(cm2: int) -> Decimal:
    return (Decimal(cm2) / CM2_PER_MU).quantize(Decimal("0.0001"))
