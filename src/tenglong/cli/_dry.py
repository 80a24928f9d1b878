"""The part of an import that touches no record: file → table → mapping → batch → checks."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely

from tenglong import files
from tenglong.cli._county import county_facts
from tenglong.domain.geo import crs_names
from tenglong.domain.geo.crs import Candidate, CountyProfile, choose, swapped
from tenglong.domain.quality.issue import Issue, Report
from tenglong.domain.quality.run import run
from tenglong.domain.survey.county import CountyFacts
from tenglong.domain.survey.joint import Joint, join
from tenglong.domain.survey.kinds import KINDS, KindSpec, spec_of
from tenglong.domain.survey.mapping import Mapping, guess_kind, missing, propose, settle
from tenglong.domain.survey.normalise import to_batch
from tenglong.domain.survey.reading import FolderReport, areas_of_rows, choose_table, shown_mapping, totals
from tenglong.domain.survey.shifted import shift_issue
from tenglong.domain.survey.table import Batch, Table

NOWHERE = CountyFacts()


@dataclass(frozen=True)
class Choice:
    """What the user fixed on the command line; None leaves it to the program."""

    mapping: Path | None = None
    sheet: str | None = None
    crs: str | None = None
    encoding: str | None = None
    county: str | None = None
    outlines: Path | None = None

    @property
    def facts(self) -> CountyFacts:
        """What is known of the county; raises click.UsageError for one that does not exist."""
        return county_facts(self.county, self.outlines)


@dataclass(frozen=True)
class Taken:
    """One file taken in: its table, how it was understood, and the rows."""

    path: Path
    table: Table
    mapping: Mapping
    batch: Batch
    issues: list[Issue]
    others: list[str]
    place: dict[str, Any]


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
        raise files.FileError(
            f"没有一列能对上“{spec.label}”的字段，读到的表头：{heads}", path.name, "请确认数据种类，或用 --mapping 指明对应关系"
        )
    batch, issues = to_batch(spec, table, mapping, profile=choice.county)
    place = settle_crs(batch, choice.crs, choice.facts.profile if choice.county else None)
    return Taken(path, table, mapping, batch, issues, others, place)


def settle_crs(batch: Batch, wanted: str | None, profile: CountyProfile | None = None) -> dict[str, Any]:
    """Set the batch's coordinate system: as told, the file's own, else the one candidate that fits best.

    A tie is left to the user: the checks then work without a place. `EPSG:4549|swapped` says that X is north.
    """
    if batch.geometry is None:
        return {}
    if wanted:
        name, _, order = wanted.partition("|")
        batch.crs = f"EPSG:{name}" if name.isdigit() else name
        crs_names.parse(batch.crs)
        if order == "swapped":
            batch.geometry = swapped(batch.geometry)
        return {"crs_reason": "由 --crs 指定"}
    if batch.crs:
        return {"crs_reason": "文件自带"}
    found = choose(shapely.get_coordinates(batch.geometry), county=profile)
    if found.chosen:
        batch.crs = found.chosen.crs
        if found.chosen.swapped:
            batch.geometry = swapped(batch.geometry)
    listed = [{"crs": _spelled(one), "label": one.label, "reason": one.reason} for one in found.candidates[:8]]
    return {"crs_reason": found.reason, "crs_candidates": listed}


def _spelled(one: Candidate) -> str:
    return f"{one.crs}|swapped" if one.swapped else one.crs


def check(taken: list[Taken], primary: str, county: CountyFacts = NOWHERE) -> Report:
    """All files checked together; the report counts rows of `primary`. What needs more than is known is told as skipped."""
    batches = [one.batch for one in taken]
    issues = [issue for one in taken for issue in one.issues]
    return run(batches, county.context(), primary=primary, issues=issues)


def single_report(taken: Taken, county: CountyFacts = NOWHERE) -> Report:
    """The report of one file, with its mapping, notes and totals."""
    spec = spec_of(taken.batch.kind)
    report = check([taken], spec.kind, county)
    report.extra["offset"] = told_shift(report, taken, county)
    report.extra |= {"kind": spec.kind, **_file_json(taken), "areas": areas_of_rows(spec, taken.batch)}
    return report


def told_shift(report: Report, taken: Taken, county: CountyFacts) -> str:
    """Adds the warning about shifted coordinates when there is one; returns what was found."""
    issues, sentence = shift_issue(taken.batch, county)
    report.add(issues)
    return sentence


def _file_json(taken: Taken) -> dict[str, Any]:
    spec = spec_of(taken.batch.kind)
    return {
        "file": taken.path.name,
        "sheet": taken.table.name,
        "format": taken.table.format,
        "crs": taken.batch.crs,
        **taken.place,
        "mapping": shown_mapping(taken.mapping),
        "ignored": list(taken.mapping.ignored),
        "notes": list(taken.mapping.notes),
        "missing": missing(taken.mapping),
        "other_tables": taken.others,
        "totals": totals(spec, taken.batch),
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
            left.append(
                {"file": f"{path.name}：{table.name}", "reason": "看不出是哪一种数据，请用 tenglong import 种类 文件 单独导入"}
            )
        else:
            taken.append(_understand(spec_of(kind), path, table, [], replace(choice, mapping=None)))


def folder_report(taken: list[Taken], left: list[dict[str, str]], county: CountyFacts = NOWHERE) -> FolderReport:
    """One report of all files: checked as one data set per kind, every issue told with the row of its own file."""
    joint = join([one.batch for one in taken])
    checked = run(joint.batches, county.context())
    reports = [Report(len(one.batch), list(one.issues), dataset=one.batch.kind) for one in taken]
    known = [{(issue.rule, issue.row) for issue in one.issues} for one in taken]
    for issue in checked.issues:
        for which, own in _homes(joint, issue):
            if (own.rule, own.row) not in known[which]:
                reports[which].issues.append(own)
    offsets = [told_shift(report, one, county) for one, report in zip(taken, reports, strict=True)]
    whole = _folder_json(taken, reports, checked, left)
    for said, offset in zip(whole.extra["files"], offsets, strict=True):
        said["offset"] = offset
    return whole


def _homes(joint: Joint, issue: Issue) -> list[tuple[int, Issue]]:
    """The issue in the file of its row; a pair over two files is told in both."""
    origin, other = joint.origin(issue), joint.other(issue)
    if origin is None:
        return []
    same = other is not None and other.batch == origin.batch
    homes = [(origin.batch, replace(issue, row=origin.row, other_row=other.row if other and same else 0))]
    if other is not None and not same:
        homes.append((other.batch, replace(issue, row=other.row, key=issue.other, other=issue.key, other_row=0)))
    return homes


def _folder_json(taken: list[Taken], reports: list[Report], checked: Report, left: list[dict[str, str]]) -> FolderReport:
    issues = [issue for one in reports for issue in one.issues]
    whole = FolderReport(sum(one.rows for one in reports), issues, checked.skipped)
    whole.refused = sum(one.rejected for one in reports)
    files = [_one_json(one, report) for one, report in zip(taken, reports, strict=True)]
    whole.extra = {"files": files, "left_out": left}
    return whole


def _one_json(one: Taken, report: Report) -> dict[str, Any]:
    figures = {
        "rows": report.rows,
        "accepted": report.rows - report.rejected,
        "rejected": report.rejected,
        "counts": report.counts,
    }
    return {"kind": one.batch.kind, **_file_json(one), **figures}
