"""Checks of one shape at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from tenglong.domain.geo.shapes import COLLECTION, MULTI_POLYGON, POLYGON, polygon_parts
from tenglong.domain.quality import gaps
from tenglong.domain.quality.issue import Issue
from tenglong.domain.quality.pairs import in_threads
from tenglong.domain.quality.registry import DRAWN, check
from tenglong.domain.quality.subject import Subject, as_place

REASONS: Final[dict[str, str]] = {
    "Self-intersection": "面的边界自相交", "Ring Self-intersection": "环与自身相接或相交",
    "Hole lies outside shell": "孔在外边界之外",
    "Nested shells": "多部件中一块套在另一块里", "Nested holes": "孔套着孔", "Interior is disconnected": "面的内部被割断",
    "Duplicate Rings": "有重复的环", "Too few points in geometry component": "折点少于三个", "Ring is not closed": "环没有闭合",
    "Invalid Coordinate": "坐标不是有效的数",
}
_PLACE = re.compile(r"\[\s*(\S+)\s+(\S+?)(?:\s+\S+)?\s*\]")
TYPE_NAMES: Final = {0: "点", 1: "线", 2: "线", 4: "多点", 5: "多线"}


@check("no-geometry", "empty-geometry", "geometry-type", "non-finite-coordinates", kinds=DRAWN, needs=("geometry",))
def usable(subject: Subject) -> Iterator[Issue]:
    """Is there an area at all."""
    missing, empty = shapely.is_missing(subject.raw), shapely.is_empty(subject.raw)
    kinds = shapely.get_type_id(subject.raw)
    parts = np.zeros(len(subject.raw), dtype=int)
    collections = np.flatnonzero((kinds == COLLECTION) & ~empty)
    parts[collections] = [len(polygon_parts(subject.raw[i:i + 1])[0]) for i in collections]
    for index in np.flatnonzero(missing | empty | ~subject.finite | ~np.isin(kinds, (POLYGON, MULTI_POLYGON))).tolist():
        if missing[index]:
            yield subject.issue("no-geometry", index, "没有图形", field="geometry")
        elif empty[index]:
            yield subject.issue("empty-geometry", index, "图形为空，不含任何坐标", field="geometry")
        elif not subject.finite[index]:
            yield subject.issue("non-finite-coordinates", index, "坐标中有无穷大或非数值", field="geometry")
        elif not parts[index]:
            name = TYPE_NAMES.get(int(kinds[index]), "集合")
            yield subject.issue("geometry-type", index, f"图形是{name}，不是面", field="geometry", at=subject.at(index))


@check("invalid-geometry", kinds=DRAWN, needs=("geometry",))
def valid(subject: Subject) -> Iterator[Issue]:
    """Reason and place of what GEOS refuses."""
    usable_rows = np.flatnonzero(subject.finite & ~shapely.is_missing(subject.frame.shapes))
    shapes = subject.frame.shapes[usable_rows]
    bad = usable_rows[~in_threads(shapely.is_valid, shapes, subject.options.workers)]
    for index, text in zip(bad.tolist(), shapely.is_valid_reason(subject.frame.shapes[bad]).tolist(), strict=True):
        reason = text.split("[")[0].strip()
        match = _PLACE.search(text)
        spot = np.array([[float(match.group(1)), float(match.group(2))]]) if match else np.full((1, 2), np.nan)
        at = as_place(subject.frame.lonlat(spot)[0]) if np.isfinite(spot).all() else subject.at(index)
        where = f"，位置 {at[0]:.6f}, {at[1]:.6f}" if at else ""
        yield subject.issue("invalid-geometry", index, f"{REASONS.get(reason, '图形无效')}（{reason}）{where}",
                            field="geometry", value=reason, at=at)


@check("sliver", kinds=DRAWN, needs=("geometry",))
def thin(subject: Subject) -> Iterator[Issue]:
    """A part so thin that it is nobody's yard; the thinnest part of a row is named."""
    parts, owner = polygon_parts(subject.shapes)
    width, area = gaps.mean_width(parts), shapely.area(parts)
    order = np.argsort(width, kind="stable")
    rows, first = np.unique(owner[order], return_index=True)
    for index, part in zip(rows.tolist(), order[first].tolist(), strict=True):
        if width[part] >= subject.options.sliver_width:
            continue
        spot = shapely.get_coordinates(shapely.point_on_surface(parts[part]))
        yield subject.issue(
            "sliver", index, f"有一处平均宽度只有 {width[part]:.3f} 米（面积 {area[part]:.2f} 平方米）", field="geometry",
            at=as_place(subject.frame.lonlat(spot)[0]), size={"width_m": f"{width[part]:.4f}", "area_m2": f"{area[part]:.4f}"})
