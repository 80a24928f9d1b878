"""Running cases to the version in force: a preview of every one, and the change in one transaction, audited.

What cannot move stays under its version. The history keeps the words it was written with; the event of the change says what
was renamed, so that later guards find earlier steps.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.casework import pinning, working
from tenglong.apps.casework.errors import CaseConflict, CaseError
from tenglong.apps.casework.models import Case, CaseEvent, Evidence, PinnedDefinition, Task
from tenglong.apps.casework.renaming import PARTS, Gap, found_gaps
from tenglong.domain.casework import engine, migration
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.delta import Delta

CHUNK: Final = 500


@dataclass(frozen=True)
class Change:
    """What was looked at. `seen` is a hash of it: the change is refused when anything moved meanwhile."""

    old: PinnedDefinition
    new: PinnedDefinition | None
    version: str
    preview: migration.Preview
    seen: str


def versions(user: Any, definition_id: str) -> list[tuple[PinnedDefinition, int]]:
    """(pinned text, running cases of it), the newest first."""
    counts = dict(_running(user).filter(definition=definition_id).order_by().values_list("pinned").annotate(n=Count("pk")))
    return [(row, counts[row.pk]) for row in PinnedDefinition.objects.filter(pk__in=counts).order_by("-pk")]


def _running(user: Any) -> Any:
    return scoped(user, Case.objects.filter(closed_at=None))


def preview(user: Any, old: PinnedDefinition, renames: migration.Renames) -> Change:
    """Every running case of `old` that the user sees, under the version in force today. Raises CaseError, Refused."""
    require(user, "policy.edit")
    cases = list(_running(user).filter(pinned=old).order_by("pk"))
    return _preview(user, old, renames, cases, _states(cases))


def in_force(row: PinnedDefinition) -> bool:
    """True while new cases would pin that very text; also where no text is in force any more, for there is none to move to."""
    try:
        return bool(pinning.definition_in_force(row.definition)[0].sha256 == row.sha256)
    except CaseError:
        return True


def _target(old: PinnedDefinition) -> tuple[Any, CaseDefinition]:
    loaded, new = pinning.definition_in_force(old.definition)
    if loaded.sha256 == old.sha256:
        raise CaseError(_("这些案件已经是现行版本（第 %(version)s 版）。") % {"version": old.version})
    return loaded, new


def gaps(old: PinnedDefinition, renames: migration.Renames) -> list[Gap]:
    """What of the old text the version in force has under no name, and the new names it may have. Raises CaseError."""
    return found_gaps(_body(old), _target(old)[1], renames)


def _preview(
    user: Any, old: PinnedDefinition, renames: migration.Renames, cases: list[Case], states: dict[int, engine.CaseState]
) -> Change:
    loaded, new = _target(old)
    free = [case for case in cases if case.paused_on is None]
    running = (migration.Running(case.ulid, states[case.pk], case.title) for case in free)
    try:
        found = migration.preview(_body(old), new, running, _context(new), renames)
    except migration.MigrationError as error:
        raise CaseError(str(error)) from error
    held = tuple(
        migration.Move(case.ulid, case.title, case.state_label, "", (_("案件已暂停，恢复后再迁移"),))
        for case in cases if case.paused_on is not None
    )
    whole = migration.Preview((*found.moves, *held), found.unmapped)
    told = [f"{case.ulid} {case.lock_version}" for case in cases] + [loaded.sha256, repr(renames)]
    seen = hashlib.sha256("\n".join(told).encode()).hexdigest()
    return Change(old, PinnedDefinition.objects.filter(sha256=loaded.sha256).first(), loaded.version, whole, seen)


def _body(pinned: PinnedDefinition) -> CaseDefinition:
    return CaseDefinition.model_validate(pinned.body)


def _context(definition: CaseDefinition) -> engine.Context:
    return engine.Context(timezone.localdate(), pinning.calendar_of(definition))


def _states(cases: list[Case]) -> dict[int, engine.CaseState]:
    """Every case as the engine sees it, in a handful of statements."""
    tasks, events, kinds = defaultdict[int, list[Any]](list), defaultdict[int, list[Any]](list), defaultdict[int, set[str]](set)
    for at in range(0, len(cases), CHUNK):
        ids = [case.pk for case in cases[at : at + CHUNK]]
        for task in Task.objects.filter(case__in=ids).order_by("pk"):
            tasks[task.case_id].append(working.task_state(task))
        for event in CaseEvent.objects.filter(case__in=ids, kind__in=working.STEPS).order_by("pk"):
            events[event.case_id].append(event)
        for pk, kind in Evidence.objects.filter(case__in=ids).values_list("case", "kind"):
            kinds[pk].add(kind)
    return {
        case.pk: engine.CaseState(
            case.state, case.entered_on, dict(case.fields), frozenset(kinds[case.pk]), tuple(tasks[case.pk]),
            working.history(events[case.pk]), case.paused_on is not None)
        for case in cases
    }


@transaction.atomic
def migrate(actor: Any, old: PinnedDefinition, renames: migration.Renames, *, seen: str) -> Change:
    """Move all that can move; what was previewed under `seen` and nothing else. Raises CaseError, CaseConflict, Refused."""
    require(actor, "policy.approve")
    pks = list(_running(actor).filter(pinned=old).values_list("pk", flat=True))
    cases = list(Case.objects.select_for_update().filter(pk__in=pks, pinned=old, closed_at=None).order_by("pk"))
    states = _states(cases)
    change = _preview(actor, old, renames, cases, states)
    if change.seen != seen:
        raise CaseConflict(_("预览之后有案件办理过或流程又改过，请重新预览再迁移。"))
    loaded, definition = _target(old)
    pinned = pinning.pin(loaded, definition)
    ready = {move.key for move in change.preview.ready}
    if not ready:
        raise CaseError(_("没有能迁移的案件。"))
    before, context = _body(old), _context(definition)
    moved = [
        (case, migration.migrated(
            before, definition, migration.Running(case.ulid, states[case.pk]), context, str(actor.pk), renames))
        for case in cases if case.ulid in ready
    ]
    _write(actor, moved, definition, pinned, old, renames)
    return replace(change, new=pinned)


def _write(
    actor: Any, moved: list[tuple[Case, engine.CaseState]], definition: CaseDefinition, pinned: PinnedDefinition,
    old: PinnedDefinition, renames: migration.Renames,
) -> None:
    label = _("流程第 %(old)s 版 → 第 %(new)s 版") % {"old": old.version, "new": pinned.version}
    data = {**{name: dict(getattr(renames, name)) for name in PARTS}, "from": old.sha256, "to": pinned.sha256}
    for case, state in moved:
        _write_case(case, state, definition, pinned)
    _write_tasks(moved, definition)
    CaseEvent.objects.bulk_create(
        [CaseEvent(case=case, kind=migration.MIGRATED, transition=migration.MIGRATED, label=label, to_state=state.state,
                   actor=actor, on=timezone.localdate(), data=data) for case, state in moved], batch_size=CHUNK)
    for case, _state in moved:
        working.settle_due(case)
    deltas = [Delta(case.ulid, old.version, pinned.version) for case, _state in moved]
    audit.record(actor, "case.migrate", "policy", f"cases/{old.definition}", deltas=deltas, count=len(deltas), reason=label)


def _write_case(case: Case, state: engine.CaseState, definition: CaseDefinition, pinned: PinnedDefinition) -> None:
    case.pinned, case.version, case.sha256 = pinned, pinned.version, pinned.sha256
    case.state, case.state_label, case.fields = state.state, definition.state_by_id[state.state].label, dict(state.fields)
    case.visible_to_subject, case.shared = definition.visible_to_subject, definition.shared
    case.lock_version += 1
    case.save(update_fields=["pinned", "version", "sha256", "state", "state_label", "fields", "visible_to_subject", "shared",
                             "lock_version"])


def _write_tasks(moved: Iterable[tuple[Case, engine.CaseState]], definition: CaseDefinition) -> None:
    """Rows of tasks under their new names and terms; closed ones of an earlier version stay as they are."""
    calendar = pinning.calendar_of(definition)
    for case, state in moved:
        for task in state.tasks:
            if task.key is None:
                working.new_task(case, definition, task, calendar)
                continue
            values = {"task": task.id, "due_on": task.due, "unpublished": list(task.unpublished), "done_on": task.done_on,
                      "outcome": task.outcome}
            if task.open:
                values |= working.of_spec(definition, task.id)
                values["escalates_after"] = working.escalates(definition, task.due, calendar)
            Task.objects.filter(pk=task.key).update(**values)
