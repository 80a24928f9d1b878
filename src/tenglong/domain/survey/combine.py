"""Several files of one kind checked as one data set, and the issues given back to their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np
import shapely
from pyproj import Transformer

from tenglong.domain.quality.issue import Issue, Report
from tenglong.domain.survey.table import Batch, Geometries, Value


@dataclass
class FolderReport(Report):
    """Counts over several data sets: a row is rejected in its own file."""

    refused: int = 0
    files: list[Report] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return self.refused


@dataclass(frozen=True)
class Combined:
    """`batch` holds all rows numbered 1…n; `parts` are the batches in that order."""

    batch: Batch
    parts: tuple[Batch, ...]

    def starts(self) -> list[int]:
        return [0, *accumulate(len(part) for part in self.parts)]

    def home(self, row: int) -> tuple[int, int]:
        """(which part, the row number in its file) of a combined row."""
        starts = self.starts()
        which = int(np.searchsorted(starts, row - 1, side="right")) - 1
        return which, self.parts[which].rows[row - 1 - starts[which]]


def combine(parts: Sequence[Batch]) -> Combined:
    """Batches of one kind as one; columns missing in a part are None; geometry in the first part's coordinates."""
    first = parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part.fields))
    fields: dict[str, list[Value]] = {name: [value for part in parts for value in part.column(name)] for name in names}
    given = {name: [text for part in parts for text in part.given.get(name, [""] * len(part))] for name in names}
    total = sum(len(part) for part in parts)
    crs = next((part.crs for part in parts if part.geometry is not None and part.crs), None)
    batch = Batch(
        first.kind, first.source, list(range(1, total + 1)), [key for part in parts for key in part.keys], fields, given,
        dict(first.headings), dict(first.units), _shapes(parts, crs), crs,
    )
    return Combined(batch, tuple(parts))


def _shapes(parts: Sequence[Batch], crs: str | None) -> Geometries | None:
    if all(part.geometry is None for part in parts):
        return None
    return np.concatenate([_moved(part, crs) for part in parts])


def _moved(part: Batch, crs: str | None) -> Geometries:
    if part.geometry is None:
        return np.full(len(part), None, dtype=object)
    if not part.crs or not crs or part.crs == crs:
        return part.geometry
    change = Transformer.from_crs(part.crs, crs, always_xy=True)

    def move(points: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    moved: Geometries = shapely.transform(part.geometry, move)
    return moved


def give_back(combined: Combined, issues: Iterable[Issue]) -> list[tuple[int, Issue]]:
    """Issues of the combined rows as (part, issue with the row numbers of the file); a pair goes to its first row's file."""
    out = []
    for issue in issues:
        which, row = combined.home(issue.row) if issue.row else (0, 0)
        other_which, other_row = combined.home(issue.other_row) if issue.other_row and issue.dataset == combined.batch.kind else (which, 0)
        own = replace(issue, row=row, other_row=other_row if other_which == which else 0)
        out.append((which, own))
        if other_which != which:
            out.append((other_which, replace(issue, row=other_row, key=issue.other, other=issue.key, other_row=0)))
    return out
