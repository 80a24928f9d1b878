"""Pause with a reason and resume: the clock stops, and goes on with every deadline later by the working days lost."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.errors import CaseError, refused
from tenglong.apps.casework.models import Case
from tenglong.apps.casework.tasks import locked
from tenglong.domain.casework import pausing
from tenglong.domain.delta import Delta


@transaction.atomic
def pause(actor: Any, ulid: str, reason: str, *, lock_version: int | None = None) -> Case:
    """Stop the clock today. Raises CaseError, CaseConflict, Refused."""
    require(actor, "case.view")
    case = locked(actor, ulid, lock_version)
    if len(reason.strip()) < 2:
        raise CaseError(_("请写明暂停的理由。"))
    definition, state = _ready(actor, case, resume=False)
    today = timezone.localdate()
    case.paused_on = today
    working.write_tasks(case, definition, pausing.paused(definition, state), actor)
    _told(actor, case, "pause", None, reason.strip())
    return case


@transaction.atomic
def resume(actor: Any, ulid: str, note: str = "", *, lock_version: int | None = None) -> Case:
    """The clock runs again from today. Raises CaseError, CaseConflict, Refused."""
    require(actor, "case.view")
    case = locked(actor, ulid, lock_version)
    definition, state = _ready(actor, case, resume=True)
    since, today = case.paused_on, timezone.localdate()
    assert since is not None
    case.paused_on = None
    working.write_tasks(case, definition, pausing.resumed(state, since, today, pinning.calendar_of(definition)), actor)
    _told(actor, case, "resume", since, note.strip())
    return case


def may(actor: Any, case: Case) -> bool:
    """Whether the actor may pause or resume this case."""
    return case.open and bool(set(pinning.definition_of(case).pausers) & working.powers_on(actor, case))


def _ready(actor: Any, case: Case, *, resume: bool) -> Any:
    if not case.open:
        raise CaseError(_("案件已办结，不能暂停或恢复。"))
    definition, state = pinning.definition_of(case), working.state_of(case)
    context = working.context(actor, case, definition)
    if blocks := list(pausing.refusals(definition, state, working.actor_on(actor, case), context, resume=resume)):
        raise refused(blocks)
    return definition, state


def _told(actor: Any, case: Case, kind: str, since: Any, reason: str) -> None:
    case.save(update_fields=["paused_on"])
    working.note(case, actor, kind, "", on=timezone.localdate(), reason=reason)
    audit.record(actor, f"case.{kind}", "case", case.ulid, deltas=[Delta("paused_on", since, case.paused_on)], reason=reason)
