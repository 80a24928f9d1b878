"""Definitions and calendars as policies say, and the pin a case keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, PinnedDefinition
from tenglong.apps.policy import service as policy
from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition

#: by hash: a text never changes
_read: dict[str, CaseDefinition] = {}
_calendars: dict[str, WorkCalendar] = {}


def definition_in_force(definition_id: str, on: date | None = None) -> tuple[policy.LoadedPolicy, CaseDefinition]:
    """What a new case would pin. Raises CaseError when there is none, or it does not load."""
    try:
        loaded = policy.current("cases", definition_id, on)
    except KeyError as error:
        raise CaseError(_("没有“%(id)s”这个办事流程，请在“政策参数”里启用。") % {"id": definition_id}) from error
    except policy.PolicyError as error:
        raise CaseError(_("办事流程“%(id)s”有误：%(why)s") % {"id": definition_id, "why": error}) from error
    return loaded, _known(loaded.sha256, loaded.data)


def pin(loaded: policy.LoadedPolicy, definition: CaseDefinition) -> PinnedDefinition:
    """The kept copy of that very text, made when it is not there yet."""
    body = definition.model_dump(mode="json", by_alias=True)
    kept, _new = PinnedDefinition.objects.get_or_create(
        sha256=loaded.sha256,
        defaults={"definition": loaded.id, "version": loaded.version, "text": loaded.text, "body": body},
    )
    return kept


def definition_of(case: Case) -> CaseDefinition:
    """The definition that the case began with, whatever the policy says today."""
    return _read.get(case.sha256) or _known(case.sha256, case.pinned.body)


def read(pinned: PinnedDefinition) -> CaseDefinition:
    """The definition that a pin holds, read once per process."""
    return _read.get(pinned.sha256) or _known(pinned.sha256, pinned.body)


def roles_of_tasks() -> list[str]:
    """Every value that `Task.roles` can have: tasks are made from pinned definitions alone."""
    pins = PinnedDefinition.objects.defer("body", "text")
    return sorted({spec.roles for pinned in pins for spec in read(pinned).tasks})


def earlier_labels(case: Case) -> dict[str, str]:
    """Labels of fields as earlier versions of the case's procedure named them."""
    bodies = PinnedDefinition.objects.filter(definition=case.definition).order_by("pk").values_list("body", flat=True)
    return {field["id"]: field["label"] for body in bodies for field in body.get("fields", ())}


def _known(sha256: str, body: Any) -> CaseDefinition:
    if sha256 not in _read:
        _read[sha256] = CaseDefinition.model_validate(body)
    return _read[sha256]


def calendar_of(definition: CaseDefinition) -> WorkCalendar:
    return calendar(definition.calendar)


def calendar(name: str = "cn") -> WorkCalendar:
    """The working-day calendar in force today. Raises CaseError when the county has none of that name."""
    try:
        loaded = policy.current("calendar", name)
    except KeyError as error:
        raise CaseError(_("没有“%(id)s”这份工作日历，请在“政策参数”里添加。") % {"id": name}) from error
    if loaded.sha256 not in _calendars:
        _calendars[loaded.sha256] = WorkCalendar.of(CalendarSpec.model_validate(loaded.data).years)
    return _calendars[loaded.sha256]
