"""Drawn against stated area, and drawn inside the division that the row names."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import shapely

from tenglong.domain.geo import crs_names
from tenglong.domain.geo.area import geodesic_area, plane_area
from tenglong.domain.geo.shapes import Floats, as_shapes, polygonal
from tenglong.domain.geo.working import transform
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.registry import DRAWN, LAND, check
from tenglong.domain.quality.subject import Subject
from tenglong.domain.units import CM2_PER_M2


@check("area-mismatch", kinds=LAND, needs=("geometry", "crs", "stated_area"))
def stated_area(subject: Subject) -> Iterator[Issue]:
    """|drawn − stated| ÷ stated above the tolerance; rows without a stated figure or without an area are not compared."""
    options = subject.options
    given = subject.batch.column("stated_area")
    stated = np.array([float(value) / CM2_PER_M2 if isinstance(value, int) else np.nan for value in given])
    rows = np.flatnonzero(np.isfinite(stated) & (subject.areas > 0))
    crs = subject.crs or crs_names.LONLAT
    drawn = polygonal(subject.raw[rows])
    geodesic, (plane, zones) = geodesic_area(drawn, crs), plane_area(drawn, crs)
    basis = geodesic if options.area_basis == "geodesic" else plane
    with np.errstate(divide="ignore"):
        off = np.abs(basis - stated[rows]) / np.abs(stated[rows])
    for number in np.flatnonzero(off > options.tolerance).tolist():
        yield _mismatch(subject, int(rows[number]), float(stated[rows[number]]), geodesic[number], plane[number], zones[number],
                        float(basis[number]))


def _mismatch(subject: Subject, index: int, stated: float, geodesic: float, plane: float, zone: str, drawn: float) -> Issue:
    exact = Decimal(int(subject.batch.column("stated_area")[index] or 0)) / CM2_PER_M2  # type: ignore[arg-type]
    size = {"stated_m2": f"{exact:f}", "geodesic_m2": f"{geodesic:.4f}", "plane_m2": f"{plane:.4f}",
            "plane_zone": crs_names.label(zone), "basis": subject.options.area_basis}
    words = "测地面积" if subject.options.area_basis == "geodesic" else "平面面积"
    if stated:
        size["difference"] = f"{(drawn - stated) / stated:+.6f}"
        message = f"图上{words} {drawn:.2f} 平方米，证载 {exact:f} 平方米，相差 {(drawn - stated) / stated:+.2%}"
    else:
        message = f"证载面积为 0，图上{words} {drawn:.2f} 平方米"
    return subject.issue("area-mismatch", index, message, field="stated_area",
                         value=subject.given("stated_area", index), at=subject.at(index), size=size)


@check("outside-division", kinds=DRAWN, needs=("geometry", "crs", "outlines"))
def inside_division(subject: Subject) -> Iterator[Issue]:
    """Share of each row outside the outline of the town that it names; rows that name no known town are left alone."""
    outlines = subject.context.outlines or {}
    names = [_outline_key(subject, index) for index in range(len(subject.batch))]
    rows = np.flatnonzero([name in outlines for name in names] & ~shapely.is_missing(subject.frame.shapes))
    shapes = transform(subject.raw[rows], subject.crs or crs_names.LONLAT, crs_names.LONLAT)
    share = _share_outside(shapes, np.array([names[row] for row in rows], dtype=object), dict(outlines))
    for index, outside in zip(rows.tolist(), share.tolist(), strict=True):
        if outside <= subject.options.outside_share:
            continue
        severity = Severity.ERROR if outside > subject.options.outside_error_share else Severity.WARNING
        town = subject.given("town", index)
        yield subject.issue("outside-division", index, f"图形有 {outside:.1%} 在“{town}”界线之外", field="town", value=town,
                            at=subject.at(index), size={"outside_share": f"{outside:.6f}"}, severity=severity)


def _outline_key(subject: Subject, index: int) -> str:
    """Outlines are keyed by code or by name; a name is turned into its code when the county knows it."""
    town = str(subject.batch.column("town")[index] or "")
    outlines = subject.context.outlines or {}
    return town if town in outlines else (subject.context.divisions or {}).get(town, town)


def _share_outside(shapes: np.ndarray, towns: np.ndarray, outlines: dict[str, object]) -> Floats:
    share = np.zeros(len(shapes))
    clean = polygonal(shapes)
    for town in set(towns.tolist()):
        rows = np.flatnonzero(towns == town)
        outline = polygonal(as_shapes([outlines[town]]))[0]
        if outline is None:
            continue
        shapely.prepare(outline)
        areas = shapely.area(clean[rows])
        inside = shapely.area(shapely.intersection(clean[rows], outline))
        with np.errstate(divide="ignore", invalid="ignore"):
            by_area = 1 - inside / areas
        by_point = ~shapely.intersects(shapely.point_on_surface(shapes[rows]), outline)
        share[rows] = np.where(areas > 0, by_area, by_point)
    return share
