"""Is a file in shifted map coordinates: against shapes already held under the same key, else against town outlines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from tenglong.domain.geo.crs_names import LONLAT, transformer
from tenglong.domain.geo.offset import Finding, Shift, compare, compare_outlines
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.county import CountyFacts
from tenglong.domain.survey.table import Batch

FIX = "核对坐标系；确认是加偏坐标的，请向提供单位索取未加偏数据。"
SAMPLE = 5_000


def shift_issue(batch: Batch, county: CountyFacts, held: Sequence[bytes | None] = ()) -> tuple[list[Issue], str]:
    """A warning about the whole file, or nothing; and the sentence that says what was found. `held`: WKB (EPSG:4490) of the
    first rows, None where the record holds no shape of that key."""
    if batch.geometry is None or bool(shapely.is_missing(batch.geometry).all()):
        return [], ""
    if not batch.crs:
        return [], "是否加偏：坐标系未确定，无法判断。"
    finding = _finding(batch, county, held)
    if finding.shift in (Shift.NONE, Shift.UNKNOWN):
        return [], f"是否加偏：{finding.message}。"
    size = {"distance_m": f"{finding.distance:.1f}"}
    issue = Issue(batch.kind, 0, "", "geometry", "crs-offset", str(finding.shift), Severity.WARNING, finding.message, FIX,
                  size=size)
    return [issue], finding.message


def _finding(batch: Batch, county: CountyFacts, held: Sequence[bytes | None]) -> Finding:
    shapes = np.asarray(batch.geometry[:SAMPLE] if batch.geometry is not None else [], dtype=object)
    drawn = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    rows = [index for index, wkb in enumerate(held) if wkb and index < len(shapes) and drawn[index]]
    if rows:
        return compare(_middles(batch, shapes[rows]), _points(shapely.from_wkb([held[index] for index in rows])))
    codes = towns_of(batch, county)
    rows = [index for index in np.flatnonzero(drawn).tolist() if codes[index] in county.outlines]
    if rows:
        outlines = np.array([county.outlines[codes[index]] for index in rows], dtype=object)
        return compare_outlines(_middles(batch, shapes[rows]), outlines)
    return Finding(Shift.UNKNOWN, float("nan"), "没有已登记的同码图形，也没有镇街界线可对照，无法判断")


def towns_of(batch: Batch, county: CountyFacts) -> list[str]:
    """9-digit town of each row as far as the file says, "" where it does not."""
    codes = batch.fields.get("town_code") or [None] * len(batch)
    towns = batch.column("town")
    return [str(code or county.towns.get(str(town or ""), town) or "") for code, town in zip(codes, towns, strict=True)]


def _middles(batch: Batch, shapes: Any) -> Any:
    points = _points(shapes)
    if batch.crs in (None, LONLAT):
        return points
    return np.column_stack(transformer(batch.crs, LONLAT).transform(points[:, 0], points[:, 1]))


def _points(shapes: Any) -> Any:
    return shapely.get_coordinates(shapely.centroid(np.asarray(shapes, dtype=object)))
