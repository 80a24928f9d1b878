"""Whether a price lies below the lowest one in force on its day: the price, the day and the clause are all told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from tenglong.domain.landing.prices.deals import PriceRow
from tenglong.domain.landing.prices.policy import KIND, FloorPrices, Place, Reduction
from tenglong.domain.landing.prices.reasons import wan
from tenglong.domain.policy.document import Document, Header
from tenglong.domain.policy.shelf import packaged, refs
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.units import AREA_UNITS, to_fen

RULE: Final = "below-floor-price"
DATASETS: Final = {"deals": Severity.WARNING, "listings": Severity.ERROR}
_DIGITS: Final = "零一二三四五六七八九"
_GRADE: Final = re.compile(r"^(?:国家)?第?([0-9]{1,2}|[一二三四五六七八九十]{1,3})等(?:级|地|别)?$")
_MU: Final = AREA_UNITS["mu"]
#: prices are published in 万元 with two places and more: a total that is short by less is rounding, told and not warned of
_ROUNDING_FEN: Final = to_fen("0.01", "wan_yuan")


@dataclass(frozen=True)
class FloorBook:
    """One text of floor prices with the days on which it holds."""

    header: Header
    policy: FloorPrices
    id: str = ""

    @property
    def pin(self) -> str:
        return f"{self.id}@{self.header.version}"


@dataclass(frozen=True)
class Floor:
    """The lowest price that holds for a place, use and day. `fen_per_mu` is exact."""

    book: FloorBook
    fen_per_mu: Fraction
    what: str
    grade: str = ""

    @property
    def clause(self) -> str:
        return self.book.policy.clause

    @property
    def reductions(self) -> tuple[Reduction, ...]:
        return self.book.policy.reductions

    @property
    def verified(self) -> bool:
        return self.book.header.verified in (True, "verified")


def book_of(document: Document) -> FloorBook:
    return FloorBook(document.header, FloorPrices.model_validate(dict(document.data)), document.id)


def packaged_books(ids: Sequence[str] = ()) -> list[FloorBook]:
    """Every packaged text, or those named (`zj-shaoxing` or `zj-shaoxing@2013`). Raises LookupError with a sentence."""
    known = refs(KIND)
    for name in ids:
        if not any(name in (ref.id, ref.stem) for ref in known):
            raise LookupError(f"没有最低价标准“{name}”，可用：{'、'.join(ref.stem for ref in known)}")
    return [book_of(packaged(KIND, ref.stem)) for ref in known if not ids or ref.id in ids or ref.stem in ids]


def floor_of(books: Iterable[FloorBook], *, division_code: str, grade: str, use: str, method: str,
             on: date | None) -> Floor | None:
    """The narrowest text in force on the day: a county before a grade, a later one before an earlier one.

    None when no text covers the place, the use and the way of supply on that day, or the day is not known.
    """
    found = [floor for book in books if on is not None and book.header.valid_on(on) and _covers(book.policy, use, method)
             and (floor := _in_book(book, division_code, grade)) is not None]
    return max(found, key=_narrow, default=None)


def _narrow(floor: Floor) -> tuple[int, date, str]:
    by_place = len(floor.book.policy.division) if not floor.book.policy.grades else 0
    return by_place, floor.book.header.valid_from or date.min, floor.book.pin


def _covers(policy: FloorPrices, use: str, method: str) -> bool:
    return use in policy.uses and method in policy.methods


def _in_book(book: FloorBook, division_code: str, grade: str) -> Floor | None:
    places = [one for one in book.policy.places if division_code.startswith(one.division)]
    if places:
        place = max(places, key=lambda one: len(one.division))
        return Floor(book, _per_mu(place), f"{place.name}{f'（{place.grade}）' if place.grade else ''}", place.grade)
    number = grade_number(grade)
    for row in book.policy.grades:
        if row.grade == number and division_code.startswith(book.policy.division):
            return Floor(book, _yuan_per_mu(row.yuan_per_m2), f"公告所写“{grade}”", grade)
    return None


def _per_mu(place: Place) -> Fraction:
    return _yuan_per_mu(place.yuan_per_m2)


def _yuan_per_mu(yuan_per_m2: object) -> Fraction:
    """Yuan a m² → 分 a mu."""
    return to_fen(str(yuan_per_m2), "yuan") * _MU / AREA_UNITS["m2"]


def grade_number(text: str) -> int | None:
    """“十四等级”, “14等” → 14; “五级” is a local grade and no number of the national list."""
    found = _GRADE.match(text.strip())
    if found is None:
        return None
    word = found[1]
    if word.isdigit():
        return int(word)
    tens, ten, ones = word.partition("十")
    if not ten:
        return _DIGITS.index(word) if len(word) == 1 else None
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def floor_issue(row: PriceRow, floor: Floor | None, *, dataset: str = "deals") -> Issue | None:
    """A warning for a deal that is done, an error for a `listings` row that is not yet. None when the price is lawful."""
    price = row.per_mu
    if floor is None or price is None or price >= floor.fen_per_mu:
        return None
    source = "" if floor.verified else "（标准数值待核）"
    since = floor.book.header.valid_from
    short = (floor.fen_per_mu - price) * (row.area_cm2 or 0) / _MU
    rounding = short < _ROUNDING_FEN
    message = (f"单价 {wan(price)} 万元/亩低于{floor.what}的最低价 {wan(floor.fen_per_mu)} 万元/亩，总价少 "
               f"{yuan(short)} 元{'（在公布的小数位以内）' if rounding else ''}；"
               f"{floor.clause}{f'，自 {since} 起' if since else ''}{source}")
    may = "；".join(f"{one.label}（{one.basis.document if one.basis else ''}）" for one in floor.reductions)
    fix = "核对等别、面积和价款；" + (f"符合“{may}”的附上文件" if may else "确有依据的附上文件")
    return Issue(
        dataset, row.row, row.ref, "price", RULE, wan(price), Severity.INFO if rounding else DATASETS[dataset], message, fix,
        size={"yuan_per_mu": yuan(price), "floor_yuan_per_mu": yuan(floor.fen_per_mu), "short_yuan": yuan(short),
              "policy": floor.book.pin})


def floor_issues(rows: Iterable[PriceRow], books: Sequence[FloorBook], *, dataset: str = "deals") -> list[Issue]:
    """Every row below the floor in force on the day of its contract."""
    found = (floor_issue(row, floor_of(books, division_code=row.division_code, grade=row.grade, use=row.land_use,
                                       method=row.method, on=row.signed_on), dataset=dataset) for row in rows)
    return [issue for issue in found if issue is not None]


def yuan(fen: Fraction) -> str:
    """分 → yuan as text with two places, half-even."""
    whole = round(fen)
    return f"{whole // 100}.{whole % 100:02d}"
