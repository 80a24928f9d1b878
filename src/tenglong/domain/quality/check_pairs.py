"""Checks of pairs: one issue per unordered pair, the most specific name wins (duplicate, contained, overlap)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from tenglong.domain.quality import gaps
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.pairs import Pairs, crossing, overlapping
from tenglong.domain.quality.registry import DRAWN, LAND, check
from tenglong.domain.quality.subject import Subject, as_place

KIND_WORDS = {"plots": "地块", "parcels": "宗地"}


@check("overlap", "duplicate-geometry", "contained", kinds=DRAWN, needs=("geometry",))
def overlaps(subject: Subject) -> Iterator[Issue]:
    """Every pair that shares at least `min_overlap` m² (a shared area of exactly nothing is no pair)."""
    options = subject.options
    found = overlapping(subject.shapes, max(options.min_overlap, 1e-9), workers=options.workers, limit=options.max_pairs)
    rules = classify(subject.areas, found, options.duplicate_share, options.min_overlap)
    places = _places(subject, found)
    for number, (first, second, shared) in enumerate(found):
        yield _pair_issue(subject, rules[number], first, second, shared, as_place(places[number]))


def classify(areas: np.ndarray, found: Pairs, share: float, floor: float) -> list[str]:
    """Rule id of each pair from the areas alone; what sticks out may be `share` of the area, and never less than `floor` m².

    The floor never exceeds a hundredth of the smaller row, so that tiny rows are not all “the same”.
    """
    a, b = areas[found.first], areas[found.second]
    small, large = np.minimum(a, b), np.maximum(a, b)
    slack = np.maximum(small * share, np.minimum(floor, small * 0.01))
    sticks_out = np.maximum(small - found.area, 0)
    left_over = np.maximum(large - found.area, 0)
    names = np.where(sticks_out <= slack, np.where(left_over <= slack, "duplicate-geometry", "contained"), "overlap")
    return [str(name) for name in names]


def _places(subject: Subject, found: Pairs) -> np.ndarray:
    common = shapely.intersection(subject.shapes[found.first], subject.shapes[found.second])
    points = shapely.get_coordinates(shapely.point_on_surface(common))
    return subject.frame.lonlat(points)


def _pair_issue(subject: Subject, rule: str, first: int, second: int, shared: float, at: tuple[float, float] | None) -> Issue:
    areas = subject.areas
    inner = first if areas[first] <= areas[second] else second
    share = shared / max(min(areas[first], areas[second]), 1e-12)
    size = {"overlap_m2": f"{shared:.4f}", "share_of_smaller": f"{share:.6f}"}
    land = subject.kind in LAND
    early, late = sorted((first, second), key=lambda index: (subject.batch.rows[index], index))
    name = f"第 {subject.batch.rows[late]} 行 {subject.key(late)}".rstrip()
    severity = Severity.WARNING
    if rule == "duplicate-geometry":
        message = f"与{name}图形相同"
        severity = Severity.ERROR if land else severity
    elif rule == "contained":
        message = f"完全落在{name}之内" if inner == early else f"完全包含{name}"
        severity = Severity.ERROR if land else severity
    else:
        message = f"与{name}重叠 {shared:.2f} 平方米，占较小一方 {share:.2%}"
        severity = Severity.ERROR if land and share >= subject.options.overlap_error_share else severity
    return subject.pair(rule, first, second, message, field="geometry", at=at, size=size, severity=severity)


@check("gap", kinds=LAND, needs=("geometry",))
def narrow_gaps(subject: Subject) -> Iterator[Issue]:
    """Named on the two rows that border it most."""
    options = subject.options
    for gap in gaps.find(subject.shapes, options.max_gap, max(options.min_overlap, 1e-6)):
        at = as_place(subject.frame.lonlat(np.array([gap.place]))[0])
        size = {"area_m2": f"{gap.area:.4f}", "width_m": f"{gap.width:.4f}"}
        if len(gap.rows) > 2:
            size["neighbours"] = "、".join(subject.key(index) for index in gap.rows)
        message = f"有宽约 {gap.width:.3f} 米、面积 {gap.area:.2f} 平方米的缝隙"
        if len(gap.rows) < 2:
            if gap.rows:
                yield subject.issue("gap", gap.rows[0], f"内部{message}", field="geometry", at=at, size=size)
            continue
        late = max(gap.rows[:2], key=lambda index: (subject.batch.rows[index], index))
        told = f"与第 {subject.batch.rows[late]} 行 {subject.key(late)}之间{message}"
        yield subject.pair("gap", gap.rows[0], gap.rows[1], told, field="geometry", at=at, size=size)


@check("building-straddles", kinds=("buildings",), needs=("geometry", "land"))
def straddling_buildings(subject: Subject) -> Iterator[Issue]:
    """A building with more than `straddle_area` m² in each of at least two parcels (and, apart from that, of two plots)."""
    for kind in LAND:
        if kind in subject.batches and len(subject.batches[kind]):
            yield from _straddles(subject, Subject(subject.batches[kind], {}, subject.context, subject.options,
                                                   subject.frame_of))


def _straddles(subject: Subject, land: Subject) -> Iterator[Issue]:
    options = subject.options
    found = crossing(subject.shapes, land.shapes, options.straddle_area, workers=options.workers, limit=options.max_pairs)
    over = found.area > options.straddle_area
    building, where, area = found.first[over], found.second[over], found.area[over]
    word = KIND_WORDS[land.kind]
    for index in np.flatnonzero(np.bincount(building, minlength=len(subject.batch)) >= 2).tolist():
        mine = np.flatnonzero(building == index)
        mine = mine[np.lexsort((where[mine], -area[mine]))]
        names = [land.key(spot) or f"第 {land.batch.rows[spot]} 行" for spot in where[mine].tolist()]
        parts = [f"{name} {part:.2f} 平方米" for name, part in zip(names, area[mine].tolist(), strict=True)]
        size = {f"{land.kind}:{name}": f"{part:.4f}" for name, part in zip(names, area[mine].tolist(), strict=True)}
        yield subject.issue(
            "building-straddles", index, f"跨 {len(mine)} 个{word}：{'；'.join(parts)}", field="geometry", at=subject.at(index),
            other_key="、".join(names), size=size)
