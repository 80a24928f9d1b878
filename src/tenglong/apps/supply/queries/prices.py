"""Prices per mu of the deals that a user may see, by group, with the floor prices in force on the day of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.policy import service as policy
from tenglong.apps.supply.models import Deal, Listing
from tenglong.apps.supply.queries.deals import deals
from tenglong.domain.landing.prices import BY, PriceRow, PriceTable, tabulate
from tenglong.domain.landing.prices.floors import Floor, FloorBook, book_of, floor_issues, floor_of
from tenglong.domain.landing.prices.policy import KIND
from tenglong.domain.quality.issue import Issue

#: more deals than this are not worked out while somebody waits
MOST: Final = 20_000
COLUMNS: Final = (
    "ulid", "region", "division", "division_code", "location", "land_use", "supply_method", "signed_on", "area_cm2",
    "price_fen", "far_lower", "far_upper", "holder", "project_name", "industry", "land_grade", "term_years", "contract_number",
)
IN_RECORD: Final = ("approved", "retired")


@dataclass(frozen=True)
class Asked:
    """Conditions of the page; empty is every deal. `years` inclusive."""

    by: tuple[str, ...] = ("province", "use", "method")
    first: int | None = None
    last: int | None = None
    place: str = ""
    use: str = ""
    method: str = ""

    def where(self) -> Q:
        found = Q()
        if self.place:
            found &= (Q(region__icontains=self.place) | Q(division__icontains=self.place)
                      | Q(division_code__startswith=self.place))
        if self.use:
            found &= Q(land_use=self.use)
        if self.method:
            found &= Q(supply_method=self.method)
        if self.first:
            found &= Q(signed_on__gte=date(self.first, 1, 1))
        if self.last:
            found &= Q(signed_on__lt=date(self.last + 1, 1, 1))
        return found


@dataclass(frozen=True)
class Board:
    """`table` is None when there are too many deals (`rows`) to work out at once."""

    asked: Asked
    rows: int
    table: PriceTable | None
    below: tuple[Issue, ...] = ()
    books: tuple[FloorBook, ...] = ()
    on: date | None = None


def board(user: Any, asked: Asked, words: Mapping[str, str]) -> Board:
    """Raises ValueError for a word of `by` that is not known."""
    found = deals(user).filter(asked.where())
    count, today = found.count(), timezone.localdate()
    if count > MOST:
        return Board(asked, count, None, on=today)
    rows = price_rows(found)
    books = floor_books()
    return Board(asked, count, tabulate(rows, asked.by, words=words), tuple(floor_issues(rows, books)), tuple(books), today)


def price_rows(found: QuerySet[Deal]) -> list[PriceRow]:
    """`ref` is the ulid of the deal, `row` its place in the order of contracts."""
    listed = found.order_by("signed_on", "pk").values_list(*COLUMNS)
    return [_row(at, dict(zip(COLUMNS, values, strict=True))) for at, values in enumerate(listed, 1)]


def price_row(deal: Deal) -> PriceRow:
    return _row(1, {name: getattr(deal, name) for name in COLUMNS})


def below_floor(deal: Deal) -> Issue | None:
    """What the floor price in force on the day of the contract says of one deal."""
    return next(iter(floor_issues([price_row(deal)], floor_books())), None)


def listing_below_floor(listing: Listing) -> Issue | None:
    """An error when the price asked lies below the floor: of today while it is a draft, of its first step afterwards.

    The price that was reached is held against the floor of the day of the opening.
    """
    reached = listing.price_fen is not None and listing.opened_on is not None
    row = floor_row(listing, listing.price_fen if reached else listing.start_price_fen, floor_day(listing))
    return next(iter(floor_issues([row], floor_books(), dataset="listings")), None)


def floor_day(listing: Listing) -> date:
    """The day whose floor binds: of the opening, before it of the first step, before that today."""
    steps = list(listing.steps.order_by("on").values_list("on", flat=True)[:1])
    reached = listing.price_fen is not None and listing.opened_on is not None
    return (listing.opened_on if reached else None) or (steps[0] if steps else timezone.localdate())


def floor_row(listing: Listing, price_fen: int | None, on: date) -> PriceRow:
    """A price of the listing as the floors look at it on a day."""
    return PriceRow(
        ref=listing.number, division_code=listing.division_code, land_use=listing.land_use, method=listing.method, signed_on=on,
        area_cm2=listing.area_cm2, price_fen=price_fen, term_years=listing.term_years)


def floor_on(listing: Listing, on: date) -> Floor | None:
    """The floor of the listing's place, use and way of supply on the day."""
    return floor_of(floor_books(), division_code=listing.division_code, grade="", use=listing.land_use, method=listing.method,
                    on=on)


def _row(at: int, said: dict[str, Any]) -> PriceRow:
    return PriceRow(
        ref=said["ulid"], row=at, region=said["region"], division=said["division"], division_code=said["division_code"],
        location=said["location"], land_use=said["land_use"], method=said["supply_method"], signed_on=said["signed_on"],
        area_cm2=said["area_cm2"], price_fen=said["price_fen"], far_lower=_ratio(said["far_lower"]),
        far_upper=_ratio(said["far_upper"]), holder=said["holder"], project=said["project_name"], industry=said["industry"],
        grade=said["land_grade"], term_years=said["term_years"], number=said["contract_number"])


def _ratio(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def floor_books() -> list[FloorBook]:
    """Texts of floor prices: those that the county approved, and packaged ones of days before them."""
    heads = [one for one in policy.listing() if one["kind"] == KIND]
    kept = [one for one in heads if one["state"] in IN_RECORD]
    since: dict[str, date] = {}
    for one in kept:
        since[one["id"]] = min(since.get(one["id"], date.max), one["valid_from"] or date.min)
    kept += [one for one in heads if one["state"] == policy.PACKAGED
             and (one["valid_from"] or date.min) < since.get(one["id"], date.max)]
    return [book_of(policy.current(KIND, f"{one['id']}@{one['version']}").document) for one in kept]


def use_choices(user: Any) -> list[tuple[str, str]]:
    uses = deals(user).exclude(land_use="").order_by("land_use").values_list("land_use", flat=True).distinct()
    return [(use, use) for use in uses]


def year_choices(user: Any) -> list[tuple[str, str]]:
    years = deals(user).filter(signed_on__isnull=False).order_by().values_list("signed_on__year", flat=True).distinct()
    return [(str(year), str(year)) for year in sorted(years, reverse=True)]


#: ways to group that the page offers
OFFERED: Final = (
    ("province", "use", "method"), ("city", "method"), ("division", "method"), ("year", "method"), ("use", "method"),
    ("industry",), ("grade", "method"),
)


def by_choices() -> list[tuple[str, str]]:
    return [(",".join(names), " · ".join(_(BY[name][0]) for name in names)) for names in OFFERED]
