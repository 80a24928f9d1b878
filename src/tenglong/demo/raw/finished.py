"""Finished files of the raw folder opened as grids: cells, shapes, rows as the user counts them; saved back in place."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import shapely
from pyproj import Transformer

from tenglong.demo.plane import PLANE
from tenglong.demo.raw.headings import Column, kind_of_file, read_heading
from tenglong.demo.raw.write import write_arrays

HEADER_ROWS = 6


class Grid:
    """One sheet or layer. `rows[i]` are cells, `shapes[i]` the drawn shape (or absent), `numbers[i]` the row the user sees."""

    def __init__(self, path: Path, sheet: str, kind: str, headings: list[str], rows: list[list[Any]], first: int = 1,
                 shapes: list[Any] | None = None, crs: str = "EPSG:4490", text_only: bool = False) -> None:
        self.path, self.sheet, self.kind, self.headings, self.rows = path, sheet, kind, headings, rows
        self.first, self.shapes, self.crs, self.text_only = first, shapes, crs, text_only
        found = [(place, read_heading(kind, heading)) for place, heading in enumerate(headings)]
        self.columns: dict[str, tuple[int, Column]] = {col.field: (place, col) for place, col in found if col}
        self.changed = False
        self._inward = Transformer.from_crs(crs, PLANE, always_xy=True)
        self._outward = Transformer.from_crs(PLANE, crs, always_xy=True)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def drawn(self) -> bool:
        return self.shapes is not None or "geometry" in self.columns

    def number(self, index: int) -> int:
        return self.first + index

    def heading(self, field: str) -> str:
        return self.headings[self.columns[field][0]] if field in self.columns else ""

    def unit(self, field: str) -> str:
        return self.columns[field][1].unit

    def get(self, index: int, field: str) -> Any:
        if field not in self.columns:
            return None
        cell = self.rows[index][self.columns[field][0]]
        return None if cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell)) else cell

    def set(self, index: int, field: str, cell: Any) -> None:
        self.rows[index][self.columns[field][0]] = cell
        self.changed = True

    def copy(self, index: int) -> int:
        """Append a copy of a row (with its shape); returns its index."""
        self.rows.append(list(self.rows[index]))
        if self.shapes is not None:
            self.shapes.append(self.shapes[index])
        self.changed = True
        return len(self.rows) - 1

    def drop(self, indexes: Collection[int]) -> None:
        """Delete rows; the numbers of later rows move up, as they would in the office."""
        keep = [place for place in range(len(self.rows)) if place not in indexes]
        self.rows = [self.rows[place] for place in keep]
        self.shapes = None if self.shapes is None else [self.shapes[place] for place in keep]
        self.changed = True

    def plane(self, index: int) -> Any:
        """The shape in metres (CGCS2000, 120°E), None when the row has none."""
        shape = self.shapes[index] if self.shapes is not None else None
        if shape is None and (text := self.get(index, "geometry")):
            shape = shapely.from_wkt(text, on_invalid="ignore")
        return None if shape is None else shapely.transform(shape, lambda xy: _turn(xy, self._inward))

    def draw(self, index: int, shape: Any) -> None:
        """Put a plane shape into the row, in the file's own coordinates."""
        self.draw_raw(index, shapely.transform(shape, lambda xy: _turn(xy, self._outward)))

    def draw_raw(self, index: int, shape: Any) -> None:
        """Put a shape as it is, without projecting."""
        if self.shapes is None:
            self.set(index, "geometry", shapely.to_wkt(shape, rounding_precision=-1))
        else:
            self.shapes[index] = shape
        self.changed = True

    def raw(self, index: int) -> Any:
        return self.shapes[index] if self.shapes is not None else shapely.from_wkt(self.get(index, "geometry"))


def _turn(xy: np.ndarray, turn: Transformer) -> np.ndarray:
    return np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))


