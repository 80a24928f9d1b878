"""The one place where the survey app meets the readers and the domain: file → table → mapping → rows → report."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from tenglong import files
from tenglong.apps.survey import context
from tenglong.apps.survey.intake import SurveyError, file_of
from tenglong.apps.survey.models import ImportBatch
from tenglong.domain.geo.crs import swapped as turned
from tenglong.domain.geo.crs_names import LONLAT, UnknownCrs, transformer
from tenglong.domain.quality.issue import Issue, Report
from tenglong.domain.quality.run import run as run_checks
from tenglong.domain.survey.county import CountyFacts
from tenglong.domain.survey.kinds import UNIT_LABELS
from tenglong.domain.survey.mapping import Mapping, MappingError, settle
from tenglong.domain.survey.normalise import to_batch
from tenglong.domain.survey.table import Batch, Table

SAMPLES = 3


def county(actor: Any) -> CountyFacts:
    """Towns, names and outlines of the register; the same for every user."""
    return context.county()


#: the tables of the file read last, while one run takes the steps of a batch one after the other
_kept: ContextVar[dict[tuple[str, str], list[Table]] | None] = ContextVar("tables", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within it a file is parsed once, not once per step and per sheet."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read(batch: ImportBatch) -> list[Table]:
    """Tables of the file, parsed in a confined child. Raises SurveyError with a Chinese sentence."""
    kept, key = _kept.get(), (batch.stored_path, batch.encoding)
    if kept is not None and key in kept:
        return kept[key]
    try:
        tables = files.read(file_of(batch), name=batch.file_name, encoding=batch.encoding or None)
    except files.FileError as error:
        raise SurveyError(str(error)) from error
    if not tables:
        raise SurveyError(_("文件里没有可读的表或图层。"))
    tables = [named(table, batch) for table in tables]
    if kept is not None:
        kept.clear()
        kept[key] = tables
    return tables


def named(table: Table, batch: ImportBatch) -> Table:
    """A format without layer names calls its layer after the file: after the user's, not after the stored one."""
    stored = PurePosixPath(batch.stored_path).stem
    return replace(table, name=PurePosixPath(batch.file_name).stem) if table.name == stored else table


def table_of(batch: ImportBatch) -> Table:
    tables = read(batch)
    for table in tables:
        if table.name == batch.table_name:
            return table
    return tables[0]


def summary(table: Table) -> dict[str, Any]:
    """What the mapping page shows of a table."""
    samples = [
        [str(row[index]) for row in table.rows[:200] if row[index] not in (None, "")][:SAMPLES]
        for index in range(len(table.columns))
    ]
    return {
        "name": table.name,
        "rows": len(table.rows),
        "columns": list(table.columns),
        "samples": samples,
        "format": table.format,
        "crs": table.crs or "",
        "geometry": table.geometry is not None,
        "notes": list(table.notes),
        "points": [],
    }


def rows_of(batch: ImportBatch, table: Table, known: CountyFacts) -> tuple[Batch, list[Issue]]:
    """Normalised rows, geometry in EPSG:4490. Raises SurveyError."""
    try:
        mapping = settle(Mapping.from_json(batch.mapping), table)
        crs, _bar, swapped = batch.crs.partition("|")
        rows, issues = to_batch(batch.kind, table, mapping, crs=crs or None, profile=known.code or None)
    except (MappingError, UnknownCrs) as error:
        raise SurveyError(str(error)) from error
    to_lonlat(rows, north_first=bool(swapped))
    fill_towns(rows, known)
    fill_stated_text(rows)
    return rows, issues


def to_lonlat(rows: Batch, north_first: bool = False) -> None:
    """The record keeps EPSG:4490. Raises SurveyError when there are shapes and nobody knows where they are."""
    if rows.geometry is None or bool(shapely.is_missing(rows.geometry).all()):
        return
    if not rows.crs:
        raise SurveyError(_("图形的坐标系还没有确定，请在“坐标系”一栏选定。"))
    if north_first:
        rows.geometry = turned(rows.geometry)
    if rows.crs != LONLAT:
        change = transformer(rows.crs, LONLAT)
        moved = shapely.transform(rows.geometry, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
        rows.geometry = np.asarray(moved, dtype=object)
        rows.crs = LONLAT


def fill_towns(rows: Batch, known: CountyFacts) -> None:
    """Town fields carry the 9-digit code where the name or code is one of the county's own."""
    for name in ("town", "production_town"):
        if name not in rows.fields:
            continue
        codes = rows.fields.pop(f"{name}_code", None) or [None] * len(rows)
        rows.fields[name] = [town_code(code, given, known.towns) for code, given in zip(codes, rows.fields[name], strict=True)]


def town_code(code: Any, given: Any, towns: MappingType[str, str]) -> str | None:
    for value in (code, given):
        text = str(value or "").strip()
        if len(text) == 12 and text.endswith("000") and text.isdigit():
            text = text[:9]
        if len(text) == 9 and text.isdigit():
            return text
        if text in towns:
            return towns[text]
    return None


def fill_stated_text(rows: Batch) -> None:
    """The stated area also as it was written, with its unit: 证载亩数 is kept as given."""
    given = rows.given.get("stated_area")
    if given:
        unit = UNIT_LABELS.get(rows.units.get("stated_area", ""), "")
        rows.fields["stated_text"] = [f"{text}{unit}"[:48] if text else None for text in given]


def check(rows: Batch, issues: list[Issue], known: CountyFacts, actor: Any) -> Report:
    """With the county's own thresholds, and what is held as far as `actor` may see it."""
    held = context.context(rows.kind, known, actor)
    return run_checks([rows], held, context.options(known.code), primary=rows.kind, issues=issues)
