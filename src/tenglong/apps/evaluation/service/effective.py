"""Effective grades: the result, and what approved adjustments made of it."""

from __future__ import annotations

from tenglong.apps.evaluation.models import Adjustment, Cycle, Result, Run


def effective(run: Run) -> dict[int, str]:
    """Firm → grade in force by this run. For programs: no scope."""
    found = {firm: grade for firm, grade in Result.objects.filter(run=run).values_list("enterprise_id", "grade") if grade}
    changed = Adjustment.objects.filter(run=run, state="approved").order_by("approved_at", "pk")
    return found | dict(changed.values_list("enterprise_id", "to_grade"))


def final_grades(cycle: Cycle) -> dict[int, str]:
    """Of the run that became final."""
    return effective(cycle.final_run) if cycle.final_run is not None else {}
