"""Attributes, decisions, joint units, sheets."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tenglong.apps.evaluation.models import AttributeRecord, Cycle, Decision, JointUnit, Sheet, UnreadScan
from tenglong.apps.evaluation.queries.cycles import seen


def attributes(user: Any) -> QuerySet[AttributeRecord]:
    return seen(user, AttributeRecord.objects.select_related("enterprise", "document"))


def decisions(user: Any) -> QuerySet[Decision]:
    return seen(user, Decision.objects.select_related("enterprise", "document"))


def joint_units(user: Any, cycle: Cycle) -> QuerySet[JointUnit]:
    return seen(user, JointUnit.objects.filter(cycle=cycle), "evaluation.view").prefetch_related("members__enterprise")


def sheets(user: Any, cycle: Cycle) -> QuerySet[Sheet]:
    """Lists do not load what is printed."""
    return seen(user, Sheet.objects.filter(cycle=cycle)).select_related("enterprise").defer("content")


def sheet(user: Any, ulid: str) -> Sheet:
    """Raises Sheet.DoesNotExist."""
    return seen(user, Sheet.objects.select_related("cycle", "enterprise")).get(ulid=ulid)


def sheet_by_code(user: Any, code: str) -> Sheet | None:
    """By what its QR holds; void ones too, so that a page can say so."""
    return seen(user, Sheet.objects.select_related("cycle", "enterprise")).filter(code=code).first()


def unread_scans(user: Any, cycle: Cycle | None = None) -> QuerySet[UnreadScan]:
    """Scanned pages that their code did not bring to a sheet; only for who answers for the whole cycle."""
    rows = UnreadScan.objects.filter(cycle=cycle) if cycle is not None else UnreadScan.objects.all()
    return seen(user, rows, "evaluation.manage").select_related("cycle", "document", "sheet__enterprise")
