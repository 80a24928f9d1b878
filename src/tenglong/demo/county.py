"""What the demo county is made of: plain values, no Django.

Geometry is shapely in lon/lat (EPSG:4490); areas are geodesic whole cm²; money is whole 元.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

MARK = "示范数据"
COUNTY_CODE = "330604"
COUNTY_NAME = "上虞区"
PLOTS = 2595
ENTERPRISES = 4043
YEARS = (2021, 2022, 2023, 2024, 2025)


@dataclass(frozen=True)
class Town:
    code: str
    name: str
    outline: Polygon


@dataclass(frozen=True)
class Zone:
    """`kind`: platform, town_park, small_firm_park, quarter, core, axis; `parent` is a zone code or empty."""

    code: str
    name: str
    kind: str
    town: str
    outline: BaseGeometry
    parent: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plot:
    """A surveyed yard. `number` is the survey number, unique in its town; `valid_to` is set on retired ancestors only."""

    number: str
    town: str
    zone: str
    name: str
    address: str
    shape: Polygon
    area_cm2: int
    land_use: str
    status: str
    stage: str
    control_line: str
    acquisition: str
    title_status: str
    valid_from: date
    valid_to: date | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.town, self.number


@dataclass(frozen=True)
class Lineage:
    """`parent` and `child` are plot keys; `event` is split or merge."""

    parent: tuple[str, str]
    child: tuple[str, str]
    event: str
    date: date
    area_cm2: int


@dataclass(frozen=True)
class Parcel:
    """A title: 19-character code, its holder and its price in 元."""

    code: str
    town: str
    holder: str
    holder_uscc: str
    shape: Polygon
    area_cm2: int
    acquisition: str
    title_status: str
    title_number: str
    granted_on: date
    ends_on: date
    price: int
    plot_ratio: Decimal


@dataclass(frozen=True)
class Link:
    """How much of a title lies in a plot."""

    plot: tuple[str, str]
    parcel: str
    area_cm2: int


@dataclass(frozen=True)
class Building:
    code: str
    plot: tuple[str, str]
    parcel: str
    name: str
    floors: int
    floor_cm2: int
    built_year: int
    structure: str
    use: str
    shape: Polygon


@dataclass(frozen=True)
class Enterprise:
    uscc: str
    name: str
    former_name: str
    town: str
    industry: str
    scale: str
    status: str
    listed: str
    address: str
    registered_on: date
    contact: str
    phone: str


@dataclass(frozen=True)
class Occupancy:
    """`role`: owner, lessee, sublessee, idle; areas are what the occupier itself uses, so they add up to at most the plot."""

    plot: tuple[str, str]
    building: str
    uscc: str
    role: str
    area_cm2: int
    floor_cm2: int
    start: date
    end: date | None
    contract: str
    landlord: str


@dataclass(frozen=True)
class Account:
    """A meter, permit or tax number; `share` in basis points."""

    kind: str
    number: str
    uscc: str
    plot: tuple[str, str]
    share: int
    start: date
    evidence: str


@dataclass(frozen=True)
class YearFacts:
    """Measures of one enterprise in one year, in base units: 元, kWh, t, tce, persons."""

    uscc: str
    year: int
    values: dict[str, Decimal]


@dataclass(frozen=True)
class Deal:
    """A published land deal; `price` in 元, area in cm²."""

    number: str
    town: str
    location: str
    area_cm2: int
    signed_on: date
    project: str
    industry: str
    price: int
    holder: str
    far_lower: Decimal
    far_upper: Decimal
    delivery_on: date
    start_on: date
    completion_on: date
    method: str
    term: int


@dataclass
class County:
    """Everything of one seed. `plots` are the current ones; `retired` their ancestors."""

    seed: int
    towns: list[Town]
    zones: list[Zone]
    plots: list[Plot]
    retired: list[Plot]
    lineage: list[Lineage]
    parcels: list[Parcel]
    links: list[Link]
    buildings: list[Building]
    enterprises: list[Enterprise] = field(default_factory=list)
    occupancies: list[Occupancy] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    facts: list[YearFacts] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)

    def town_name(self, code: str) -> str:
        return next(town.name for town in self.towns if town.code == code)
