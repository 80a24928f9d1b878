"""Writes sheets as xlsx, csv, shapefile, GeoPackage and GeoJSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
import xlsxwriter
from pyproj import Transformer

from tenglong.demo.county import MARK
from tenglong.demo.raw.records import Cell, Record
from tenglong.demo.raw.sheets import Sheet, value

GROUPS = ("基本情况", "土地情况", "其他情况")
WKT_CELL_LIMIT = 32_000


def write_sheets(folder: Path, sheets: Sequence[Sheet]) -> list[Path]:
    """Write every sheet; sheets of one xlsx file go into one workbook. Returns the files."""
    files: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        files.setdefault(sheet.file, []).append(sheet)
    for name, group in files.items():
        path = folder / name
        if path.suffix == ".xlsx":
            write_workbook(path, group)
        elif path.suffix == ".csv":
            write_csv(path, group[0])
        elif path.suffix == ".geojson":
            write_geojson(path, group[0])
        else:
            write_layer(path, group[0])
    return [folder / name for name in files]


def cells(sheet: Sheet, record: Record) -> list[Cell]:
    return [
        record.shape.wkt if col.field == "geometry" and record.shape else value(record.cells.get(col.field), col, sheet.dates)
        for col in sheet.columns
    ]


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """One sheet per town or subject: a plain header, a title above it, or a two-row merged header."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = book.add_format({"bold": True, "align": "center", "border": 1})
        for sheet in sheets:
            page = book.add_worksheet(sheet.layer)
            row = _head(page, sheet, head)
            for record in sheet.records:
                for place, cell in enumerate(cells(sheet, record)):
                    _put(page, row, place, cell, day)
                row += 1


def _head(page: Any, sheet: Sheet, style: Any) -> int:
    """Write the heading rows; returns the first data row (0-based)."""
    row, last = 0, len(sheet.columns) - 1
    if sheet.style != "plain":
        page.merge_range(0, 0, 0, last, f"上虞区{sheet.layer}工业用地摸排（{MARK}）", style)
        row = 1
    if sheet.style == "grouped":
        edges = [0, len(sheet.columns) // 3, 2 * len(sheet.columns) // 3, len(sheet.columns)]
        for name, start, end in zip(GROUPS, edges, edges[1:], strict=False):
            page.merge_range(row, start, row, end - 1, name, style)
        row += 1
    for place, col in enumerate(sheet.columns):
        page.write_string(row, place, col.heading, style)
    return row + 1


def _put(page: Any, row: int, place: int, cell: Cell, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        page.write_datetime(row, place, cell, day)
    elif isinstance(cell, int | Decimal):
        page.write_number(row, place, float(cell))
    else:
        page.write_string(row, place, cell)


def write_csv(path: Path, sheet: Sheet) -> None:
    encoding = "utf-8-sig" if sheet.encoding == "utf-8" else sheet.encoding
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow([col.heading for col in sheet.columns])
        for record in sheet.records:
            writer.writerow(["" if cell is None else str(cell) for cell in cells(sheet, record)])


def write_geojson(path: Path, sheet: Sheet) -> None:
    """Plain GeoJSON in lon/lat with full precision."""
    features = []
    for record in sheet.records:
        words = {col.heading: _plain(cell) for col, cell in zip(sheet.columns, cells(sheet, record), strict=True)}
        features.append({"type": "Feature", "properties": words, "geometry": shapely.geometry.mapping(record.shape)})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8")


def _plain(cell: Cell) -> None | str | int | float:
    return float(cell) if isinstance(cell, Decimal) else cell.isoformat() if isinstance(cell, date) else cell


def write_layer(path: Path, sheet: Sheet) -> None:
    """Shapefile or GeoPackage in the sheet's own coordinate system and encoding."""
    rows = [cells(sheet, record) for record in sheet.records]
    fields = [_array([row[place] for row in rows]) for place in range(len(sheet.columns))]
    shapes = in_crs([record.shape for record in sheet.records], sheet.crs)
    write_arrays(path, shapes, fields, [col.heading for col in sheet.columns], sheet.crs, sheet.layer, sheet.encoding)


def write_arrays(
    path: Path,
    shapes: Sequence[Any],
    fields: Sequence[np.ndarray],
    names: Sequence[str],
    crs: str | None,
    layer: str,
    encoding: str,
) -> None:
    """Hand arrays to GDAL; a shapefile keeps its Chinese headings in GBK."""
    options: dict[str, Any] = {"layer": layer} if path.suffix == ".gpkg" else {"encoding": encoding}
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(np.array(shapes, dtype=object)),
        list(fields),
        list(names),
        geometry_type="Polygon",
        crs=crs,
        driver="GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile",
        promote_to_multi=False,
        **options,
    )


def in_crs(shapes: Sequence[Any], crs: str) -> list[Any]:
    """Lon/lat shapes in `crs`; neighbours keep their common vertices."""
    if crs == "EPSG:4490":
        return list(shapes)
    turn = Transformer.from_crs("EPSG:4490", crs, always_xy=True)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))

    return list(shapely.transform(np.array(shapes, dtype=object), move))


def _array(column: Sequence[Cell]) -> np.ndarray:
    """Numbers where every given value is one, else text (None stays None)."""
    if any(cell is not None for cell in column) and all(cell is None or isinstance(cell, int | Decimal) for cell in column):
        return np.array([np.nan if cell is None else float(cell) for cell in column])  # type: ignore[arg-type]
    return np.array([None if cell is None else str(_plain(cell)) for cell in column], dtype=object)
