"""Floors with their tenants on a day. Areas cm², money 分, shares exact fractions with their denominators beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tenglong.domain.units import CM2_PER_M2


@dataclass(frozen=True)
class Tenant:
    """`key`: the enterprise of the register, None for one that is known by name only."""

    key: int | None
    name: str
    area_cm2: int
    industry: str = ""


@dataclass(frozen=True)
class Level:
    """One floor. `lettable_cm2` 0: nothing on it is to let (hall, machines); `let_cm2`: as its rooms say, else its tenants."""

    floor: int
    lettable_cm2: int
    tenants: tuple[Tenant, ...] = ()
    use: str = ""
    from_units: bool = False
    rooms_let_cm2: int | None = None

    @property
    def let_cm2(self) -> int:
        return self.rooms_let_cm2 if self.rooms_let_cm2 is not None else sum(one.area_cm2 for one in self.tenants)

    @property
    def vacant_cm2(self) -> int:
        """Never below 0: what is let beyond the area is told by `over_cm2`."""
        return max(0, self.lettable_cm2 - self.let_cm2)

    @property
    def over_cm2(self) -> int:
        return max(0, self.let_cm2 - self.lettable_cm2)


@dataclass(frozen=True)
class Stack:
    """Top floor first."""

    levels: tuple[Level, ...]

    @property
    def lettable_cm2(self) -> int:
        return sum(one.lettable_cm2 for one in self.levels)

    @property
    def let_cm2(self) -> int:
        return sum(one.let_cm2 for one in self.levels)

    @property
    def vacant_cm2(self) -> int:
        """Floor by floor, so that one floor let twice does not fill an empty one."""
        return sum(one.vacant_cm2 for one in self.levels)

    @property
    def vacancy(self) -> Fraction | None:
        """Vacant ÷ lettable area; None when nothing is to let."""
        return Fraction(self.vacant_cm2, self.lettable_cm2) if self.lettable_cm2 else None

    @property
    def over(self) -> tuple[Level, ...]:
        """Floors of which more is let than there is."""
        return tuple(one for one in self.levels if one.over_cm2)

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        return tuple(tenant for one in self.levels for tenant in one.tenants)

    @property
    def firms(self) -> dict[int, int]:
        """Enterprise → area over all its floors."""
        found: dict[int, int] = {}
        for one in self.tenants:
            if one.key is not None:
                found[one.key] = found.get(one.key, 0) + one.area_cm2
        return found

    @property
    def count(self) -> int:
        """Tenants, each once however many floors it has."""
        return len({(one.key, "" if one.key is not None else one.name) for one in self.tenants})


def stack(levels: Iterable[Level]) -> Stack:
    return Stack(tuple(sorted(levels, key=lambda one: -one.floor)))


@dataclass(frozen=True)
class TaxShare:
    """Tax a m² over those tenants alone whose tax is known and who work nowhere else; the others are counted by reason."""

    fen: int = 0
    cm2: int = 0
    counted: int = 0
    unknown: int = 0
    elsewhere: int = 0
    unregistered: int = 0
    told: bool = True

    @property
    def fen_per_m2(self) -> Fraction | None:
        """None when nobody counts, or when so few do that the sum would tell one firm's tax."""
        return Fraction(self.fen * CM2_PER_M2, self.cm2) if self.cm2 and self.told else None

    @property
    def tenants(self) -> int:
        return self.counted + self.unknown + self.elsewhere + self.unregistered


def tax_share(whole: Stack, tax_fen: Mapping[int, int], elsewhere: frozenset[int] | set[int], *, least: int = 1) -> TaxShare:
    """`tax_fen`: enterprise → tax of the year; `elsewhere`: firms with other premises too; no rule splits their tax."""
    firms = whole.firms
    only = {key for key in firms if key not in elsewhere}
    known = sorted(key for key in only if key in tax_fen)
    unregistered = len({one.name for one in whole.tenants if one.key is None})
    return TaxShare(
        sum(tax_fen[key] for key in known), sum(firms[key] for key in known), len(known), len(only) - len(known),
        len(firms) - len(only), unregistered, len(known) >= least)


@dataclass(frozen=True)
class Feature:
    """How much of the let area whose trade is known belongs to the trade of the tower."""

    codes: tuple[str, ...] = ()
    inside_cm2: int = 0
    known_cm2: int = 0
    unknown_cm2: int = 0
    least: Fraction = field(default=Fraction(1, 2))

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.inside_cm2, self.known_cm2) if self.known_cm2 else None

    @property
    def reached(self) -> bool | None:
        """None while no trade is known."""
        return None if self.share is None else self.share >= self.least


def feature(whole: Stack, codes: Sequence[str], least: Fraction) -> Feature:
    """`codes`: prefixes of GB/T 4754 without their letter."""
    inside = known = unknown = 0
    for one in whole.tenants:
        code = one.industry.lstrip("ABCDEFGHIJKLMNOPQRST")
        if not code:
            unknown += one.area_cm2
            continue
        known += one.area_cm2
        inside += one.area_cm2 if any(code.startswith(prefix) for prefix in codes) else 0
    return Feature(tuple(codes), inside, known, unknown, least)
