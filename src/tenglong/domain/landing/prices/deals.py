"""One published deal as a price, whatever it was read from. Areas cm², money 分, plot ratios Decimal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tenglong.domain.survey.table import Batch, Value
from tenglong.domain.units import AREA_UNITS, CM2_PER_M2

_MU: Final = AREA_UNITS["mu"]
_YEARS: Final = re.compile(r"\d+")


@dataclass(frozen=True)
class Limits:
    """Conventions of the comparison, none of them a legal limit; the table prints those that it was made with.

    `tiny_mu`: less land than this is a strip or a storey, not a site. `short_years`: a term that is no full sale.
    `far_z`: modified z-score beyond which a price stands far off (Iglewicz and Hoaglin 1993). `least`: fewest prices
    of a group that are compared among themselves. `far_times`: how many times the median at the least, so that a group
    of nearly equal prices does not call every other price far.
    """

    tiny_mu: Decimal = Decimal(1)
    short_years: int = 20
    far_z: float = 3.5
    far_times: Decimal = Decimal(2)
    least: int = 8


@dataclass(frozen=True)
class PriceRow:
    """`ref` leads back to the deal (its own key), `row` to the line of a file (0: none)."""

    ref: str
    row: int = 0
    region: str = ""
    division: str = ""
    division_code: str = ""
    location: str = ""
    land_use: str = ""
    method: str = ""
    signed_on: date | None = None
    area_cm2: int | None = None
    price_fen: int | None = None
    far_lower: Decimal | None = None
    far_upper: Decimal | None = None
    holder: str = ""
    project: str = ""
    industry: str = ""
    grade: str = ""
    term_years: str = ""
    number: str = ""

    @property
    def province(self) -> str:
        """As published: “江苏省,宿迁市” → 江苏省; what is published apart (生产建设兵团) stays apart."""
        return self._part(0)

    @property
    def city(self) -> str:
        return self._part(1) or self._part(0)

    @property
    def per_mu(self) -> Fraction | None:
        return per_mu_fen(self.price_fen, self.area_cm2)

    @property
    def swapped(self) -> bool:
        return usable_limits(self.far_lower, self.far_upper) is None

    @property
    def years(self) -> int | None:
        """The shortest term that is named; 0 was published where none was."""
        found = [int(part) for part in _YEARS.findall(self.term_years) if int(part) > 0]
        return min(found) if found else None

    def _part(self, at: int) -> str:
        parts = self.region.replace("，", ",").split(",")
        return parts[at].strip() if at < len(parts) else ""


def per_mu_fen(price_fen: int | None, area_cm2: int | None) -> Fraction | None:
    """分 per mu, exact; None without area, without price, and for a price of 0, which is no market price."""
    if not price_fen or not area_cm2:
        return None
    return price_fen * _MU / area_cm2


def usable_limits(lower: Decimal | None, upper: Decimal | None) -> tuple[Decimal | None, Decimal | None] | None:
    """Agreed plot ratio; 0 was published where nothing was agreed. None when swapped: nobody knows which one is wrong."""
    low, high = (given if given else None for given in (lower, upper))
    if lower is not None and upper is not None and lower > upper:
        return None
    return low, high


def per_floor_m2_fen(row: PriceRow) -> Fraction | None:
    """分 per m² of the floor area that may be built (楼面地价); None without price or without a usable upper limit."""
    limits = usable_limits(row.far_lower, row.far_upper)
    if not row.price_fen or not row.area_cm2 or limits is None or limits[1] is None:
        return None
    return Fraction(row.price_fen * CM2_PER_M2) / (row.area_cm2 * Fraction(limits[1]))


def rows_of(batch: Batch) -> list[PriceRow]:
    """Deals of a file as the import reads them."""
    columns = {name: batch.column(name) for name in (
        "region", "division", "division_code", "location", "land_use", "supply_method", "signed_on", "area", "price",
        "far_lower", "far_upper", "holder", "project_name", "industry", "land_grade", "term_years", "contract_number")}
    return [_row(batch, columns, at) for at in range(len(batch))]


def _row(batch: Batch, columns: Mapping[str, Sequence[Value]], at: int) -> PriceRow:
    def text(name: str) -> str:
        value = columns[name][at]
        return "" if value is None else str(value)

    def whole(name: str) -> int | None:
        value = columns[name][at]
        return value if isinstance(value, int) else None

    def ratio(name: str) -> Decimal | None:
        value = columns[name][at]
        return value if isinstance(value, Decimal) else None

    day = columns["signed_on"][at]
    return PriceRow(
        ref=batch.keys[at], row=batch.rows[at], region=text("region"), division=text("division"),
        division_code=text("division_code"), location=text("location"), land_use=text("land_use"),
        method=text("supply_method"), signed_on=day if isinstance(day, date) else None, area_cm2=whole("area"),
        price_fen=whole("price"), far_lower=ratio("far_lower"), far_upper=ratio("far_upper"), holder=text("holder"),
        project=text("project_name"), industry=text("industry"), grade=text("land_grade"), term_years=text("term_years"),
        number=text("contract_number"))
