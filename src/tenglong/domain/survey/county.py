"""What a check knows of the county: towns, names, extent, outlines. One builder for files and for the record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from tenglong.domain.codes.books import Books
from tenglong.domain.geo.crs import CountyProfile, choose, swapped
from tenglong.domain.geo.crs_names import LONLAT, transformer
from tenglong.domain.geo.shapes import as_shapes, polygonal
from tenglong.domain.quality.options import Context
from tenglong.domain.survey.table import Table

_CODE: Final = re.compile(r"(\d{9})(?:000)?")
#: degrees added around outlines, so that a plot drawn over the border still lies inside the extent
MARGIN: Final = 0.01


class OutlineError(ValueError):
    """A file of outlines that cannot be used; the message is a Chinese sentence."""


@dataclass(frozen=True)
class CountyFacts:
    """`towns`: name → 9-digit code. `outlines`: code → shape in EPSG:4490. `names` mean this county in an address."""

    code: str = ""
    name: str = ""
    names: tuple[str, ...] = ()
    towns: Mapping[str, str] = field(default_factory=dict)
    outlines: Mapping[str, Any] = field(default_factory=dict)
    extent: tuple[float, float, float, float] | None = None
    central_meridian: int | None = None

    @property
    def profile(self) -> CountyProfile:
        """Of the outlines where there are any, else of the profile."""
        box = box_of(self.outlines.values())
        return CountyProfile(box or self.extent, self.central_meridian, self.name or "本县")

    def context(self, **held: Any) -> Context:
        """For the checks; `held`: what the record holds (occupied_plots, occupying, plot_areas, held_names)."""
        if not self.towns:
            return Context(outlines=self.outlines or None, county_names=self.names, **held)
        return Context(outlines=self.outlines or None, divisions=self.towns, county_prefix=self.code or None,
                       county_names=self.names, **held)


def facts_of(
    code: str, profile: Mapping[str, Any] | None, towns: Mapping[str, str], outlines: Mapping[str, Any]
) -> CountyFacts:
    """`profile`: the data of a county policy, None when there is none."""
    if profile is None:
        return CountyFacts(code, towns=dict(towns), outlines=dict(outlines))
    box = profile["extent"]
    return CountyFacts(
        code, profile["name"], tuple(dict.fromkeys((*profile.get("names", ()), *profile.get("aliases", ())))), dict(towns),
        dict(outlines), (float(box["west"]), float(box["south"]), float(box["east"]), float(box["north"])),
        round(float(profile["central_meridian"])),
    )


def book_towns(code: str, books: Books) -> dict[str, str]:
    """Town name → code in the newest list; {} when the list has no towns of this county."""
    found = (books.divisions.at(one, None) for one in books.divisions.by_code if len(one) == 9 and one.startswith(code))
    return {one.name: one.code for one in found if one is not None}


def box_of(outlines: Any) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) with a margin; None without shapes."""
    shapes = np.array(list(outlines), dtype=object)
    box = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    if not np.isfinite(box).all():
        return None
    west, south, east, north = (float(side) for side in box)
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN


@dataclass(frozen=True)
class Outlines:
    """Town code → shape in EPSG:4490, code → name as the file says, `crs` in words, and the rows left out with reasons."""

    shapes: dict[str, Any]
    names: dict[str, str]
    crs: str
    left: tuple[str, ...] = ()


def outlines_of(table: Table, county: str, towns: Mapping[str, str], *, code_field: str = "", name_field: str = "",
                crs: str = "", profile: CountyProfile | None = None) -> Outlines:
    """Outlines of the county's towns (and of the county, under its 6 digits) in a layer; several rows of a town are united.

    The town is told by `code_field` (9 or 12 digits), else by a column whose cells are such codes, else by name.
    Raises OutlineError.
    """
    if table.geometry is None:
        raise OutlineError(f"“{table.source}”里没有图形，请给出面状的行政区划图层")
    codes = _codes(table, county, towns, code_field, name_field)
    shapes, words = in_degrees(table, crs, profile)
    clean = polygonal(shapes)
    groups: dict[str, list[Any]] = {}
    left = []
    for number, code, shape in zip(table.row_numbers, codes, clean, strict=True):
        if not code.startswith(county):
            left.append(f"第 {number} 行：不是 {county} 的镇街" if code else f"第 {number} 行：认不出是哪个镇街")
        elif shape is None:
            left.append(f"第 {number} 行：没有面状图形")
        else:
            groups.setdefault(code, []).append(shape)
    if not groups:
        raise OutlineError(f"“{table.source}”里认不出 {county} 的镇街；请用 --code-field 或 --name-field 指明代码或名称所在列")
    return Outlines({code: shapely.union_all(parts) for code, parts in groups.items()},
                    _names(table, codes, towns, name_field), words, tuple(left))


def _codes(table: Table, county: str, towns: Mapping[str, str], code_field: str, name_field: str) -> list[str]:
    """Town code of each row, "" when nobody can tell."""
    if code_field:
        return [_code(row[_column(table, code_field)], county) for row in table.rows]
    if name_field:
        at = _column(table, name_field)
        return [towns.get(_text(row[at]), "") for row in table.rows]
    columns = range(len(table.columns))
    tried = [[_code(row[at], county) or towns.get(_text(row[at]), "") for row in table.rows] for at in columns]
    return max(tried, key=lambda codes: len({code for code in codes if code}), default=[""] * len(table.rows))


def _code(cell: Any, county: str) -> str:
    text = _text(cell)
    match = _CODE.fullmatch(text)
    return match.group(1) if match else text if text == county else ""


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell if cell is not None else "").strip()


def _column(table: Table, name: str) -> int:
    if name not in table.columns:
        raise OutlineError(f"没有“{name}”这一列，可用的列：{'、'.join(table.columns)}")
    return table.columns.index(name)


def _names(table: Table, codes: Sequence[str], towns: Mapping[str, str], name_field: str) -> dict[str, str]:
    """What the file calls each town: the named column, else the first column whose cells end like a town's name."""
    known = {code: name for name, code in towns.items()}
    ends = ("镇", "乡", "街道")
    like = (at for at in range(len(table.columns)) if all(_text(row[at]).endswith(ends) for row in table.rows))
    at = _column(table, name_field) if name_field else next(like, None)
    if at is not None:
        known = {code: _text(row[at]) for code, row in zip(codes, table.rows, strict=True)} | known
    return {code: name for code, name in known.items() if code in codes and code}


def in_degrees(table: Table, crs: str, profile: CountyProfile | None) -> tuple[Any, str]:
    """Shapes in EPSG:4490. Raises OutlineError when several systems fit equally well."""
    drawn = as_shapes(list(table.geometry) if table.geometry is not None else [])
    name, _, order = crs.partition("|")
    own, turn, words = name or table.crs or "", order == "swapped", "由 --crs 指定" if name else "文件自带"
    if not own:
        choice = choose(shapely.get_coordinates(drawn), county=profile)
        if choice.chosen is None:
            raise OutlineError(f"界线文件的坐标系未确定：{choice.reason}；请用 --crs 指定")
        own, turn, words = choice.chosen.crs, choice.chosen.swapped, choice.chosen.reason
    shapes = swapped(drawn) if turn else drawn
    change = transformer(own, LONLAT)
    moved = shapely.transform(shapes, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    return np.asarray(moved, dtype=object), words
