"""When a case will be done, for its page: the critical path of what lies ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.models import Case
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.forecast import forecast
from tenglong.domain.casework.network import Planned, Schedule


def outlook(case: Case, today: date | None = None) -> dict[str, Any] | None:
    """End, the tasks that drive it, every task with its slack; None for a closed case or one without tasks ahead."""
    if not case.open:
        return None
    definition = pinning.definition_of(case)
    found = forecast(definition, working.state_of(case), pinning.calendar_of(definition), today or timezone.localdate())
    if found.schedule is None:
        return None
    plan, labels = found.schedule, {task.id: _(task.label) for task in definition.tasks}
    return {
        "end": plan.end, "unpublished": plan.unpublished, "paused": case.paused_on is not None,
        "drives": [labels[name] for name in plan.path],
        "way": [_(definition.state_by_id[name].label) for name in found.way],
        "undated": [_(label) for label in found.undated], "tasks": [_row(definition, plan, one) for one in plan.tasks],
    }


def _row(definition: CaseDefinition, plan: Schedule, one: Planned) -> dict[str, Any]:
    spec = definition.task_by_id[one.id]
    return {
        "id": one.id, "label": _(spec.label), "state": _(definition.state_by_id[spec.state].label), "start": one.early_start,
        "finish": one.early_finish, "latest": one.late_finish, "slack": one.slack, "done": one.slack is None,
        "drives": one.id in plan.path, "unpublished": one.unpublished,
        "after": [_(definition.task_by_id[name].label) for name in spec.after],
    }
