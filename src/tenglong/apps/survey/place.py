"""Where the shapes of a file are: ranked coordinate systems with reasons, and a look at shifted coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from tenglong.apps.survey import appliers
from tenglong.apps.survey.appliers import Values
from tenglong.apps.survey.models import ImportBatch
from tenglong.domain.geo.crs import Choice, CountyProfile, choose
from tenglong.domain.geo.offset import Shift, compare
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.table import Batch, Table

#: after the name of a system whose first column is north
SWAPPED = "|swapped"
SAMPLE = 400


def profile_of(outlines: Sequence[Any]) -> CountyProfile:
    """The county's extent, when the register has outlines of its towns."""
    if not len(outlines):
        return CountyProfile()
    box = shapely.total_bounds(np.asarray(list(outlines), dtype=object))
    return CountyProfile(extent=(float(box[0]), float(box[1]), float(box[2]), float(box[3])))


def shapes_of(table: Table, mapping: dict[str, Any], kind: str) -> Any:
    """Some shapes as they stand in the file: its own, or those of a WKT column."""
    if table.geometry is not None:
        return table.geometry[:SAMPLE]
    drawn = {field.id for field in spec_of(kind).fields if field.type == "geometry"}
    column = next((item["index"] for item in mapping.get("columns", []) if item["field"] in drawn), None)
    if column is None:
        return np.array([], dtype=object)
    texts = [str(row[column]) if row[column] else None for row in table.rows[:SAMPLE]]
    return shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore")


def weigh(batch: ImportBatch, table: Table, outlines: Sequence[Any]) -> None:
    """Fill the batch's candidates; `crs` only when one is better than all others."""
    shapes = shapes_of(table, batch.mapping, batch.kind)
    coordinates = shapely.get_coordinates(shapes) if len(shapes) else np.empty((0, 2))
    if not len(coordinates):
        batch.crs, batch.crs_candidates = "", []
        return
    note_points(batch, shapes)
    choice = choose(coordinates, table.crs or None, profile_of(outlines))
    batch.crs_candidates = [as_json(one, choice) for one in choice.candidates[:8]]
    batch.crs = spelled(choice.chosen.crs, choice.chosen.swapped) if choice.chosen else ""
    batch.county_profile = {"reason": choice.reason, "needs_choice": choice.needs_choice}


def note_points(batch: ImportBatch, shapes: Any, wanted: int = 200) -> None:
    """A few places as they stand in the file, for the small picture of the coordinate panel."""
    drawn = [shape for shape in shapes if shape is not None and not shape.is_empty][:wanted]
    points = shapely.get_coordinates(shapely.centroid(np.array(drawn, dtype=object)))
    kept = points[np.isfinite(points).all(axis=1)].round(6).tolist()
    batch.tables = [{**one, "points": kept} if one["name"] == batch.table_name else one for one in batch.tables]


def spelled(crs: str, swapped: bool) -> str:
    return crs + (SWAPPED if swapped else "")


def as_json(one: Any, choice: Choice) -> dict[str, Any]:
    return {
        "id": spelled(one.crs, one.swapped),
        "label": one.label,
        "reason": one.reason,
        "score": one.score,
        "swapped": one.swapped,
        "lon": round(one.lonlat[0], 6),
        "lat": round(one.lonlat[1], 6),
        "best": one == choice.chosen,
    }


def shift_issue(batch: ImportBatch, rows: Batch, values: Sequence[Values], actor: Any) -> tuple[list[Issue], str]:
    """A warning when the file lies beside the shapes already held the way a shifted map would; else a sentence."""
    if rows.geometry is None:
        return [], ""
    held = [match.held for match in appliers.of(batch.kind).match(values, actor)]
    pairs = [
        (rows.geometry[index], one.wkb)
        for index, one in enumerate(held)
        if one is not None and one.wkb and rows.geometry[index] is not None
    ]
    if not pairs:
        return [], str(_("是否加偏：没有已登记的同码图形可对照，无法判断。"))
    new = shapely.get_coordinates(shapely.centroid(np.array([pair[0] for pair in pairs], dtype=object)))
    old = shapely.get_coordinates(shapely.centroid(shapely.from_wkb([pair[1] for pair in pairs])))
    finding = compare(new, old)
    if finding.shift is Shift.NONE:
        return [], finding.message
    issue = Issue(
        batch.kind,
        0,
        "",
        "geometry",
        "crs-offset",
        str(finding.shift),
        Severity.WARNING,
        finding.message,
        str(_("核对坐标系；确认是加偏坐标的，请向提供单位索取未加偏数据。")),
        size={"distance_m": f"{finding.distance:.1f}"},
    )
    return [issue], finding.message
