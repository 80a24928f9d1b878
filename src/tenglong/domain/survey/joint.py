"""Several files of one kind as one batch, so that checks see across them; every row remembers its file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from pyproj import Transformer

from tenglong.domain.quality.issue import Issue
from tenglong.domain.survey.table import Batch, Geometries, Value

GEOGRAPHIC = "EPSG:4490"


@dataclass(frozen=True)
class Origin:
    """Where a joint row stands: index of its batch, and the row the user sees there."""

    batch: int
    row: int


@dataclass(frozen=True)
class Joint:
    """`batches` by kind; joint rows are numbered from 1; `origins[kind][row - 1]` tells the file's row."""

    batches: dict[str, Batch]
    origins: dict[str, list[Origin]]

    def origin(self, issue: Issue) -> Origin | None:
        """Origin of the issue's row, None for a row that is not of these batches."""
        return self._at(issue.dataset, issue.row)

    def other(self, issue: Issue) -> Origin | None:
        """Origin of the second row of a pair."""
        return self._at(issue.dataset, issue.other_row)

    def _at(self, kind: str, row: int) -> Origin | None:
        rows = self.origins.get(kind, [])
        return rows[row - 1] if 1 <= row <= len(rows) else None


def join(batches: Sequence[Batch]) -> Joint:
    """One batch per kind, shapes in EPSG:4490.

    A batch of unknown coordinates is taken as lon/lat when they fit, else has no shape.
    """
    merged: dict[str, Batch] = {}
    origins: dict[str, list[Origin]] = {}
    for kind in dict.fromkeys(batch.kind for batch in batches):
        parts = [(index, batch) for index, batch in enumerate(batches) if batch.kind == kind]
        origins[kind] = [Origin(index, row) for index, batch in parts for row in batch.rows]
        merged[kind] = _merge([batch for _, batch in parts])
    return Joint(merged, origins)


def renumber(issues: Iterable[Issue], number: int, joint: Joint) -> list[Issue]:
    """Issues found while reading batch `number`, with joint row numbers."""
    out: list[Issue] = []
    places: dict[str, dict[int, int]] = {}
    for issue in issues:
        if issue.dataset not in places:
            origins = enumerate(joint.origins[issue.dataset], 1)
            places[issue.dataset] = {origin.row: at for at, origin in origins if origin.batch == number}
        rows = places[issue.dataset]
        out.append(replace(issue, row=rows.get(issue.row, 0), other_row=rows.get(issue.other_row, 0)))
    return out


def _merge(parts: Sequence[Batch]) -> Batch:
    names = dict.fromkeys(name for part in parts for name in part.fields)
    given = dict.fromkeys(name for part in parts for name in part.given)
    total = sum(len(part) for part in parts)
    fields: dict[str, list[Value]] = {name: [value for part in parts for value in part.column(name)] for name in names}
    cells = {name: [cell for part in parts for cell in part.given.get(name) or [""] * len(part)] for name in given}
    shapes = [shape for part in parts for shape in _geographic(part)]
    drawn = any(part.geometry is not None for part in parts)
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    headings = {name: text for part in parts for name, text in part.headings.items()}
    return Batch(parts[0].kind, "、".join(part.source for part in parts), list(range(1, total + 1)),
                 [key for part in parts for key in part.keys], fields, cells, headings, {}, geometry if drawn else None,
                 GEOGRAPHIC if drawn else None)


def _geographic(part: Batch) -> Geometries | list[None]:
    """Shapes of a batch in lon/lat; a coordinate that cannot be projected becomes infinite and is found as such."""
    if part.geometry is None:
        return [None] * len(part)
    crs = part.crs or (GEOGRAPHIC if _looks_geographic(part.geometry) else None)
    if crs is None:
        return [None] * len(part)
    turn = Transformer.from_crs(crs, GEOGRAPHIC, always_xy=True)
    xy = shapely.get_coordinates(part.geometry)
    moved = np.column_stack(turn.transform(xy[:, 0], xy[:, 1])) if len(xy) else xy
    shapes: Geometries = shapely.set_coordinates(shapely.force_2d(np.array(part.geometry, dtype=object)), moved)
    return shapes


def _looks_geographic(shapes: Geometries) -> bool:
    """Most vertices within the bounds of longitude and latitude."""
    xy = np.abs(shapely.get_coordinates(shapes))
    return bool(len(xy)) and bool(np.median(xy[:, 0]) <= 180 and np.median(xy[:, 1]) <= 90)
