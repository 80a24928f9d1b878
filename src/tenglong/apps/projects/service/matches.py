"""What a project asks of a plant is kept, so that the search can be asked again when rooms change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tenglong.apps.audit.service import record
from tenglong.apps.projects.forms_matches import RECORD
from tenglong.apps.projects.models import PlantNeed, Project
from tenglong.apps.projects.service.base import WORK, guard, locked
from tenglong.domain.delta import diff


@transaction.atomic
def ask(actor: Any, project: Project, values: Mapping[str, Any], *, lock_version: int | None) -> PlantNeed:
    """Raises Refused, ProjectError."""
    row = locked(actor, project, WORK)
    held = PlantNeed.objects.filter(project=row).first()
    if held is not None:
        guard(held, lock_version)
    before = {name: getattr(held, name) for name in RECORD} if held else {}
    after = {name: values[name] for name in RECORD}
    changed = diff(_told(before), _told(after))
    if held is None:
        held = PlantNeed(project=row, lock_version=0)
    if changed:
        for name, value in after.items():
            setattr(held, name, value)
        held.entered_by, held.lock_version = actor, held.lock_version + 1
        held.save()
        record(actor, "project.plant", "project", row.ulid, deltas=changed)
    return held


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", False)}
