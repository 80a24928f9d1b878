"""The door of casework: open a case, move it, work its tasks. Each call is one transaction, checked, audited, told to hooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import papers as filing
from tenglong.apps.casework import pinning, queries, working
from tenglong.apps.casework.comments import comment
from tenglong.apps.casework.errors import CaseConflict, CaseError, refused
from tenglong.apps.casework.escalation import escalate, escalated, note_overdue
from tenglong.apps.casework.handover import HandOver, hand_over
from tenglong.apps.casework.hooks import About, Guard, Moved, OnMove, about, checklist, forget, guard, on_move, page_of, tell
from tenglong.apps.casework.models import Case, Evidence, Task
from tenglong.apps.casework.papers import Paper
from tenglong.apps.casework.pauses import pause, resume
from tenglong.apps.casework.queries import Inbox
from tenglong.apps.casework.tasks import assign, complete_task, locked, redate_open_tasks, take
from tenglong.domain.casework import engine
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.delta import Delta

Papers = Iterable[Paper]
OPENED = gettext_noop("发起")


@transaction.atomic
def open_case(
    actor: Any, definition_id: str, subject_type: str, subject_id: int | None, title: str, *, division_code: str,
    fields: Mapping[str, Any] | None = None, on: date | None = None, documents: Papers = (),
) -> Case:
    """A new case that pins the definition in force. Raises CaseError, Refused.

    `subject_id`: identity pk. `documents`: (kind, document ulid). `on`: the day it was opened, today at the latest.
    """
    require(actor, "case.view")
    loaded, definition = pinning.definition_in_force(definition_id)
    case = _draft(actor, loaded, definition, subject_type, subject_id, title, division_code)
    given, found = _read(definition, fields), filing.found(actor, definition, documents)
    _alone(case)
    context = working.context(actor, case, definition)
    begin = working.actor_on(actor, case)
    try:
        made = engine.start(
            definition, begin, context, fields=given, documents=[kind for kind, _paper in found], on=on
        )
    except engine.MoveRefused as error:
        raise refused(error.blocks) from error
    case.pinned = pinning.pin(loaded, definition)
    case.department_id = actor.department_id  # only now: whose desk it is opens no other town
    case.opened_on = case.entered_on = made.step.on
    _save_new(case)
    _settle(actor, case, definition, made, given, found, before="", label=OPENED)
    return case


def _draft(
    actor: Any, loaded: Any, definition: CaseDefinition, subject_type: str, subject_id: int | None, title: str, division: str
) -> Case:
    if subject_type != definition.subject:
        raise CaseError(_("“%(label)s”的对象应是 %(right)s，给的是 %(wrong)s。") % {
            "label": _(definition.label), "right": definition.subject, "wrong": subject_type})
    if not title.strip():
        raise CaseError(_("请写明案件名称。"))
    return Case(
        definition=loaded.id, version=loaded.version, sha256=loaded.sha256, subject_type=subject_type, subject_id=subject_id,
        title=title.strip()[:200], state=definition.initial, state_label=definition.state_by_id[definition.initial].label,
        division_code=division, visible_to_subject=definition.visible_to_subject, shared=definition.shared,
        single=definition.single and subject_id is not None, opened_by=actor,
    )


def _alone(case: Case) -> None:
    """One open case per subject where the definition says so."""
    if not case.single:
        return
    others = Case.objects.filter(
        definition=case.definition, subject_type=case.subject_type, subject_id=case.subject_id, closed_at=None
    )
    if other := others.first():
        raise CaseError(_("同一对象已有一个未办结的案件：“%(title)s”（%(state)s）。") % {
            "title": other.title, "state": _(other.state_label)})


def _save_new(case: Case) -> None:
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        _alone(case)
        raise CaseError(_("案件没有存上，请再试一次。")) from error


@transaction.atomic
def move(
    actor: Any, ulid: str, transition: str, *, lock_version: int | None = None, reason: str = "",
    fields: Mapping[str, Any] | None = None, documents: Papers = (), on: date | None = None,
) -> Case:
    """Do one transition. Raises CaseError with every reason, CaseConflict when somebody was first, Refused.

    `lock_version`: what the form was opened with; None skips that guard (programs). `on`: not later than today, not before
    the case entered its state.
    """
    require(actor, "case.view")
    case = locked(actor, ulid, lock_version)
    definition = pinning.definition_of(case)
    given, found = _read(definition, fields), filing.found(actor, definition, documents)
    before, day = case.state, _day(case, on)
    context = working.context(actor, case, definition, day)
    try:
        made = engine.apply(
            definition, working.state_of(case), transition, working.actor_on(actor, case), context, reason=reason,
            fields=given, documents=[kind for kind, _paper in found],
        )
    except engine.MoveRefused as error:
        raise refused(error.blocks) from error
    _settle(actor, case, definition, made, given, found, before, definition.transition_by_id[transition].label)
    return case


def _day(case: Case, on: date | None) -> date:
    today = timezone.localdate()
    if on is not None and not case.entered_on <= on <= today:
        raise CaseError(_("办理日期 %(on)s 应在 %(first)s 与今天之间。") % {"on": on, "first": case.entered_on})
    return on or today


def _read(definition: CaseDefinition, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        return definition.read_fields(dict(fields or {}))
    except ValueError as error:
        raise CaseError(str(error)) from error


def _settle(
    actor: Any, case: Case, definition: CaseDefinition, made: engine.Applied, given: Mapping[str, Any],
    found: list[tuple[str, Any]], before: str, label: str,
) -> None:
    """Everything a step leaves behind: rows, one line of history, one audit entry, what other apps do about it."""
    step, held = made.step, dict(case.fields) if before else {}
    working.write_state(case, definition, made.state)
    working.write_tasks(case, definition, made.state, actor)
    filed = filing.file_all(actor, case, found)
    spec = definition.transition_by_id.get(step.transition)
    event = working.note(
        case, actor, "move" if spec else "open", label, on=step.on, step=step, told=bool(spec and spec.told),
        reason=step.reason, documents=filed,
    )
    deltas = [Delta("state", before or None, case.state)]
    deltas += [Delta(name, held.get(name), value) for name, value in given.items() if held.get(name) != value]
    action = "case.move" if spec else "case.open"
    audit.record(actor, action, "case", case.ulid, deltas=deltas, reason=f"{label} {step.reason}".strip())
    tell(Moved(case, event, actor, step.transition, before, case.state, dict(given), tuple(filed)))


@transaction.atomic
def add_evidence(actor: Any, ulid: str, kind: str, document_ulid: str) -> Evidence:
    """File a document of the register under one of the kinds of the definition. Raises CaseError, Refused."""
    require(actor, "case.work")
    case = locked(actor, ulid, None)
    if not case.open:
        raise CaseError(_("案件已办结，不能再加材料。"))
    definition = pinning.definition_of(case)
    pairs = filing.found(actor, definition, [(kind, document_ulid)])
    if filed := filing.file_all(actor, case, pairs):
        label = filing.label_of(definition, kind)
        working.note(case, actor, "evidence", label, on=timezone.localdate(), documents=filed)
        audit.record(actor, "case.evidence", "case", case.ulid, deltas=[Delta("document", None, f"{kind} {document_ulid}")])
    return Evidence.objects.get(case=case, kind=kind, document_id=pairs[0][1].pk)


@transaction.atomic
def add_file(actor: Any, ulid: str, kind: str, name: str, content: bytes) -> Evidence:
    """Keep an uploaded file as a document and file it. Raises CaseError, Refused."""
    require(actor, "case.work")
    require(actor, "document.add")
    case = locked(actor, ulid, None)
    filing.known_kind(pinning.definition_of(case), kind)
    document = filing.keep_file(actor, case, kind, name, content)
    return add_evidence(actor, ulid, kind, document.ulid)


def allowed(actor: Any, case: Case) -> list[engine.Move]:
    """Moves out of the present state, each with the reasons against it today."""
    definition = pinning.definition_of(case)
    context = working.context(actor, case, definition)
    return engine.allowed(definition, working.state_of(case), working.actor_on(actor, case), context)


def definition_of(case: Case) -> CaseDefinition:
    """The definition that the case began with."""
    return pinning.definition_of(case)


def open_task(user: Any, case: Case, task: str) -> Task | None:
    """The open task of that id in a case, to be handed to `complete_task`; None when it is closed or was never opened."""
    return queries.open_task(user, case, task)


def inbox(user: Any, today: date | None = None) -> Inbox:
    """Open tasks that the user may work, with their lights and how many there are of each."""
    return queries.inbox(user, today)


def visible(user: Any) -> Any:
    """Cases that the user may see."""
    return scoped(user, Case.objects.all())


__all__ = [
    "About", "CaseConflict", "CaseError", "Guard", "HandOver", "Inbox", "Moved", "OnMove", "Task", "about", "add_evidence",
    "add_file", "allowed", "assign", "checklist", "comment", "complete_task", "definition_of", "escalate", "escalated",
    "forget", "guard", "hand_over", "inbox", "move", "note_overdue", "on_move", "open_case", "open_task", "page_of", "pause",
    "redate_open_tasks", "resume", "take", "visible",
]
