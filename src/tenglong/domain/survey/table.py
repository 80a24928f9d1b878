"""What a reader hands over and what a check receives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cell = None | str | int | float | bool | date | datetime
Value = None | str | int | Decimal | bool | date
Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Fault:
    """What a reader could not take over for one row; the import turns it into an Issue (`column` -1: the geometry)."""

    row: int
    column: int
    rule: str
    value: str
    message: str
    fix: str


@dataclass(frozen=True)
class Table:
    """One sheet or layer, as read, nothing interpreted.

    `columns` are the headings as given (they may repeat); `row_numbers` is what the user sees (the Excel row, or
    the 1-based feature number); `geometry` holds shapely geometries (None allowed) in `crs`, or is None.
    """

    name: str
    source: str
    format: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    row_numbers: Sequence[int]
    geometry: Geometries | None = None
    crs: str | None = None
    header_row: int = 1
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass
class Batch:
    """Rows of one kind with known fields: columnar, every column as long as `rows`.

    Areas are integer cm², money integer 分, other numbers Decimal, dates `date`; `None` is no value.
    `given` keeps the cell text as it stood in the file for each mapped field. `geometry` is in `crs`
    (EPSG:4490 lon/lat once the CRS is settled; a file check may leave the file's own).
    """

    kind: str
    source: str
    rows: list[int]
    keys: list[str]
    fields: dict[str, list[Value]]
    given: dict[str, list[str]] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    geometry: Geometries | None = None
    crs: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Value]:
        """The column, or a column of None when the file had no such field."""
        return self.fields.get(name) or [None] * len(self.rows)
