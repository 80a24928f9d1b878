"""Lists written for others: Excel (constant memory, no live formulas), csv, GeoPackage."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
import xlsxwriter

from tenglong.files.safe import safe_cell, safe_text

#: GeoPackage version that QGIS 3.22 and ArcGIS of the same age open
GPKG_VERSION: Final = "1.2"
_FIGURES: Final = (int, float, Decimal)


@dataclass(frozen=True)
class Column:
    """Heading (with its unit), width in characters, Excel number format, e.g. `0.0000`."""

    heading: str
    width: int = 14
    number_format: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet to write; `notes` stand above the headings; `fills` colour cells of the body."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = ()
    fills: Mapping[tuple[int, int], str] = field(default_factory=dict)


def write_table(
    path: Path, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], notes: Sequence[str] = ()
) -> int:
    """An .xlsx with one sheet; returns the number of rows. Text that looks like a formula stays text."""
    return write_sheets(path, [Sheet(title, columns, rows, notes)])


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> int:
    """An .xlsx of several sheets in constant memory; returns the rows of the first."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    counts = []
    with xlsxwriter.Workbook(path, options) as book:
        formats = _Formats(book)
        for sheet in sheets:
            counts.append(_write_sheet(book, formats, sheet))
    return counts[0] if counts else 0


class _Formats:
    """Cell formats made once each."""

    def __init__(self, book: Any) -> None:
        self.book, self.known = book, dict[tuple[str, str, bool], Any]()

    def get(self, number_format: str = "", fill: str = "", bold: bool = False) -> Any:
        key = (number_format, fill, bold)
        if key not in self.known:
            style: dict[str, Any] = {"valign": "top"}
            style |= {"num_format": number_format} if number_format else {}
            style |= {"bg_color": f"#{fill}"} if fill else {}
            style |= {"bold": True, "bottom": 1} if bold else {}
            self.known[key] = self.book.add_format(style)
        return self.known[key]


def _write_sheet(book: Any, formats: _Formats, sheet: Sheet) -> int:
    page = book.add_worksheet(sheet_title(sheet.title))
    top = len(sheet.notes)
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width)
    for row, note in enumerate(sheet.notes):
        page.write_string(row, 0, safe_text(note))
    for index, column in enumerate(sheet.columns):
        page.write_string(top, index, safe_text(column.heading), formats.get(bold=True))
    page.freeze_panes(top + 1, 0)
    count = 0
    for cells in sheet.rows:
        count += 1
        for index, value in enumerate(cells):
            column = sheet.columns[index]
            style = formats.get(column.number_format, sheet.fills.get((count - 1, index), ""))
            _write_cell(page, top + count, index, value, style, formats)
    if count:
        page.autofilter(top, 0, top + count, len(sheet.columns) - 1)
    return count


def sheet_title(text: str) -> str:
    """At most 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    return "".join(" " if char in "[]:*?/\\" else char for char in text).strip("'")[:31] or "表"


def _write_cell(page: Any, row: int, column: int, value: Any, style: Any, formats: _Formats) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_string(row, column, "是" if value else "否", style)
    elif isinstance(value, _FIGURES) and _fits(value):
        page.write_number(row, column, float(value), style)
    elif isinstance(value, (datetime, date)):
        page.write_datetime(row, column, value, formats.get("yyyy-mm-dd"))
    else:
        page.write_string(row, column, safe_text(str(value)), style)


def _fits(value: int | float | Decimal) -> bool:
    """Excel keeps 15 digits: longer figures go as text so that none is lost."""
    number = Decimal(str(value))
    return number.is_finite() and len(number.as_tuple().digits) <= 15 and abs(number.adjusted()) < 300


def write_csv(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """UTF-8 with byte-order mark, which Excel and WPS need; returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_text(column.heading) for column in columns])
        for row in rows:
            count += 1
            writer.writerow([safe_cell(value) for value in row])
    return count


def write_gpkg(
    path: Path,
    layer: str,
    columns: Mapping[str, Sequence[Any]],
    geometry: Any,
    crs: str | None,
    *,
    geometry_type: str = "MultiPolygon",
) -> int:
    """A GeoPackage layer from columns of equal length and shapely geometries (None allowed); returns the number of rows.

    Decimal columns become REAL, dates text in ISO form; polygons are written as multi-polygons so that one type fits all.
    """
    import pyogrio

    shapes = np.asarray(geometry, dtype=object)
    whole = _as_multi(shapes) if geometry_type == "MultiPolygon" else shapes
    names, data, masks = [], [], []
    for name, values in columns.items():
        array, mask = _field(values)
        names.append(name)
        data.append(array)
        masks.append(mask)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(whole),
        data,
        names,
        masks,
        layer=layer,
        driver="GPKG",
        geometry_type=geometry_type,
        crs=crs,
        dataset_options={"VERSION": GPKG_VERSION},
    )
    return len(shapes)


def _as_multi(shapes: Any) -> Any:
    out = shapes.copy()
    for index in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON):
        out[index] = shapely.MultiPolygon([shapes[index]])
    return out


def _field(values: Sequence[Any]) -> tuple[Any, Any]:
    """numpy array and mask of nulls: integers, reals, else text."""
    mask = np.array([value is None for value in values], dtype=bool)
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 for value in known):
        return np.array([0 if value is None else value for value in values], dtype=np.int64), mask
    if known and all(isinstance(value, _FIGURES) and not isinstance(value, bool) for value in known):
        return np.array([np.nan if value is None else float(value) for value in values]), mask
    return np.array([None if value is None else str(value) for value in values], dtype=object), mask
