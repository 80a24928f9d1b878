"""One batch prepared for its checks: shapes in metres, keys, and a short way to write an Issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely

from tenglong.domain.geo.crs import CountyProfile, choose, swapped
from tenglong.domain.geo.shapes import Floats, Mask, Shapes, as_shapes, has_finite_coordinates, polygonal
from tenglong.domain.geo.working import Working, working
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.options import Context, Options
from tenglong.domain.quality.rules import RULES
from tenglong.domain.survey.table import Batch


@dataclass
class Subject:
    """What a check sees. `batches` are all data sets of this run, by kind; this one is `batch`."""

    batch: Batch
    batches: Mapping[str, Batch]
    context: Context
    options: Options
    frame_of: Subject | None = None

    @property
    def kind(self) -> str:
        return self.batch.kind

    @cached_property
    def _given(self) -> Shapes:
        shapes = self.batch.geometry
        return as_shapes([None] * len(self.batch) if shapes is None else shapes)

    @cached_property
    def _settled(self) -> tuple[str | None, bool]:
        """The batch's own CRS; without one, what the numbers and the county say beyond doubt; and whether X is north."""
        if self.batch.crs or self.batch.geometry is None:
            return self.batch.crs, False
        outlines = as_shapes(list((self.context.outlines or {}).values()))
        box = shapely.total_bounds(outlines) if len(outlines) else np.full(4, np.nan)
        county = CountyProfile(tuple(box.tolist())) if np.isfinite(box).all() else None
        chosen = choose(shapely.get_coordinates(self._given), county=county).chosen
        return (chosen.crs, chosen.swapped) if chosen else (None, False)

    @property
    def crs(self) -> str | None:
        """None when nobody knows: then coordinates are taken as metres as they stand."""
        return self._settled[0]

    @cached_property
    def raw(self) -> Shapes:
        """Shapes as given, flattened to 2D, x = east, shape (n,)."""
        return swapped(self._given) if self._settled[1] else self._given

    @cached_property
    def finite(self) -> Mask:
        return has_finite_coordinates(self.raw)

    @cached_property
    def frame(self) -> Working:
        """Shapes as given, in metres."""
        if self.frame_of is None:
            return working(self.raw, self.crs)
        host = self.frame_of.frame
        same = bool(self.crs) == bool(host.crs)
        return working(self.raw, self.crs, host.crs if same else None, host.origin if same else None)

    @cached_property
    def shapes(self) -> Shapes:
        """Valid areal copies in metres, for work in pairs; None where a row has no area."""
        return polygonal(self.frame.shapes)

    @cached_property
    def areas(self) -> Floats:
        """m² in the working plane; 0 where a row has no area."""
        areas: Floats = np.nan_to_num(shapely.area(self.shapes))
        return areas

    @cached_property
    def places(self) -> Floats:
        """(n, 2) lon/lat of a point on each row, NaN without one."""
        points = shapely.point_on_surface(np.where(shapely.is_missing(self.shapes), self.frame.shapes, self.shapes))
        out = np.full((len(self.batch), 2), np.nan)
        drawn = ~shapely.is_missing(points) & ~shapely.is_empty(points)
        out[drawn] = self.frame.lonlat(shapely.get_coordinates(points[drawn]))
        return out

    def key(self, index: int) -> str:
        return self.batch.keys[index]

    def at(self, index: int) -> tuple[float, float] | None:
        return as_place(self.places[index])

    def given(self, name: str, index: int) -> str:
        """The cell as the user wrote it, else the value that was understood."""
        cells = self.batch.given.get(name)
        if cells and cells[index] not in ("", None):
            return str(cells[index])
        value = self.batch.column(name)[index]
        return "" if value is None else str(value)

    def issue(self, rule: str, index: int, message: str, *, field: str = "", value: str = "", other: int | None = None,
              other_key: str = "", at: tuple[float, float] | None = None, size: dict[str, str] | None = None,
              severity: Severity | None = None, fix: str = "") -> Issue:
        """An Issue of row `index`; of a pair the earlier row carries it and `other` the later."""
        entry = RULES[rule]
        return Issue(
            dataset=self.kind, row=self.batch.rows[index], key=self.key(index), field=field, rule=rule, value=value,
            severity=severity or entry.severity, message=message, fix=fix or entry.fix,
            other=self.key(other) if other is not None else other_key,
            other_row=self.batch.rows[other] if other is not None else 0, at=at, size=size or {})

    def pair(self, rule: str, first: int, second: int, message: str, **rest: object) -> Issue:
        """One issue for the unordered pair, written on the row that stands earlier in the file."""
        early, late = sorted((first, second), key=lambda index: (self.batch.rows[index], index))
        return self.issue(rule, early, message, other=late, **rest)  # type: ignore[arg-type]


def as_place(point: Floats) -> tuple[float, float] | None:
    """(lon, lat) rounded to a centimetre, None when it is nowhere."""
    return (round(float(point[0]), 7), round(float(point[1]), 7)) if np.isfinite(point).all() else None


def _has_column(name: str) -> Callable[[Subject], bool]:
    return lambda subject: any(value is not None for value in subject.batch.column(name))


def _has_batch(*kinds: str) -> Callable[[Subject], bool]:
    return lambda subject: any(len(subject.batches.get(kind, ())) for kind in kinds)


#: what a check may need → (how to see whether it is there, what to tell the user when not)
NEEDS: Final[dict[str, tuple[Callable[[Subject], bool], str]]] = {
    "geometry": (lambda s: bool((~shapely.is_missing(s.raw)).any()), "数据中没有图形"),
    "crs": (lambda s: bool(s.crs), "坐标系未确定，请用 --crs 指定"),
    "stated_area": (_has_column("stated_area"), "没有证载面积列，请用 --stated-area 指定列名"),
    "buildings": (_has_batch("buildings"), "没有给出厂房数据，请用 --buildings 指定文件"),
    "land": (_has_batch("plots", "parcels"), "没有给出地块或宗地数据"),
    "outlines": (lambda s: s.context.outlines is not None, "没有县（市、区）行政区划界线，无法判断所在镇街"),
    "county": (lambda s: bool(s.context.county_prefix and s.context.divisions), "没有本县行政区划资料，无法判断注册地和生产地"),
    "plot_areas": (lambda s: s.context.plot_areas is not None or _has_batch("plots")(s), "没有地块数据，无法比较占用面积"),
    "occupied_plots": (lambda s: s.context.occupied_plots is not None or _has_batch("occupancies")(s),
                       "没有用地关系数据，无法判断地块有无企业"),
    "occupying": (lambda s: s.context.occupying is not None or _has_batch("occupancies")(s),
                  "没有用地关系数据，无法判断企业有无用地"),
}
