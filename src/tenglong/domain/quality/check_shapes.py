"""Checks of one shape at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from tenglong.domain.geo.shapes import COLLECTION, MULTI_POLYGON, POLYGON, Floats, Ints, Mask, Shapes, polygon_parts, rings_of
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
#: fewer rows have no “others” to compare with
MANY: Final = 5
#: shorter legs are bevels of drawing
SPIKE_LEG: Final = 1.0
TYPE_NAMES: Final = {0: "点", 1: "线", 2: "线", 4: "多点", 5: "多线"}


@check("no-geometry", "empty-geometry", "geometry-type", "non-finite-coordinates", kinds=DRAWN, needs=("geometry",))
def usable(subject: Subject) -> Iterator[Issue]:
    """Is there an area at all."""
    missing, empty = shapely.is_missing(subject.raw), shapely.is_empty(subject.raw)
    kinds = shapely.get_type_id(subject.raw)
    parts = np.zeros(len(subject.raw), dtype=int)
    collections = np.flatnonzero((kinds == COLLECTION) & ~empty)
    parts[collections] = [len(polygon_parts(subject.raw[i:i + 1])[0]) for i in collections]
    lost = subject.finite & ~missing & ~empty & shapely.is_missing(subject.frame.shapes) & ~turned(subject)
    for index in np.flatnonzero(missing | empty | ~subject.finite | lost | ~np.isin(kinds, (POLYGON, MULTI_POLYGON))).tolist():
        if missing[index]:
            yield subject.issue("no-geometry", index, "没有图形", field="geometry")
        elif empty[index]:
            yield subject.issue("empty-geometry", index, "图形为空，不含任何坐标", field="geometry")
        elif not subject.finite[index]:
            yield subject.issue("non-finite-coordinates", index, "坐标中有无穷大或非数值", field="geometry")
        elif lost[index]:
            yield subject.issue("non-finite-coordinates", index, "坐标超出所用坐标系的范围，无法换算", field="geometry")
        elif not parts[index]:
            name = TYPE_NAMES.get(int(kinds[index]), "集合")
            yield subject.issue("geometry-type", index, f"图形是{name}，不是面", field="geometry", at=subject.at(index))


def turned(subject: Subject) -> Mask:
    """Rows that lie far from all others as they stand, and among them with x and y exchanged."""
    boxes = shapely.bounds(subject.raw)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    known = np.isfinite(middles).all(axis=1)
    if known.sum() < MANY:
        return np.zeros(len(subject.raw), dtype=bool)
    low, high = np.quantile(middles[known], [0.25, 0.75], axis=0, method="nearest")
    reach = (high - low).max() * 5 + 1e-6
    low, high = low - reach, high + reach
    with np.errstate(invalid="ignore"):
        stands = ((middles >= low) & (middles <= high)).all(axis=1)
        exchanged = ((middles[:, ::-1] >= low) & (middles[:, ::-1] <= high)).all(axis=1)
    wrong: Mask = known & ~stands & exchanged
    return wrong


@check("axis-swapped", kinds=DRAWN, needs=("geometry",))
def axes(subject: Subject) -> Iterator[Issue]:
    """Single rows with the axes exchanged; a whole file that is so is a matter of its coordinate system."""
    for index in np.flatnonzero(turned(subject)).tolist():
        x, y = shapely.get_coordinates(subject.raw[index])[0].tolist()
        yield subject.issue("axis-swapped", index, f"坐标 {x:g}, {y:g} 与其他行相反，东西向与南北向颠倒", field="geometry")


@check("spike", kinds=DRAWN, needs=("geometry",))
def spikes(subject: Subject) -> Iterator[Issue]:
    """A corner so sharp that its two sides are one line to the eye; the sharpest corner of a row is named."""
    tips, owner, angle, width = sharp_corners(subject.shapes)
    found = (angle < subject.options.spike_angle) & (width < subject.options.spike_width)
    order = np.flatnonzero(found)[np.argsort(angle[found], kind="stable")]
    rows, first = np.unique(owner[order], return_index=True)
    places = subject.frame.lonlat(tips[order[first]])
    for index, corner, place in zip(rows.tolist(), order[first].tolist(), places, strict=True):
        yield subject.issue(
            "spike", index, f"边界有尖刺：夹角 {angle[corner]:.2f}°，宽 {width[corner]:.3f} 米", field="geometry",
            at=as_place(place), size={"angle_deg": f"{angle[corner]:.4f}", "width_m": f"{width[corner]:.4f}"})


def sharp_corners(shapes: Shapes) -> tuple[Floats, Ints, Floats, Floats]:
    """Every corner with both legs of a metre or more: tip (k, 2), row, angle in degrees, opening at the shorter leg (m)."""
    rings, owner, _ = rings_of(shapes)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.flatnonzero(np.diff(ring, append=-1))
    points, ring = np.delete(coordinates, last, axis=0), np.delete(ring, last)
    here = np.arange(len(points))
    starts, ends = np.flatnonzero(np.diff(ring, prepend=-1)), np.flatnonzero(np.diff(ring, append=-1))
    before, after = here - 1, here + 1
    before[starts], after[ends] = ends, starts
    a, b = points[before] - points, points[after] - points
    angle = np.degrees(np.abs(np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1))))
    leg = np.minimum(np.hypot(a[:, 0], a[:, 1]), np.hypot(b[:, 0], b[:, 1]))
    long = leg >= SPIKE_LEG
    return points[long], owner[ring[long]], angle[long], (2 * leg * np.sin(np.radians(angle) / 2))[long]


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