class Folder:
    """All files of a raw folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.grids: list[Grid] = []
        self._books: dict[Path, Any] = {}
        for file in sorted(path.iterdir()):
            if kind := kind_of_file(file.name):
                self.grids += list(self._open(file, kind))

    def of(self, kind: str) -> list[Grid]:
        return [grid for grid in self.grids if grid.kind == kind]

    def _open(self, file: Path, kind: str) -> Iterator[Grid]:
        if file.suffix == ".xlsx":
            self._books[file] = openpyxl.load_workbook(file)
            for page in self._books[file]:
                yield _from_page(file, kind, page)
        elif file.suffix == ".csv":
            yield _from_csv(file, kind)
        elif file.suffix == ".geojson":
            yield _from_geojson(file, kind)
        elif file.suffix in (".shp", ".gpkg"):
            yield _from_layer(file, kind)

    def save(self) -> None:
        """Write back the files that changed."""
        for file, book in self._books.items():
            pages = [grid for grid in self.grids if grid.path == file and grid.changed]
            for grid in pages:
                _to_page(grid, book[grid.sheet])
            if pages:
                book.save(file)
        for grid in self.grids:
            if grid.changed and grid.path.suffix != ".xlsx":
                {".csv": _to_csv, ".geojson": _to_geojson}.get(grid.path.suffix, _to_layer)(grid)


def _from_page(file: Path, kind: str, page: Any) -> Grid:
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    known = [sum(read_heading(kind, str(cell or "")) is not None for cell in row) for row in rows[:HEADER_ROWS]]
    head = int(np.argmax(known))
    return Grid(file, page.title, kind, [str(cell or "") for cell in rows[head]], rows[head + 1:], head + 2)


def _to_page(grid: Grid, page: Any) -> None:
    """Changed cells only, so that formats stay; rows beyond the end are emptied or appended."""
    last = page.max_row
    for index, row in enumerate(grid.rows):
        for place, cell in enumerate(row):
            target = page.cell(grid.number(index), place + 1)
            if target.value != cell or type(target.value) is not type(cell):
                target.value = cell
                if isinstance(cell, date | datetime):
                    target.number_format = "yyyy-mm-dd"
    spare = last - grid.number(len(grid.rows)) + 1
    if spare > 0:
        page.delete_rows(grid.number(len(grid.rows)), spare)


def _encoding(file: Path) -> str:
    return "utf-8-sig" if file.read_bytes().startswith(b"\xef\xbb\xbf") else "GB18030"


def _from_csv(file: Path, kind: str) -> Grid:
    with file.open(encoding=_encoding(file), newline="") as source:
        rows = [list(row) for row in csv.reader(source)]
    return Grid(file, "", kind, rows[0], rows[1:], 2, text_only=True)


def _to_csv(grid: Grid) -> None:
    encoding = _encoding(grid.path)
    with grid.path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([grid.headings, *[["" if cell is None else str(cell) for cell in row] for row in grid.rows]])


def _from_geojson(file: Path, kind: str) -> Grid:
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    headings = list(features[0]["properties"])
    rows = [[feature["properties"].get(name) for name in headings] for feature in features]
    return Grid(file, "", kind, headings, rows, 1, [shapely.geometry.shape(feature["geometry"]) for feature in features])


def _to_geojson(grid: Grid) -> None:
    features = [{"type": "Feature", "properties": dict(zip(grid.headings, row, strict=True)),
                 "geometry": shapely.geometry.mapping(shape)} for row, shape in zip(grid.rows, grid.shapes or [], strict=True)]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    grid.path.write_text(text, encoding="utf-8")


def _from_layer(file: Path, kind: str) -> Grid:
    options = {"encoding": "GBK"} if file.suffix == ".shp" else {}
    meta, _, wkb, fields = pyogrio.raw.read(str(file), **options)
    rows = [list(row) for row in zip(*[column.tolist() for column in fields], strict=True)]
    layer = pyogrio.list_layers(str(file))[0][0] if file.suffix == ".gpkg" else ""
    return Grid(file, layer, kind, list(meta["fields"]), rows, 1, list(shapely.from_wkb(wkb)), meta["crs"] or PLANE)


def _to_layer(grid: Grid) -> None:
    fields = [_column([row[place] for row in grid.rows]) for place in range(len(grid.headings))]
    for part in grid.path.parent.glob(grid.path.stem + ".*"):
        part.unlink()
    write_arrays(grid.path, grid.shapes or [], fields, grid.headings, grid.crs, grid.sheet, "GBK")


def _column(cells: list[Any]) -> np.ndarray:
    """Numbers stay numbers; one cell of text turns the whole column into text, as in a layer's table."""
    if all(cell is None or isinstance(cell, int | float) for cell in cells) and any(cell is not None for cell in cells):
        return np.array([np.nan if cell is None else float(cell) for cell in cells])
    return np.array([None if cell is None else _text(cell) for cell in cells], dtype=object)


def _text(cell: Any) -> str:
    return f"{cell:.6f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
