"""The part of an import that touches no record: file → table → mapping → batch → checks."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tenglong import files
from tenglong.domain.quality.issue import Issue, Report
from tenglong.domain.quality.run import run
from tenglong.domain.survey.combine import FolderReport, combine, give_back
from tenglong.domain.survey.kinds import KINDS, KindSpec, spec_of
from tenglong.domain.survey.mapping import Mapping, guess_kind, missing, propose, settle
from tenglong.domain.survey.normalise import to_batch
from tenglong.domain.survey.reading import areas_of_rows, choose_table, shown_mapping, totals
from tenglong.domain.survey.table import Batch, Table


@dataclass(frozen=True)
class Choice:
    """What the user fixed on the command line; None leaves it to the program."""

    mapping: Path | None = None
    sheet: str | None = None
    crs: str | None = None
    encoding: str | None = None
    county: str | None = None


@dataclass(frozen=True)
class Taken:
    """One file taken in: its table, how it was understood, and the rows."""

    path: Path
    table: Table
    mapping: Mapping
    batch: Batch
    issues: list[Issue]
    others: list[str]


def take(kind: str, path: Path, choice: Choice) -> Taken:
    """Raises files.FileError, mapping.MappingError, OSError; all but the last in Chinese."""
    spec = spec_of(kind)
    tables = files.read(path, layer=choice.sheet, encoding=choice.encoding)
    table, others = choose_table(tables, spec)
    return _understand(spec, path, table, others, choice)


def _understand(spec: KindSpec, path: Path, table: Table, others: list[str], choice: Choice) -> Taken:
    if choice.mapping:
        saved = Mapping.from_json({"kind": spec.kind, **json.loads(choice.mapping.read_text(encoding="utf-8"))})
        mapping = settle(saved, table)
    else:
        mapping = propose(spec, table)
    if not mapping.columns:
        heads = "、".join(name for name in table.columns if name)[:200]
        raise files.FileError(f"没有一列能对上“{spec.label}”的字段，读到的表头：{heads}", path.name, "请确认数据种类，或用 --mapping 指明对应关系")
    batch, issues = to_batch(spec, table, mapping, crs=_crs(choice.crs), profile=choice.county)
    return Taken(path, table, mapping, batch, issues, others)


def _crs(text: str | None) -> str | None:
    return f"EPSG:{text}" if text and text.isdigit() else text


def check(taken: list[Taken], primary: str) -> Report:
    """All files checked together; the report counts rows of `primary`. No county context: such checks are told as skipped."""
    batches = [one.batch for one in taken]
    issues = [issue for one in taken for issue in one.issues]
    return run(batches, primary=primary, issues=issues)


def single_report(taken: Taken) -> Report:
    """The report of one file, with its mapping, notes and totals."""
    spec = spec_of(taken.batch.kind)
    report = check([taken], spec.kind)
    report.extra |= {"kind": spec.kind, **_file_json(taken), "areas": areas_of_rows(spec, taken.batch)}
    return report


def _file_json(taken: Taken) -> dict[str, Any]:
    spec = spec_of(taken.batch.kind)
    return {
        "file": taken.path.name, "sheet": taken.table.name, "format": taken.table.format, "crs": taken.batch.crs,
        "mapping": shown_mapping(taken.mapping), "ignored": list(taken.mapping.ignored), "notes": list(taken.mapping.notes),
        "missing": missing(taken.mapping), "other_tables": taken.others, "totals": totals(spec, taken.batch),
    }


def take_folder(folder: Path, choice: Choice) -> tuple[list[Taken], list[dict[str, str]]]:
    """Every data file of a folder, in import order; the second part names the files left out and why."""
    taken: list[Taken] = []
    left: list[dict[str, str]] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or (path.is_dir() and path.suffix.lower() != ".gdb"):
            continue
        if path.suffix.lower() in {".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".xml", ".md"}:
            continue
        _take_file(path, choice, taken, left)
    taken.sort(key=lambda one: (KINDS.index(one.batch.kind), one.path.name, one.table.name))
    return taken, left


def _take_file(path: Path, choice: Choice, taken: list[Taken], left: list[dict[str, str]]) -> None:
    try:
        tables = files.read(path, encoding=choice.encoding)
    except files.FileError as error:
        left.append({"file": path.name, "reason": str(error)})
        return
    for table in tables:
        kind = guess_kind(table, path.name)
        if kind is None:
            left.append({"file": f"{path.name}：{table.name}", "reason": "看不出是哪一种数据，请用 tenglong import 种类 文件 单独导入"})
        else:
            taken.append(_understand(spec_of(kind), path, table, [], replace(choice, mapping=None)))


def folder_report(taken: list[Taken], left: list[dict[str, str]]) -> FolderReport:
    """One report of all files: counts over every data set, and each file's own figures under `files`."""
    groups = {kind: [one for one in taken if one.batch.kind == kind] for kind in KINDS}
    combined = {kind: combine([one.batch for one in group]) for kind, group in groups.items() if group}
    checked = run([one.batch for one in combined.values()]) if combined else Report(0)
    per_file = {id(one): Report(len(one.batch), list(one.issues), dataset=one.batch.kind) for one in taken}
    for kind, whole in combined.items():
        known = [{(issue.rule, issue.row) for issue in one.issues} for one in groups[kind]]
        for which, issue in give_back(whole, (issue for issue in checked.issues if issue.dataset == kind)):
            if (issue.rule, issue.row) not in known[which]:
                per_file[id(groups[kind][which])].issues.append(issue)
    return _folder_json(taken, per_file, checked, left)


def _folder_json(taken: list[Taken], per_file: dict[int, Report], checked: Report, left: list[dict[str, str]]) -> FolderReport:
    reports = [per_file[id(one)] for one in taken]
    whole = FolderReport(sum(one.rows for one in reports), [issue for one in reports for issue in one.issues], checked.skipped)
    whole.refused, whole.files = sum(one.rejected for one in reports), reports
    whole.extra = {"files": [_one_json(one, per_file[id(one)]) for one in taken], "left_out": left}
    return whole


def _one_json(one: Taken, report: Report) -> dict[str, Any]:
    figures = {"rows": report.rows, "accepted": report.rows - report.rejected, "rejected": report.rejected, "counts": report.counts}
    return {"kind": one.batch.kind, **_file_json(one), **figures}
