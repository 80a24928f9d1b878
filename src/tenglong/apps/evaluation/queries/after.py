"""Publications, notices, appeals, adjustments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from tenglong.apps.evaluation.models import (
    Adjustment,
    Appeal,
    AppealEvidence,
    Cycle,
    GradeNotice,
    Publication,
    Result,
    Run,
    StatementEvidence,
)
from tenglong.apps.evaluation.queries.cycles import seen


@dataclass(frozen=True)
class AdjustmentLine:
    """One line of the yearly list for 纪检: firm, grades, decision, who proposed and who approved."""

    year: int
    name: str
    uscc: str
    from_grade: str
    to_grade: str
    reason: str
    decision_number: str
    decision_dated: date
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    state: str
    ulid: str


def publications(user: Any, cycle: Cycle) -> QuerySet[Publication]:
    return seen(user, Publication.objects.filter(cycle=cycle)).select_related("run", "document")


def publication(user: Any, ulid: str) -> Publication:
    """Raises Publication.DoesNotExist."""
    return seen(user, Publication.objects.select_related("cycle", "run", "document")).get(ulid=ulid)


def notices(user: Any, run: Run) -> QuerySet[GradeNotice]:
    return seen(user, GradeNotice.objects.filter(run=run)).select_related("enterprise")


def notice(user: Any, ulid: str) -> GradeNotice:
    """Raises GradeNotice.DoesNotExist."""
    return seen(user, GradeNotice.objects.select_related("run__cycle", "enterprise", "statement_document")).get(ulid=ulid)


def statements(user: Any, cycle: Cycle | None = None) -> QuerySet[GradeNotice]:
    """Results served, of one cycle or of all; whether the firm has said anything to it or not."""
    rows = GradeNotice.objects.filter(run__cycle=cycle) if cycle is not None else GradeNotice.objects.all()
    return seen(user, rows).select_related("run__cycle", "enterprise").order_by("-served_on", "-pk")


def statement_evidence(user: Any, notice: GradeNotice) -> QuerySet[StatementEvidence]:
    return seen(user, StatementEvidence.objects.filter(notice=notice)).select_related("document").order_by("pk")


def appeals(user: Any, cycle: Cycle) -> QuerySet[Appeal]:
    return seen(user, Appeal.objects.filter(cycle=cycle)).select_related("enterprise", "run")


def appeal(user: Any, ulid: str) -> Appeal:
    """Raises Appeal.DoesNotExist."""
    return seen(user, Appeal.objects.select_related("cycle", "enterprise", "run")).get(ulid=ulid)


def evidence(user: Any, appeal: Appeal) -> QuerySet[AppealEvidence]:
    return seen(user, AppealEvidence.objects.filter(appeal=appeal)).select_related("document")


def adjustments(user: Any, cycle: Cycle) -> QuerySet[Adjustment]:
    return seen(user, Adjustment.objects.filter(cycle=cycle)).select_related("enterprise", "run", "document", "appeal")


def adjustments_of_year(user: Any, year: int) -> list[AdjustmentLine]:
    """Every 调档 of the cycles of a data year, refused and withdrawn ones too, by firm and approver."""
    rows = seen(user, Adjustment.objects.filter(cycle__year=year), "evaluation.view").select_related("cycle")
    found = list(rows.order_by("enterprise_id", "approved_by_id", "pk"))
    people = _names({pk for row in found for pk in (row.created_by_id, row.approved_by_id) if pk})
    firms = {
        (run, pk): (name, uscc) for run, pk, name, uscc in Result.objects.filter(
            run_id__in={row.run_id for row in found}, enterprise_id__in={row.enterprise_id for row in found}
        ).values_list("run_id", "enterprise_id", "name", "uscc")
    }
    return [_line(row, firms.get((row.run_id, row.enterprise_id), ("", "")), people) for row in found]


def _line(row: Adjustment, firm: tuple[str, str], people: dict[int, str]) -> AdjustmentLine:
    return AdjustmentLine(
        row.cycle.year, *firm, row.from_grade, row.to_grade, row.reason, row.decision_number, row.decision_dated,
        people.get(row.created_by_id or 0, ""), row.created_at, people.get(row.approved_by_id or 0, ""), row.approved_at,
        str(row.get_state_display()), row.ulid,
    )


def _names(ids: set[int]) -> dict[int, str]:
    return dict(get_user_model()._default_manager.filter(pk__in=ids).values_list("pk", "name"))
