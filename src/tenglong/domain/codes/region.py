"""The column 地区 of a deals list, e.g. “青海省,海西蒙古族藏族自治州”: which prefixes it allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tenglong.domain.codes.books import Alias, Division, DivisionBook
from tenglong.domain.codes.names import clean, stem

# Headings of statistics, not places: 上海市市辖区, 重庆市所辖县, 省直辖县级行政单位.
_HEADING = re.compile(r"(.*(市辖区|所辖县)|.*直辖.*(单位|区划)|市|县)$")
_CORPS = re.compile(r"新疆(生产)?建设兵团|兵团")
_CORPS_PROVINCE = "65"


@dataclass(frozen=True)
class Region:
    """`prefixes` of the finest place named (empty: anywhere), `place` itself, `stale` when its name is out of force."""

    province: str = ""
    prefixes: tuple[str, ...] = ()
    place: Division | None = None
    stale: Division | None = None
    corps: Alias | None = None
    unknown: str = ""

    def holds(self, code: str) -> bool:
        return not self.prefixes or code.startswith(self.prefixes)

    def in_province(self, code: str) -> bool:
        return not self.province or code.startswith(self.province)


def parse_region(book: DivisionBook, within: str, on: date | None) -> Region:
    """Comma-separated path, coarse to fine; headings that are no places are passed over."""
    region = Region()
    for part in (clean(piece) for piece in re.split(r"[,，、/>]", within)):
        if not part or _CORPS.fullmatch(part):
            region = _narrow_to_province(region, _CORPS_PROVINCE, book, on) if part else region
        elif part.isdecimal():
            region = _by_code(book, part, on)
        elif part in book.provinces and not region.province:
            region = _narrow_to_province(region, book.provinces[part], book, on)
        elif not _HEADING.fullmatch(part) or part in book.by_name:
            region = _narrow(book, region, part, on)
    return region


def _narrow_to_province(region: Region, province: str, book: DivisionBook, on: date | None) -> Region:
    return region if region.province else Region(province, (province,), book.last(province + "0000", on))


def _by_code(book: DivisionBook, code: str, on: date | None) -> Region:
    place = book.last(code.ljust(6, "0"), on)
    return Region(code[:2], (code.rstrip("0") if len(code) < 6 else (place.prefix if place else code),), place)


def _narrow(book: DivisionBook, region: Region, part: str, on: date | None) -> Region:
    if (alias := book.aliases.get(part)) and alias.nature == "corps":
        return Region(region.province, region.prefixes, book.last(alias.code, on), None, alias)
    same = [
        one
        for one in book.by_name.get(part) or book.by_stem.get(stem(part), [])
        if region.holds(one.code) and one.level != "township"
    ]
    if not same:
        return Region(region.province, region.prefixes, region.place, region.stale, region.corps, part)
    now = [one for one in same if one.in_force(on)]
    best = min(now or same, key=lambda one: (len(one.prefix), -(one.valid_from or date.min).toordinal()))
    prefixes = tuple({one.prefix for one in same if one.level in (best.level, "prefecture")})
    return Region(best.code[:2], prefixes, best, None if now else best)
