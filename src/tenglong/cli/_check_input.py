"""From a file on disk to a Batch that can be checked: by the survey mapping, and by columns that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely

from tenglong.domain.geo import crs as coordinate_systems
from tenglong.domain.geo import crs_names
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.registry import DRAWN
from tenglong.domain.survey.county import CountyFacts
from tenglong.domain.survey.mapping import Mapping, propose
from tenglong.domain.survey.normalise import to_batch
from tenglong.domain.survey.table import Batch, Table
from tenglong.domain.units import UnitError, to_cm2, unit_in_heading
from tenglong.files import read
from tenglong.policies import code_books

SURE = 0.9
NOWHERE = CountyFacts()


class Unreadable(ValueError):
    """A file that was read but holds nothing to check; the message is a Chinese sentence."""


@dataclass
class Loaded:
    """A batch, the issues of reading it, and what was assumed on the way."""

    batch: Batch
    issues: list[Issue]
    file: str
    layer: str
    key: str
    key_reason: str
    stated_area: str = ""
    stated_unit: str = ""
    crs_reason: str = ""
    no_crs_skip: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        out = {
            "dataset": self.batch.kind, "file": self.file, "layer": self.layer, "rows": len(self.batch), "key": self.key,
            "key_reason": self.key_reason, "crs": self.batch.crs or "", "crs_reason": self.crs_reason, "columns": self.columns,
        }
        if self.stated_area:
            out |= {"stated_area": self.stated_area, "stated_unit": self.stated_unit}
        return out


def existing(path: Path) -> Path:
    """Raises click.UsageError (exit 2) when there is no such file."""
    if not path.exists():
        raise click.UsageError(f"找不到文件“{path}”，请检查路径和文件名")
    return path


def load(kind: str, path: Path, *, layer: str | None, crs: str | None, key: str | None, stated_area: str | None = None,
         stated_unit: str | None = None, county: CountyFacts = NOWHERE) -> Loaded:
    """Raises files.FileError, Unreadable, UnknownCrs; click.UsageError for a layer or column that is not there."""
    table = table_of(path, layer)
    return taken(kind, table, path, crs=crs, key=key, stated_area=stated_area, stated_unit=stated_unit, county=county)


def table_of(path: Path, layer: str | None) -> Table:
    """The layer or sheet asked for, else the first with rows. Raises files.FileError, Unreadable; click.UsageError."""
    return _table(read(path), layer, path)


def taken(kind: str, table: Table, path: Path, *, crs: str | None, key: str | None, stated_area: str | None = None,
          stated_unit: str | None = None, county: CountyFacts = NOWHERE) -> Loaded:
    """A table already read, as a batch with its key and coordinate system settled."""
    mapping, foreign = _mapping(kind, table)
    settled = crs_names.parse(crs) if crs else None
    batch, issues = to_batch(kind, table, mapping, crs=crs or table.crs, profile=county.code or None, books=code_books())
    if foreign:
        issues = [issue for issue in issues if issue.rule != "missing-required"]
    loaded = Loaded(batch, issues, path.name, table.name, "", "", columns={c.field: c.heading for c in mapping.columns})
    _choose_crs(loaded, county, given=settled is not None)
    _choose_key(loaded, table, key)
    if stated_area:
        _take_stated_area(loaded, table, stated_area, stated_unit)
    return loaded


def _table(tables: Sequence[Table], layer: str | None, path: Path) -> Table:
    if not tables:
        raise Unreadable(f"“{path.name}”里没有数据表或图层")
    if layer is None:
        return next((table for table in tables if len(table.rows)), tables[0])
    for table in tables:
        if table.name == layer:
            return table
    raise click.UsageError(f"“{path.name}”里没有图层“{layer}”，有：{'、'.join(table.name for table in tables)}")


def _mapping(kind: str, table: Table) -> tuple[Mapping, bool]:
    """A drawn layer whose headings are of another country or office keeps only columns that are surely meant.

    It is then foreign: its rows are checked as shapes, and are not refused for lacking our required fields.
    """
    mapping = propose(kind, table)
    if kind not in DRAWN or table.geometry is None:
        return mapping, False
    sure = tuple(column for column in mapping.columns if column.confidence >= SURE)
    codes = {"plots": {"plot_code", "survey_number"}, "parcels": {"parcel_code"}, "buildings": {"building_code"}}[kind]
    foreign = not codes & {column.field for column in sure}
    return (Mapping(mapping.kind, sure, mapping.ignored, mapping.notes) if foreign else mapping), foreign


def _choose_crs(loaded: Loaded, county: CountyFacts, *, given: bool) -> None:
    batch = loaded.batch
    if batch.geometry is None:
        return
    if given:
        loaded.crs_reason = "由 --crs 指定"
    elif batch.crs:
        loaded.crs_reason = "文件自带"
    else:
        choice = coordinate_systems.choose(shapely.get_coordinates(batch.geometry),
                                            county=county.profile if county.code else None)
        if choice.chosen is None:
            names = "；".join(f"{one.crs}（{one.label}）" for one in choice.candidates[:4])
            loaded.no_crs_skip = f"文件没有坐标系，请用 --crs 指定。可能是：{names or '无法判断'}。图形按米计检查"
            return
        batch.crs, loaded.crs_reason = choice.chosen.crs, choice.chosen.reason
        if choice.chosen.swapped:
            batch.geometry = coordinate_systems.swapped(batch.geometry)


def column_index(table: Table, name: str) -> int:
    """Place of the column headed `name`. Raises click.UsageError naming the columns there are."""
    if name not in table.columns:
        raise click.UsageError(f"没有“{name}”这一列，可用的列：{'、'.join(table.columns)}")
    return table.columns.index(name)


def _choose_key(loaded: Loaded, table: Table, key: str | None) -> None:
    """The column the user names, else our own key field, else the first text column that names every row once."""
    batch = loaded.batch
    if key is not None:
        _set_keys(loaded, table, column_index(table, key), "由 --key 指定")
        return
    own = [name for name in ("plot_code", "parcel_code", "building_code", "survey_number") if name in loaded.columns]
    if own or batch.geometry is None:
        loaded.key = loaded.columns.get(own[0], "") if own else ""
        loaded.key_reason = "按表头识别" if own else "按数据种类的主键"
        return
    found = [index for index in range(len(table.columns)) if _names_every_row(table, index)]
    if found:
        _set_keys(loaded, table, min(found, key=lambda index: (_looks_technical(table, index), index)), "值不重复的列")
    else:
        batch.keys = [str(row) for row in batch.rows]
        loaded.key, loaded.key_reason = "", "没有值不重复的列，用行号"


def _set_keys(loaded: Loaded, table: Table, index: int, reason: str) -> None:
    loaded.batch.keys = [_text(row[index]) for row in table.rows]
    loaded.batch.extra["key"] = table.columns[index]
    loaded.key, loaded.key_reason = table.columns[index], reason


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _names_every_row(table: Table, index: int) -> bool:
    cells = [row[index] for row in table.rows]
    if not cells or not all(isinstance(cell, str | int) and not isinstance(cell, bool) for cell in cells):
        return False
    texts = {_text(cell) for cell in cells}
    return len(texts) == len(cells) and "" not in texts


def _looks_technical(table: Table, index: int) -> bool:
    """Object numbers of the software that made the file (fid, OBJECTID, Objet_12) are poor keys."""
    heading = table.columns[index].lower()
    return heading in {"fid", "gid", "id", "ogc_fid"} or heading.startswith("object")


def _take_stated_area(loaded: Loaded, table: Table, name: str, unit: str | None) -> None:
    """Column `name` becomes the stated area in cm²; a cell that is no number is an issue of its row."""
    index, batch = column_index(table, name), loaded.batch
    loaded.stated_area, loaded.stated_unit = name, unit or unit_in_heading(name) or "m2"
    given = [_text(row[index]) for row in table.rows]
    values: list[Any] = []
    for at, text in enumerate(given):
        value = _cm2(text, loaded.stated_unit)
        values.append(value)
        if text and value is None:
            loaded.issues.append(Issue(
                batch.kind, batch.rows[at], batch.keys[at], "stated_area", "bad-number", text, Severity.ERROR,
                f"证载面积“{text}”不是数", "改成数字，单位写在表头"))
    batch.fields["stated_area"], batch.given["stated_area"] = values, given
    batch.headings["stated_area"], batch.units["stated_area"] = name, loaded.stated_unit


def _cm2(text: str, unit: str) -> int | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
        return to_cm2(number, unit) if number.is_finite() else None
    except (InvalidOperation, UnitError):
        return None


def drawn(batch: Batch) -> int:
    """Rows that have a shape."""
    return 0 if batch.geometry is None else int(np.count_nonzero(~shapely.is_missing(batch.geometry)))
