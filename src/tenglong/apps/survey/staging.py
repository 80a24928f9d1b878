"""Brings a mapped table to the preview in chunks; a run that was killed continues after the last full chunk.

Nothing is written to the record here. All geometry work (cleaning, boxes, comparison) happens now, so that confirming has none.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import orjson
import shapely
from django.db import transaction
from django.utils.translation import gettext_noop

from tenglong.apps.accounts import cipher
from tenglong.apps.accounts.masking import is_personal
from tenglong.apps.accounts.scope import Scope
from tenglong.apps.registry import queries as registry
from tenglong.apps.survey import appliers, compare
from tenglong.apps.survey.appliers import Match, Problem
from tenglong.apps.survey.models import Action, ImportBatch, StagedIssue, StagedRow
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.table import Batch

CHUNK_ROWS: Final = 2_000
#: kinds with a town of their own
TOWN_OF: Final = frozenset({"plots", "parcels", "buildings", "enterprises", "links", "occupancies"})
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Staging:
    """Everything one run needs: the rows, their issues by row, and whose eyes judge the scope."""

    batch: ImportBatch
    rows: Batch
    issues: dict[int, list[Issue]]
    actor: Any
    scope: Scope
    place: str


def settings_digest(batch: ImportBatch) -> str:
    """Equal only when file, table, mapping and coordinate system are equal: then chunks already staged stay."""
    parts = [batch.sha256, batch.kind, batch.encoding, batch.table_name, batch.mapping, batch.crs, batch.division_code]
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def start_over_if_changed(batch: ImportBatch) -> None:
    """Rows of an older mapping are not mixed with rows of the present one."""
    digest = settings_digest(batch)
    if batch.settings_digest != digest:
        with transaction.atomic():
            clear(batch)
            seen = appliers.of(batch.kind).revision()
            ImportBatch.objects.filter(pk=batch.pk).update(settings_digest=digest, staged_chunks=0, counts={}, revision=seen)
        batch.settings_digest, batch.staged_chunks, batch.counts, batch.revision = digest, 0, {}, seen


def clear(batch: ImportBatch) -> None:
    StagedIssue.objects.filter(batch=batch).delete()
    StagedRow.objects.filter(batch=batch).delete()


def by_row(issues: Iterable[Issue]) -> dict[int, list[Issue]]:
    """Issues under the row that they name first; row 0 holds those about the whole table."""
    out: dict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        out[issue.row].append(issue)
    return out


def refused_rows(issues: Iterable[Issue], dataset: str) -> set[int]:
    """Rows with an error, both rows of a faulty pair."""
    bad: set[int] = set()
    for issue in issues:
        if issue.severity is Severity.ERROR and issue.dataset == dataset:
            bad.update(row for row in (issue.row, issue.other_row) if row)
    return bad


def run(staging: Staging, progress: Progress) -> dict[str, int]:
    """Stage every chunk that is not yet staged. Returns the counts of all rows by action."""
    start_over_if_changed(staging.batch)
    refused = refused_rows((i for group in staging.issues.values() for i in group), staging.batch.kind)
    total = len(staging.rows)
    chunks = max(1, -(-total // CHUNK_ROWS))
    for chunk in range(staging.batch.staged_chunks, chunks):
        window = range(chunk * CHUNK_ROWS, min(total, (chunk + 1) * CHUNK_ROWS))
        progress(window.start, total, gettext_noop("逐行核对"))
        _stage_chunk(staging, chunk, window, refused, last=chunk == chunks - 1)
    progress(total, total, gettext_noop("核对完毕"))
    return counts(staging.batch)


def counts(batch: ImportBatch) -> dict[str, int]:
    found = Counter(StagedRow.objects.filter(batch=batch).order_by().values_list("action", flat=True))
    return {"rows": sum(found.values()), **{str(action): found.get(str(action), 0) for action in Action}}


def _stage_chunk(staging: Staging, chunk: int, window: range, refused: set[int], last: bool) -> None:
    """One transaction: the rows, their issues and the mark that the chunk is complete."""
    rows, problems = _rows(staging, window, refused)
    numbers = set(staging.rows.rows[window.start : window.stop])
    mine = [issue for number in numbers for issue in staging.issues.get(number, ())]
    if last:
        known = set(staging.rows.rows)
        mine += [issue for number, group in staging.issues.items() if number not in known for issue in group]
    with transaction.atomic():
        StagedRow.objects.bulk_create(rows, batch_size=500)
        places = {row.row: middle(row) for row in rows}
        staged = [_staged_issue(staging.batch, issue, places.get(issue.row)) for issue in mine]
        StagedIssue.objects.bulk_create(staged + problems, batch_size=500)
        ImportBatch.objects.filter(pk=staging.batch.pk).update(staged_chunks=chunk + 1)
    staging.batch.staged_chunks = chunk + 1


def _rows(staging: Staging, window: range, refused: set[int]) -> tuple[list[StagedRow], list[StagedIssue]]:
    values = [row_values(staging.rows, index, staging.batch.division_code) for index in window]
    matches = appliers.of(staging.batch.kind).match(values, staging.actor)
    wkbs, boxes = shapes(staging.rows, window)
    rows, problems = [], []
    for place, index in enumerate(window):
        match = scoped_match(matches[place], staging.scope, staging.place)
        verdict = compare.judge(values[place], wkbs[place], match)
        row = _staged_row(staging, index, values[place], match, verdict, wkbs[place], boxes[place])
        if row.row in refused:
            row.action = Action.REJECTED
        rows.append(row)
        problems += [problem_issue(staging.batch, row, problem) for problem in verdict.problems]
    return rows, problems


def scoped_match(match: Match, scope: Scope, place: str) -> Match:
    """Adds `outside-scope` when the row, or the record that it would touch, is another town's."""
    more = compare.outside_scope(match, scope.covers, place)
    return replace(match, problems=(*match.problems, *more)) if more else match


