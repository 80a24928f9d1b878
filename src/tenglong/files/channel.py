"""How the child hands tables over: JSON with marked dates, and WKB beside it; nothing that could run code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from tenglong.domain.survey.table import Cell, Fault, Table

TABLES = "tables.json"
ERROR = "error.json"


def write(folder: Path, tables: Sequence[Table]) -> None:
    """Tables into `folder`."""
    heads = []
    for number, table in enumerate(tables):
        if table.geometry is not None:
            _write_shapes(folder, number, table.geometry)
        heads.append(
            {
                "name": table.name,
                "source": table.source,
                "format": table.format,
                "columns": table.columns,
                "crs": table.crs,
                "row_numbers": list(table.row_numbers),
                "header_row": table.header_row,
                "notes": table.notes,
                "geometry": table.geometry is not None,
                "count": len(table.rows),
                "faults": [[f.row, f.column, f.rule, f.value, f.message, f.fix] for f in table.faults],
                "cells": [_pack(column) for column in zip(*table.rows, strict=True)],
            }
        )
    (folder / TABLES).write_bytes(orjson.dumps(heads))


def _pack(column: Sequence[Cell]) -> list[Any]:
    """[values, {index: [kind, text]}]: what JSON cannot say stands in the second part."""
    odd: dict[str, list[str]] = {}
    values: list[Any] = list(column)
    for index, value in enumerate(column):
        marked = _mark(value)
        if marked:
            odd[str(index)], values[index] = marked, None
    return [values, odd]


def _mark(value: Cell) -> list[str] | None:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, float) and not np.isfinite(value):
        return ["f", repr(value)]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return ["i", str(value)]
    if isinstance(value, str) and not value.isascii():
        clean = value.encode("utf-8", "ignore").decode("utf-8")
        return None if clean == value else ["s", clean]
    return None


def _write_shapes(folder: Path, number: int, shapes: Any) -> None:
    blobs = [b"" if blob is None else blob for blob in shapely.to_wkb(shapes)]
    np.save(folder / f"{number}.sizes.npy", np.array([len(blob) for blob in blobs], dtype=np.int64), allow_pickle=False)
    with (folder / f"{number}.wkb").open("wb") as file:
        file.writelines(blobs)


def read(folder: Path) -> list[Table]:
    """Tables that `write` left. Raises OSError, ValueError on anything else."""
    return [_table(folder, number, head) for number, head in enumerate(orjson.loads((folder / TABLES).read_bytes()))]


def _table(folder: Path, number: int, head: dict[str, Any]) -> Table:
    columns = [_unpack(*packed) for packed in head["cells"]]
    rows: list[tuple[Cell, ...]] = list(zip(*columns, strict=True)) if columns else [()] * head["count"]
    return Table(
        head["name"],
        head["source"],
        head["format"],
        tuple(head["columns"]),
        rows,
        head["row_numbers"],
        _read_shapes(folder, number) if head["geometry"] else None,
        head["crs"],
        head["header_row"],
        tuple(head["notes"]),
        tuple(Fault(*fault) for fault in head["faults"]),
    )


def _unpack(values: list[Any], odd: dict[str, list[str]]) -> list[Any]:
    readers: dict[str, Any] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "f": float, "i": int, "s": str}
    for index, (kind, text) in odd.items():
        values[int(index)] = readers[kind](text)
    return values


def _read_shapes(folder: Path, number: int) -> Any:
    sizes = np.load(folder / f"{number}.sizes.npy", allow_pickle=False)
    data = (folder / f"{number}.wkb").read_bytes()
    ends = np.cumsum(sizes)
    blobs = np.empty(len(sizes), dtype=object)
    for index, (end, size) in enumerate(zip(ends.tolist(), sizes.tolist(), strict=True)):
        blobs[index] = data[end - size : end] if size else None
    return shapely.from_wkb(blobs, on_invalid="ignore")
