"""What the acting user may see of imports; every function takes the user first."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.survey.models import ImportBatch, MappingTemplate, StagedIssue, StagedRow
from tenglong.domain.quality.issue import Report


def batches(user: Any) -> QuerySet[ImportBatch]:
    return scoped(user, ImportBatch.objects.all())


def batch(user: Any, ulid: str) -> ImportBatch:
    """Raises `ImportBatch.DoesNotExist` when there is none or it is not the user's to see."""
    return batches(user).get(ulid=ulid)


def rows(user: Any, batch: ImportBatch, action: str = "") -> QuerySet[StagedRow]:
    found = scoped(user, StagedRow.objects.filter(batch=batch)).defer("wkb")
    return found.filter(action=action) if action else found


def staged(user: Any) -> QuerySet[StagedRow]:
    """Rows of every batch the user may see."""
    return scoped(user, StagedRow.objects.all()).defer("wkb")


def issues(user: Any, batch: ImportBatch | None = None) -> QuerySet[StagedIssue]:
    """Issues of one batch, or of every batch the user may see."""
    found = scoped(user, StagedIssue.objects.select_related("waiver", "batch"))
    return found.filter(batch=batch) if batch is not None else found


def issue_groups(user: Any, batch: ImportBatch) -> list[dict[str, Any]]:
    """One line per rule: severity, how many, how many waived; errors first."""
    groups = issues(user, batch).order_by().values("rule", "severity").annotate(number=Count("id"), waived=Count("waiver"))
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(map(dict, groups), key=lambda group: (order[group["severity"]], -group["number"], group["rule"]))


def templates(user: Any, kind: str) -> QuerySet[MappingTemplate]:
    return scoped(user, MappingTemplate.objects.filter(kind=kind))


def same_file(user: Any, batch: ImportBatch) -> QuerySet[ImportBatch]:
    """Earlier batches made from the very same bytes and the same kind."""
    return batches(user).filter(sha256=batch.sha256, kind=batch.kind, pk__lt=batch.pk or 2**62)


def report(user: Any, batch: ImportBatch) -> Report:
    """The batch as the same Report that `tenglong check` prints."""
    return Report(
        rows=batch.counts.get("rows", 0),
        issues=[issue.as_issue() for issue in issues(user, batch)],
        skipped=batch.extra.get("skipped", []),
        extra={"batch": batch.ulid, "state": batch.state, "actions": batch.counts, **batch.extra.get("report", {})},
        dataset=batch.kind,
    )