def place_of(actor: Any, scope: Scope) -> str:
    """The user's own towns, in words, for the sentence that refuses."""
    names = dict(registry.divisions(actor, level="town").values_list("code", "name"))
    towns = [names.get(code, code) for code in sorted(scope.divisions)]
    return "、".join(towns[:3]) + ("等" if len(towns) > 3 else "")


def row_values(rows: Batch, index: int, division: str) -> dict[str, Any]:
    """Plain values of a row; the desk's own town stands in for a town column that the file does not have."""
    out = {name: compare.plain(column[index]) for name, column in rows.fields.items()}
    for name in whole_numbers(rows.kind):
        if out.get(name) not in (None, ""):
            out[name] = int(out[name])
    for name in terms(rows.kind):
        if out.get(name) is None and name in rows.given and rows.given[name][index]:
            out[name] = str(rows.given[name][index])[:64]  # several terms in one cell: kept as written
    for name in out:
        if is_personal(name) and out[name]:
            out[name] = cipher.encrypt(str(out[name]))
    if division and "town" not in out and rows.kind in TOWN_OF:
        out["town"] = division
    return out


def given_cells(rows: Batch, index: int) -> dict[str, Any]:
    """Cells as written; personal ones are left to the user's own file (office-rules 22)."""
    return {name: column[index] for name, column in rows.given.items() if not is_personal(name)}


@lru_cache(maxsize=16)
def whole_numbers(kind: str) -> frozenset[str]:
    return frozenset(field.id for field in spec_of(kind).fields if field.integer)


@lru_cache(maxsize=16)
def terms(kind: str) -> tuple[str, ...]:
    return tuple(field.id for field in spec_of(kind).fields if field.type == "term")


def shapes(rows: Batch, window: range) -> tuple[list[bytes | None], list[tuple[float, float, float, float] | None]]:
    """WKB and box of each row of the window; None where the row has no shape."""
    if rows.geometry is None:
        return [None] * len(window), [None] * len(window)
    part = rows.geometry[window.start : window.stop]
    empty = shapely.is_missing(part) | shapely.is_empty(part)
    wkb, bounds = shapely.to_wkb(shapely.force_2d(part)), shapely.bounds(part)
    usable = ~empty & np.isfinite(bounds).all(axis=1)
    return (
        [bytes(wkb[i]) if usable[i] else None for i in range(len(part))],
        [box_of(bounds[i]) if usable[i] else None for i in range(len(part))],
    )


def box_of(bounds: Any) -> tuple[float, float, float, float]:
    return float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])


def _staged_row(
    staging: Staging,
    index: int,
    values: dict[str, Any],
    match: Match,
    verdict: compare.Verdict,
    wkb: bytes | None,
    box: Sequence[float] | None,
) -> StagedRow:
    held = match.held
    minx, miny, maxx, maxy = box or (None,) * 4
    return StagedRow(
        batch=staging.batch,
        position=index,
        row=staging.rows.rows[index],
        key=staging.rows.keys[index][:160],
        action=verdict.action,
        verdict=verdict.action,
        values=values,
        links=dict(match.links),
        division_code=match.division or (held.division if held else ""),
        delta=[delta.as_json() for delta in verdict.delta],
        given=given_cells(staging.rows, index),
        target_id=held.target_id if held else None,
        target_stamp=held.stamp if held else "",
        wkb=wkb,
        minx=minx,
        miny=miny,
        maxx=maxx,
        maxy=maxy,
    )


def middle(row: StagedRow) -> tuple[float, float] | None:
    """Middle of the row's box: where a defect without a place of its own is shown."""
    if row.minx is None or row.miny is None or row.maxx is None or row.maxy is None:
        return None
    return (row.minx + row.maxx) / 2, (row.miny + row.maxy) / 2


def _staged_issue(batch: ImportBatch, issue: Issue, place: tuple[float, float] | None = None) -> StagedIssue:
    lon, lat = issue.at or place or (None, None)
    return StagedIssue(
        batch=batch,
        dataset=issue.dataset,
        row=issue.row,
        key=issue.key[:160],
        field=issue.field,
        rule=issue.rule,
        value=issue.value,
        severity=str(issue.severity),
        message=issue.message,
        fix=issue.fix,
        other=issue.other[:160],
        other_row=issue.other_row,
        lon=lon,
        lat=lat,
        size=issue.size,
    )


def problem_issue(batch: ImportBatch, row: StagedRow, problem: Problem) -> StagedIssue:
    """A problem of meeting the record, told like every other defect; an error of this sort cannot be waived."""
    lon, lat = middle(row) or (None, None)
    return StagedIssue(
        batch=batch,
        dataset=batch.kind,
        row=row.row,
        key=row.key,
        field=problem.field,
        rule=problem.rule,
        value=str(row.given.get(problem.field) or row.values.get(problem.field) or ""),
        severity=problem.severity,
        message=problem.message,
        fix=problem.fix,
        lon=lon,
        lat=lat,
        final=problem.severity == "error",
    )
