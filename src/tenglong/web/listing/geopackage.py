"""GeoPackage of a list: shapes by id, one layer, metadata with the ledger number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db.models import F

from tenglong.store.spatial import read
from tenglong.web.listing.columns import Column
from tenglong.web.listing.page import ListPage


def write_gpkg(path: Path, listing: ListPage, rows: list[dict[str, Any]], notes: list[tuple[str, str]]) -> None:
    """Rows without a shape are written with an empty geometry: none is lost."""
    import pyogrio.raw  # loads half a second of libraries, for those who ask for a GeoPackage

    path.unlink(missing_ok=True)
    shapes = _shapes(listing, rows)
    columns = list(listing.columns)
    pyogrio.raw.write(
        str(path),
        geometry=np.array(shapes, dtype=object),
        field_data=[_column(column, rows) for column in columns],
        fields=[column.name for column in columns],
        layer=listing.id,
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs="EPSG:4490",
        layer_metadata=dict(notes),
        encoding="UTF-8",
    )


def _shapes(listing: ListPage, rows: list[dict[str, Any]]) -> list[bytes | None]:
    ids = dict(listing.rows_query.order_by().values_list("pk", F(listing.geometry)))
    wanted = [number for number in ids.values() if number is not None]
    found: dict[int, bytes] = {}
    for start in range(0, len(wanted), 500):
        found.update(read(wanted[start : start + 500]))
    return [_multi(found.get(ids.get(row["pk"]) or 0)) for row in rows]


def _multi(wkb: bytes | None) -> bytes | None:
    if wkb is None:
        return None
    shape = shapely.from_wkb(bytes(wkb))
    many: bytes = shapely.to_wkb(shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape)
    return many


def _column(column: Column, rows: list[dict[str, Any]]) -> Any:
    if column.numeric:
        return np.array([np.nan if row.get(column.name) is None else float(row[column.name]) for row in rows], dtype="float64")
    return np.array([None if row.get(column.name) in (None, "") else str(row[column.name]) for row in rows], dtype=object)
