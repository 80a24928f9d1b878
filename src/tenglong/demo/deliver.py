"""Brings the departments' tables into the record as imports: a kept file, a batch, its rows, its facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenglong.apps.registry import bulk
from tenglong.apps.survey import intake
from tenglong.apps.survey.models import Action, ImportBatch, Mode, StagedRow, State
from tenglong.apps.survey.pipeline import summary
from tenglong.demo.county import MARK, YEARS, County
from tenglong.demo.ledger import Sheet
from tenglong.domain.measures import packaged
from tenglong.domain.survey.mapping import propose
from tenglong.domain.survey.table import Table
from tenglong.store.bulk import insert_rows

UNITS = {"wan_yuan": "万元", "kwh": "千瓦时", "t": "吨", "tce": "吨标准煤", "person": "人", "mu": "亩", "m2": "平方米"}
HEADINGS = ("统一社会信用代码", "企业名称", "期间", "数据部门", "采集依据", "依据文号")
BASES = {"shared": "部门共享", "declared": "企业申报并授权", "statistics": "统计"}
FIRST_ROW = 2
SAMPLE = 50
Progress = Callable[[float], None]


class _File:
    """A written table as an upload."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name: str | None = name
        self.content = content

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]:
        return [self.content]


def deliver(sheets: list[Sheet], county: County, firm_ids: Mapping[str, int], actor: Any, progress: Progress) -> int:
    """Every sheet becomes one finished batch. Returns how many facts were written. Call inside a transaction.

    The lines of the two last years are kept as staged rows, for evaluations lead from a figure to its line; of the years
    before there are the file and the batch.
    """
    names = {firm.uscc: firm.name for firm in county.enterprises}
    written, mappings = 0, _Mappings()
    for number, sheet in enumerate(sheets, 1):
        batch = _batch(sheet, names, mappings)
        written += _facts(sheet, firm_ids, actor, batch)
        if sheet.year in YEARS[-2:]:
            _rows(sheet, names, firm_ids, batch)
        progress(number / len(sheets))
    return written


def lay_out(sheets: list[Sheet], county: County, folder: Path) -> list[Path]:
    """Files of the departments that have not sent theirs yet, to be imported by hand."""
    names = {firm.uscc: firm.name for firm in county.enterprises}
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / file_name(sheet.department, sheet.year) for sheet in sheets]
    for sheet, path in zip(sheets, files, strict=True):
        path.write_bytes(_csv(_columns(sheet), _lines(sheet, names)))
    return files


def file_name(department: str, year: int) -> str:
    return f"{year}年{department}数据（{MARK}）.csv"


class _Mappings:
    """A department heads its columns alike every year."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def of(self, table: Table) -> dict[str, Any]:
        if table.columns not in self._known:
            self._known[table.columns] = propose("facts", table).as_json()
        return self._known[table.columns]


def _lines(sheet: Sheet, names: Mapping[str, str]) -> list[tuple[str, ...]]:
    measures, basis = sheet.measures, BASES[sheet.basis]
    return [
        (uscc, names[uscc], str(sheet.year), sheet.department, basis, sheet.document,
         *(_given(values.get(name)) for name in measures))
        for uscc, values in sheet.rows.items()
    ]


def _given(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _columns(sheet: Sheet) -> tuple[str, ...]:
    known = packaged()
    return (*HEADINGS, *(f"{known[name].label}（{UNITS[known[name].unit]}）" for name in sheet.measures))


def _batch(sheet: Sheet, names: Mapping[str, str], mappings: _Mappings) -> ImportBatch:
    """The file as the department would send it, and the batch as it stands after its import."""
    columns, lines = _columns(sheet), _lines(sheet, names)
    name = file_name(sheet.department, sheet.year)
    sha256, size, path = intake.keep(_File(name, _csv(columns, lines)), name)
    some = lines[:SAMPLE]
    table = Table(name.removesuffix(".csv"), name, "csv", columns, some, range(FIRST_ROW, FIRST_ROW + len(some)))
    sent = date(sheet.year + 1, 3, 20)
    counts = {"rows": len(lines), "new": len(lines), "changed": 0, "unchanged": 0, "rejected": 0}
    return ImportBatch.objects.create(
        kind="facts", state=State.DONE, mode=Mode.CHANGE, sha256=sha256, file_name=name, file_size=size, stored_path=path,
        table_name=table.name, tables=[summary(table) | {"rows": len(lines)}], mapping=mappings.of(table),
        survey_date=sent, counts=counts, confirmed_at=datetime.combine(sent, time(8), UTC),
        applied={"counts": {"new": len(lines)}, "mode": Mode.CHANGE, "valid_from": sent.isoformat()},
    )


def _csv(columns: tuple[str, ...], lines: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def _facts(sheet: Sheet, firm_ids: Mapping[str, int], actor: Any, batch: ImportBatch) -> int:
    cells = [(firm_ids[uscc], name, value) for uscc, values in sheet.rows.items() for name, value in values.items()]
    size = len(cells)
    rows = bulk.PreparedRows(["new"] * size, [None] * size, {
        "subject_type": ["enterprise"] * size, "subject_id": [firm for firm, _, _ in cells],
        "measure": [name for _, name, _ in cells], "period": [str(sheet.year)] * size,
        "value_e6": [int(value.scaleb(6)) for _, _, value in cells], "given": [f"{value:f}" for _, _, value in cells],
        "department": [sheet.department] * size, "legal_basis": [sheet.basis] * size, "legal_document": [sheet.document] * size,
    })
    bulk.apply("facts", rows, actor=actor, on=batch.survey_date or date(sheet.year, 12, 31), batch_id=batch.pk)
    return size


def _rows(sheet: Sheet, names: Mapping[str, str], firm_ids: Mapping[str, int], batch: ImportBatch) -> None:
    """The rows of the file: a figure leads to its line."""
    told = {"period": str(sheet.year), "department": sheet.department, "legal_basis": sheet.basis,
            "legal_document": sheet.document}
    lines = (
        (batch.pk, place, FIRST_ROW + place, uscc, Action.NEW.value, Action.NEW.value,
         {"uscc": uscc, "enterprise_name": names[uscc], **told, **{name: f"{value:f}" for name, value in values.items()}},
         {"enterprise_id": firm_ids[uscc]})
        for place, (uscc, values) in enumerate(sheet.rows.items())
    )
    insert_rows(StagedRow, ["batch_id", "position", "row", "key", "action", "verdict", "values", "links"], lines)
