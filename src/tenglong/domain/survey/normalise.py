"""Table + mapping → Batch: column by column, exact, every failure an Issue that names its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
import shapely

from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.divisions import resolve_column
from tenglong.domain.survey.kinds import FieldSpec, KindSpec, spec_of
from tenglong.domain.survey.mapping import ColumnMap, Mapping, MappingError, validate
from tenglong.domain.survey.table import Batch, Cell, Fault, Geometries, Table, Value
from tenglong.domain.survey.values import Problem, parse, text_of
from tenglong.domain.units import area_text


def to_batch(
    kind: str | KindSpec, table: Table, mapping: Mapping, *, crs: str | None = None, profile: Any = None, books: Any = None
) -> tuple[Batch, list[Issue]]:
    """Rows of `table` as a Batch of `kind`, with the issues of reading them. No row is left out.

    Areas become cm², money 分. Geometry stays in the file's coordinates; `crs` overrides the file's own. `profile`
    (county: attribute `division`) and `books` are handed to the resolution of division names. Raises MappingError.
    """
    spec = spec_of(kind)
    if faults := validate(mapping, table):
        raise MappingError("；".join(faults))
    batch = Batch(spec.kind, table.source, list(table.row_numbers), [], {}, crs=crs or table.crs)
    problems = list(_read_columns(spec, table, mapping, batch))
    batch.geometry, shape_problems = _geometry(spec, table, mapping)
    batch.keys = _keys(spec, batch)
    batch.extra = {"table": table.name, "format": table.format}
    problems += shape_problems
    problems += _missing(spec, batch, {(at, field) for at, field, problem in problems if problem.severity is Severity.ERROR})
    issues = [_issue(batch, at, field, problem) for at, field, problem in problems]
    issues += _faults(batch, table, mapping)
    issues += resolve_column(spec, batch, profile, books)
    return batch, sorted(issues, key=lambda issue: (issue.row, issue.field, issue.rule))


Found = tuple[int, str, Problem]


def _read_columns(spec: KindSpec, table: Table, mapping: Mapping, batch: Batch) -> Iterator[Found]:
    columns = list(zip(*table.rows, strict=True)) if table.rows else []
    for column in mapping.columns:
        field = spec.field(column.field)
        batch.headings[field.id] = column.heading
        if field.type == "geometry":
            continue
        if column.unit:
            batch.units[field.id] = column.unit
        cells = columns[column.index] if columns else ()
        batch.given[field.id] = [text_of(cell) for cell in cells]
        batch.fields[field.id], found = _parse_column(cells, field, column)
        yield from found


def _parse_column(cells: Iterable[Cell], field: FieldSpec, column: ColumnMap) -> tuple[list[Value], list[Found]]:
    """Equal cells are parsed once: surveys repeat towns, uses, dates and many areas."""
    known: dict[tuple[type, Cell], tuple[Value, tuple[Problem, ...]]] = {}
    values: list[Value] = []
    found: list[Found] = []
    for at, cell in enumerate(cells):
        key = (type(cell), cell)
        reading = known.get(key)
        if reading is None:
            reading = known[key] = parse(cell, field, column.unit)
        values.append(reading[0])
        found.extend((at, field.id, problem) for problem in reading[1])
    return values, found


def _geometry(spec: KindSpec, table: Table, mapping: Mapping) -> tuple[Geometries | None, list[Found]]:
    """The file's own geometry, else a WKT column."""
    column = next((item for item in mapping.columns if spec.field(item.field).type == "geometry"), None)
    if table.geometry is not None or column is None:
        return table.geometry, []
    texts = np.array([text_of(row[column.index]) or None for row in table.rows], dtype=object)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    given = np.array([text is not None for text in texts], dtype=bool)
    shapes, found = _finite(shapes, column.field)
    bad = np.flatnonzero(given & shapely.is_missing(shapes) & ~np.isin(np.arange(len(texts)), [at for at, _, _ in found]))
    problem = Problem(
        "geometry-unreadable", Severity.ERROR, "图形文字不是 WKT，读不出来", "请写成 POLYGON((经度 纬度, …))，首尾点相同"
    )
    return shapes, [*found, *((int(at), column.field, problem) for at in bad)]


