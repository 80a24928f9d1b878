"""Brings the departments' tables into the record as imports: a kept file, a batch, its rows, its facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenglong.apps.survey.checked import FIRST_ROW, SAMPLE, CheckedFacts, record_facts
from tenglong.demo.county import MARK, YEARS, County
from tenglong.demo.ledger import Sheet
from tenglong.domain.measures import packaged
from tenglong.domain.survey.mapping import propose
from tenglong.domain.survey.table import Table

UNITS = {"wan_yuan": "万元", "kwh": "千瓦时", "t": "吨", "tce": "吨标准煤", "person": "人", "mu": "亩", "m2": "平方米"}
HEADINGS = ("统一社会信用代码", "企业名称", "期间", "数据部门", "采集依据", "依据文号")
BASES = {"shared": "部门共享", "declared": "企业申报并授权", "statistics": "统计"}
Progress = Callable[[float], None]


def deliver(sheets: list[Sheet], county: County, firm_ids: Mapping[str, int], actor: Any, progress: Progress) -> int:
    """Every sheet becomes one finished batch. Returns how many facts were written. Call inside a transaction.

    The lines of the two last years are kept as staged rows, for evaluations lead from a figure to its line; of the years
    before there are the file and the batch.
    """
    names = {firm.uscc: firm.name for firm in county.enterprises}
    written, mappings = 0, _Mappings()
    for number, sheet in enumerate(sheets, 1):
        traced = names if sheet.year in YEARS[-2:] else None
        written += record_facts(actor, _checked(sheet, names, mappings), firm_ids, names=traced)
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


def _checked(sheet: Sheet, names: Mapping[str, str], mappings: _Mappings) -> CheckedFacts:
    """The file as the department would send it, with what it says."""
    columns, lines = _columns(sheet), _lines(sheet, names)
    name = file_name(sheet.department, sheet.year)
    some = Table(name, name, "csv", columns, lines[:SAMPLE], range(FIRST_ROW, FIRST_ROW + len(lines[:SAMPLE])))
    return CheckedFacts(
        name, _csv(columns, lines), columns, lines, mappings.of(some), sheet.year, sheet.department, sheet.basis,
        sheet.document, date(sheet.year + 1, 3, 20), sheet.rows,
    )


def _csv(columns: tuple[str, ...], lines: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")
