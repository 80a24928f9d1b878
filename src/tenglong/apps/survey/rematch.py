"""Compares staged rows with the record again when it moved since they were staged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.survey import appliers, compare
from tenglong.apps.survey.appliers import Match
from tenglong.apps.survey.models import Action, ImportBatch, StagedIssue, StagedRow
from tenglong.apps.survey.staging import CHUNK_ROWS, counts, place_of, problem_issue, scoped_match
from tenglong.domain.quality.issue import Severity

Progress = Callable[[int, int, str], None]
FIELDS = ("action", "verdict", "delta", "target_id", "target_stamp", "links", "division_code")


def bring_up_to_date(batch: ImportBatch, actor: Any, progress: Progress) -> bool:
    """True when the record had moved: rows, counts and `batch.revision` are then those of now."""
    seen = appliers.of(batch.kind).revision()
    if seen == batch.revision:
        return False
    rows = StagedRow.objects.filter(batch=batch).order_by("position")
    total = rows.count()
    for start in range(0, total, CHUNK_ROWS):
        progress(start, total, _("登记册有变动，重新比对"))
        _rematch(batch, actor, list(rows[start : start + CHUNK_ROWS]))
    batch.revision, batch.counts = seen, counts(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(revision=seen, counts=batch.counts)
    return True


def _rematch(batch: ImportBatch, actor: Any, rows: Sequence[StagedRow]) -> None:
    matches = appliers.of(batch.kind).match([row.values for row in rows], actor)
    numbers = [row.row for row in rows]
    scope = scope_of(actor)
    changed, problems = [], []
    refused = unwaived_rows(batch)
    for row, match in zip(rows, matches, strict=True):
        match = scoped_match(match, scope, place_of(actor, scope))
        if _judge(row, match, refused):
            changed.append(row)
        verdict = compare.judge(row.values, bytes(row.wkb) if row.wkb is not None else None, match)
        problems += [problem_issue(batch, row, problem) for problem in verdict.problems]
    with transaction.atomic():
        StagedRow.objects.bulk_update(changed, FIELDS, batch_size=200)
        StagedIssue.objects.filter(batch=batch, row__in=numbers, final=True).delete()
        StagedIssue.objects.bulk_create(problem for problem in problems if problem.final)


def _judge(row: StagedRow, match: Match, refused: set[int]) -> bool:
    """Put the row's present standing into it; True when anything differs."""
    before = [getattr(row, name) for name in FIELDS]
    verdict = compare.judge(row.values, bytes(row.wkb) if row.wkb is not None else None, match)
    row.verdict = verdict.action
    row.action = Action.REJECTED if row.row in refused else verdict.action
    row.delta = [delta.as_json() for delta in verdict.delta]
    row.target_id = match.held.target_id if match.held else None
    row.target_stamp = match.held.stamp if match.held else ""
    row.links = dict(match.links)
    row.division_code = match.division or (match.held.division if match.held else "")
    return before != [getattr(row, name) for name in FIELDS]


def unwaived_rows(batch: ImportBatch) -> set[int]:
    """Row numbers that an unwaived error of the file itself keeps out."""
    found = StagedIssue.objects.filter(
        batch=batch, severity=str(Severity.ERROR), waiver=None, final=False, dataset=batch.kind
    ).values_list("row", "other_row")
    return {number for pair in found for number in pair if number}