def _finite(shapes: Geometries, field: str) -> tuple[Geometries, list[Found]]:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    problem = Problem("non-finite-coordinates", Severity.ERROR, "图形坐标里有非数字(NaN)或无穷大", "请检查该图形的坐标")
    bad = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    shapes[bad] = None
    return shapes, [(int(at), field, problem) for at in bad]


def _keys(spec: KindSpec, batch: Batch) -> list[str]:
    """Natural key as text, `|` between parts; the row number where no key is complete."""
    keys = [""] * len(batch)
    for names in spec.keys:
        columns = [batch.fields.get(name) for name in names]
        if any(column is None for column in columns):
            continue
        for at, parts in enumerate(zip(*columns, strict=True)):
            if not keys[at] and all(part is not None and part != "" for part in parts):
                keys[at] = "|".join(_key_text(spec.field(name), part) for name, part in zip(names, parts, strict=True))
    return [key or _partial(spec, batch, at) for at, key in enumerate(keys)]


def _partial(spec: KindSpec, batch: Batch, at: int) -> str:
    for names in spec.keys:
        for name in names:
            value = batch.fields[name][at] if name in batch.fields else None
            if value not in (None, "") and spec.field(name).type not in {"division", "period", "choice"}:
                return _key_text(spec.field(name), value)
    return f"第{batch.rows[at]}行"


def _key_text(field: FieldSpec, value: Value) -> str:
    if field.type == "area" and isinstance(value, int):
        return f"{area_text(value, 'm2')}㎡"
    return value.isoformat() if isinstance(value, date) else str(value)


def _missing(spec: KindSpec, batch: Batch, told: set[tuple[int, str]]) -> Iterator[Found]:
    """Required fields without a value; a cell that was given and refused is told once, by its own rule."""
    for field in spec.fields:
        if field.required:
            problem = Problem("missing-required", Severity.ERROR, f"没有填{field.label}", f"请补填{field.label}")
            yield from ((at, field.id, problem) for at in _blank(batch, field.id) if (at, field.id) not in told)
    if spec.one_of:
        labels = "或".join(spec.field(name).label for name in spec.one_of)
        problem = Problem("missing-required", Severity.ERROR, f"没有填{labels}", f"请补填{labels}（至少一项）")
        blank = set.intersection(*(set(_blank(batch, name)) for name in spec.one_of))
        yield from (
            (at, spec.one_of[0], problem) for at in sorted(blank) if not any((at, name) in told for name in spec.one_of)
        )


def _blank(batch: Batch, name: str) -> list[int]:
    return [at for at, value in enumerate(batch.column(name)) if value is None or value == ""]


def _issue(batch: Batch, at: int, field: str, problem: Problem) -> Issue:
    given = batch.given.get(field)
    value = given[at] if given else ""
    return Issue(
        batch.kind,
        batch.rows[at],
        batch.keys[at],
        field,
        problem.rule,
        value,
        problem.severity,
        problem.message,
        problem.fix,
        size=problem.size,
    )


def _faults(batch: Batch, table: Table, mapping: Mapping) -> Iterator[Issue]:
    """What the reader itself refused, as errors of the row."""
    places = {row: at for at, row in enumerate(batch.rows)} if table.faults else {}
    fields = {column.index: column.field for column in mapping.columns}
    for fault in table.faults:
        yield _fault(batch, places[fault.row], fault, fields.get(fault.column, "geometry"))


def _fault(batch: Batch, at: int, fault: Fault, field: str) -> Issue:
    return Issue(
        batch.kind, fault.row, batch.keys[at], field, fault.rule, fault.value, Severity.ERROR, fault.message, fault.fix
    )
