"""Where the shapes of a file are: ranked coordinate systems with reasons, and a look at shifted coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from tenglong.apps.survey import appliers
from tenglong.apps.survey.appliers import Values
from tenglong.apps.survey.models import ImportBatch
from tenglong.domain.geo.crs import Choice, choose
from tenglong.domain.quality.issue import Issue
from tenglong.domain.survey import shifted
from tenglong.domain.survey.county import CountyFacts
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.table import Batch, Table

#: after the name of a system whose first column is north
SWAPPED = "|swapped"
SAMPLE = 400


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


def weigh(batch: ImportBatch, table: Table, known: CountyFacts) -> None:
    """Fill the batch's candidates; `crs` only when one is better than all others."""
    shapes = shapes_of(table, batch.mapping, batch.kind)
    coordinates = shapely.get_coordinates(shapes) if len(shapes) else np.empty((0, 2))
    if not len(coordinates):
        batch.crs, batch.crs_candidates = "", []
        return
    note_points(batch, shapes)
    choice = choose(coordinates, table.crs or None, known.profile)
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


def shift_issue(
    batch: ImportBatch, rows: Batch, values: Sequence[Values], actor: Any, known: CountyFacts
) -> tuple[list[Issue], str]:
    """Against shapes held under the same keys, else against the towns' outlines; a warning or a sentence."""
    if rows.geometry is None:
        return [], ""
    held = [match.held.wkb if match.held else None for match in appliers.of(batch.kind).match(values, actor)]
    return shifted.shift_issue(rows, known, held)
