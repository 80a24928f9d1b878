"""Land of a firm that moved during the year: every piece of it by the months in which it was in use (迁入迁出按月分摊).

A month counts for whoever uses the land on the day of the month that the cycle's terms name. Areas are cm² × months ÷ 12,
exact until the sum is written as mu × 10⁶, half up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, NamedTuple

from tenglong.apps.evaluation.models import AreaItem, Cycle
from tenglong.apps.registry import queries as registry

YEAR: Final = 12
RENTED: Final = ("lessee", "sublessee")
#: part of the assessed area → what it adds to: land, leased in, leased out
ADDS: Final[dict[str, tuple[int, int, int]]] = {
    "titled": (1, 0, 0), "untitled": (1, 0, 0), "leased_in": (1, 1, 0), "leased_out": (-1, 0, 1), "deduction": (-1, 0, 0),
}


class Piece(NamedTuple):
    """`kind` item: a part of the assessed area; occupancy: a use that had ended by the day of the cycle."""

    kind: str
    source_id: int
    what: str  # key of ADDS
    cm2: int
    months: int


class Remark(NamedTuple):
    """What the record does not say, or what a reader must know; `rule` is the id of the finding."""

    enterprise_id: int
    rule: str
    key: str
    value: str = ""
    expected: str = ""


@dataclass
class Split:
    pieces: list[Piece] = field(default_factory=list)

    def mu_e6(self, at: int) -> int:
        """Land (0), leased in (1) or leased out (2) as mu × 10⁶, half up: 1 cm² = 3/20 of 10⁻⁶ mu."""
        twelfths = sum(ADDS[piece.what][at] * piece.cm2 * piece.months for piece in self.pieces)
        return (Fraction(twelfths, YEAR) * Fraction(3, 20) + Fraction(1, 2)).__floor__()


class Use(NamedTuple):
    id: int
    plot: int | None
    firm: int | None
    role: str
    cm2: int | None
    landlord: int | None
    start: date
    contract: str


class Moves:
    """Worked out for a cycle whose terms split by months; `splits` of the firms that moved, `remarks` on what is not known."""

    def __init__(self, actor: Any, cycle: Cycle, firms: Collection[int]) -> None:
        self.actor, self.cycle, self.firms, self.remarks = actor, cycle, set(firms), list[Remark]()
        told = cycle.terms.get("moves", {}).get("land", {})
        self.day = int(told.get("month_day", 0)) if told.get("value") == "months" else 0

    @cached_property
    def splits(self) -> dict[int, Split]:
        """Firm → its pieces, for firms with a piece that was not theirs all the year."""
        if not self.day:
            return {}
        items, found = self._items(), dict[int, Split]()
        gone = self._gone(items)
        for firm in sorted(set(items) | set(gone)):
            pieces = [*items.get(firm, ()), *gone.get(firm, ())]
            if any(piece.months < YEAR for piece in pieces):
                found[firm] = Split(pieces)
        for firm in [pk for pk, split in found.items() if split.mu_e6(0) < 0]:
            self.remarks.append(Remark(firm, "months-negative", "", str(found[firm].mu_e6(0))))
        return found

    # ---- who used what in which month

    @cached_property
    def uses(self) -> dict[int, Use]:
        """Every use of the year by its id; `months` counts them."""
        return {use.id: use for month in self._by_month for use in month}

    @cached_property
    def _by_month(self) -> list[list[Use]]:
        return [self._on(date(self.cycle.year, month, self.day)) for month in range(1, YEAR + 1)]

    def _on(self, day: date) -> list[Use]:
        names = ("id", "plot_id", "enterprise_id", "role", "area_cm2", "landlord_link_id", "valid_from", "contract",
                 "building_id")
        rows = registry.occupancies(self.actor, day).select_related(None).values_list(*names)
        houses = dict(registry.buildings(self.actor, day).values_list("building_id", "plot_id"))
        return [Use(pk, plot or houses.get(house), *rest) for pk, plot, *rest, house in rows]

    @cached_property
    def months(self) -> dict[int, int]:
        """Use → months."""
        found: dict[int, int] = defaultdict(int)
        for month in self._by_month:
            for use in month:
                found[use.id] += 1
        return {pk: YEAR if pk in self._undated else number for pk, number in found.items()}

    @cached_property
    def at(self) -> dict[tuple[int, int], int]:
        """(firm, plot) → months with any use there."""
        found: dict[tuple[int, int], set[int]] = defaultdict(set)
        for number, month in enumerate(self._by_month):
            for use in month:
                if use.firm is not None and use.plot is not None:
                    found[(use.firm, use.plot)] |= set(range(YEAR)) if use.id in self._undated else {number}
        return {place: len(numbers) for place, numbers in found.items()}

    @cached_property
    def _undated(self) -> set[int]:
        """Uses that begin in the year without a contract on the day their plot itself was first recorded: that is the day of a
        survey, not of a move. They count for the whole year, and each is told."""
        begun = [use for use in self.uses.values() if use.start.year == self.cycle.year and not use.contract and use.plot]
        known: dict[date, set[int]] = {}
        for day in {use.start for use in begun}:
            known[day] = set(registry.plots(self.actor, day - timedelta(days=1)).values_list("plot_id", flat=True))
        found = {use.id for use in begun if use.plot not in known[use.start]}
        for use in begun:
            if use.id in found and use.firm in self.firms and use.start > date(self.cycle.year, 1, self.day):
                self.remarks.append(Remark(use.firm or 0, "moved-no-date", f"{use.id}", use.start.isoformat()))
        return found

    # ---- pieces

    def _items(self) -> dict[int, list[Piece]]:
        """Parts of the assessed area, each with its months."""
        names = ("area__enterprise_id", "pk", "kind", "plot_id", "occupancy_id", "cm2")
        found: dict[int, list[Piece]] = defaultdict(list)
        rows = AreaItem.objects.filter(area__cycle=self.cycle, counted=True, area__enterprise_id__in=sorted(self.firms))
        for firm, pk, kind, plot, occupancy, cm2 in rows.values_list(*names):
            found[firm].append(Piece("item", pk, kind, cm2, self._months_of(firm, kind, plot, occupancy)))
        return found

    def _months_of(self, firm: int, kind: str, plot: int | None, occupancy: int | None) -> int:
        if kind == "leased_out" and occupancy is not None:
            return self.months.get(occupancy, 0)
        return YEAR if plot is None else self.at.get((firm, plot), self._silent(firm, plot))

    def _silent(self, firm: int, plot: int) -> int:
        """Land without a use by the firm in the year: moved in later, or held without one (the whole year)."""
        later = registry.occupancies(self.actor, self.cycle.measure_day, plot_id=plot, enterprise_id=firm)
        return 0 if later.filter(valid_from__gt=date(self.cycle.year, YEAR, self.day)).exists() else YEAR

    def _gone(self, items: Mapping[int, list[Piece]]) -> dict[int, list[Piece]]:
        """Uses of the year that had ended by the day of the cycle, on land that the firm does not hold any more; what a tenant
        held was not its landlord's in those months."""
        now = set(registry.occupancies(self.actor, self.cycle.measure_day).values_list("pk", flat=True))
        held = set(AreaItem.objects.filter(area__cycle=self.cycle).values_list("area__enterprise_id", "plot_id"))
        found: dict[int, list[Piece]] = defaultdict(list)
        for use in self.uses.values():
            if use.id in now or use.firm is None or (use.firm, use.plot) in held:
                continue
            for firm, piece in self._ended(use):
                if firm in self.firms:
                    found[firm].append(piece)
        return found

    def _ended(self, use: Use) -> Iterator[tuple[int, Piece]]:
        if use.cm2 is None:
            if use.firm in self.firms:
                self.remarks.append(Remark(use.firm or 0, "moved-no-area", f"{use.id}", f"{self.months[use.id]}/{YEAR}"))
            return
        rented = use.role in RENTED
        yield use.firm or 0, Piece("occupancy", use.id, "leased_in" if rented else "untitled", use.cm2, self.months[use.id])
        landlord = self.uses.get(use.landlord or 0)
        if rented and landlord is not None and landlord.firm is not None and landlord.firm != use.firm:
            yield landlord.firm, Piece("occupancy", use.id, "leased_out", use.cm2, self.months[use.id])
