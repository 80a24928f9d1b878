"""Run every check that fits the data, list every check that cannot be run, keep the order stable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tenglong.domain.quality import (
    check_areas,
    check_codes,
    check_enterprises,
    check_fields,
    check_keys,
    check_pairs,
    check_shapes,
)
from tenglong.domain.quality.issue import Issue, Report
from tenglong.domain.quality.options import Context, Options
from tenglong.domain.quality.registry import ALL_KINDS, CHECKS, LAND, Check, NotApplicable
from tenglong.domain.quality.rules import ORDER
from tenglong.domain.quality.subject import NEEDS, Subject
from tenglong.domain.survey.table import Batch

#: importing them registers their checks
CHECK_MODULES = (check_areas, check_codes, check_enterprises, check_fields, check_keys, check_pairs, check_shapes)


def run(batches: Mapping[str, Batch] | Iterable[Batch], context: Context | None = None, options: Options | None = None, *,
        primary: str = "", issues: Iterable[Issue] = ()) -> Report:
    """Check data sets together.

    `primary` is the kind whose rows the report counts (default: the first). `issues` are those found while reading and mapping;
    they come first and are kept as they are. Running twice gives the same report. Does not change any batch.
    """
    by_kind = dict(batches) if isinstance(batches, Mapping) else {batch.kind: batch for batch in batches}
    context, options = context or Context(), options or Options()
    first = primary or next(iter(by_kind), "")
    report = Report(rows=len(by_kind[first]) if first in by_kind else 0, dataset=first)
    report.add(issues)
    frame_of = _frame(by_kind, context, options)
    for kind in sorted(by_kind, key=ALL_KINDS.index):
        subject = Subject(by_kind[kind], by_kind, context, options, None if frame_of and frame_of.kind == kind else frame_of)
        if frame_of and frame_of.kind == kind:
            subject = frame_of
        _run_kind(subject, report)
    _say_what_buildings_would_add(by_kind, first, options, report)
    return report


def _frame(by_kind: Mapping[str, Batch], context: Context, options: Options) -> Subject | None:
    """All drawn data sets work in the plane of the land, so that they can be laid over each other."""
    for kind in ("parcels", "plots", "buildings"):
        if kind in by_kind and by_kind[kind].geometry is not None:
            return Subject(by_kind[kind], by_kind, context, options)
    return None


def _run_kind(subject: Subject, report: Report) -> None:
    seen = {(issue.rule, issue.row) for issue in report.issues if issue.dataset == subject.kind}
    found: list[Issue] = []
    wanted = subject.options.rules
    for entry in CHECKS:
        if subject.kind not in entry.kinds or (wanted is not None and not wanted & set(entry.rules)):
            continue
        if missing := [need for need in entry.needs if not NEEDS[need][0](subject)]:
            _skip(report, subject, entry, NEEDS[missing[0]][1])
            continue
        try:
            new = list(entry.run(subject))
        except NotApplicable as error:
            _skip(report, subject, entry, str(error))
            continue
        asked = [issue for issue in new if wanted is None or issue.rule in wanted or issue.rule not in ORDER]
        found += [issue for issue in asked if (issue.rule, issue.row) not in seen]
    report.add(sorted(found, key=_place))


def _place(issue: Issue) -> tuple[int, int, int]:
    """Order of the documented table; the rules of codes stand where `code-invalid` stands."""
    return ORDER.get(issue.rule, ORDER["code-invalid"]), issue.row, issue.other_row


def _skip(report: Report, subject: Subject, entry: Check, reason: str) -> None:
    for name in entry.rules:
        if subject.options.rules is None or name in subject.options.rules:
            report.skipped.append({"rule": name, "dataset": subject.kind, "reason": reason})


def _say_what_buildings_would_add(by_kind: Mapping[str, Batch], first: str, options: Options, report: Report) -> None:
    wanted = options.rules is None or "building-straddles" in options.rules
    if wanted and first in LAND and "buildings" not in by_kind:
        report.skipped.append({"rule": "building-straddles", "dataset": "buildings", "reason": NEEDS["buildings"][1]})

__all__ = ["Context", "Options", "run"]
