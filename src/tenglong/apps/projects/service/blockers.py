"""卡点: found, given to somebody, put a level higher by hand or when its days have passed, solved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.projects import policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Blocker, BlockerStep, Field, Level, Phase, Project
from tenglong.apps.projects.service.base import LEAD, WORK, document_of, guard, locked, not_ahead, said
from tenglong.domain.delta import Delta
from tenglong.domain.landing.projects import blockers as rule

#: seconds between two looks of the worker
OFTEN: Final = 600
CHUNK: Final = 100
#: years; a step that is held until 2099 would leave every board without a forecast
FAR: Final = 10


@transaction.atomic
def open_(
    actor: Any, project: Project, *, title: str, on: date | None = None, field: str = "other", detail: str = "",
    office: str = "", owner: Any = None, step: str = "", expected_on: date | None = None, visit: Any = None,
    phase: Phase | None = None,
) -> Blocker:
    """A new blocker at the level of the task force. `step`: permit step that it holds. Raises Refused, ProjectError."""
    row, day = locked(actor, project, WORK), on or timezone.localdate()
    if row.stopped_on is not None:
        raise ProjectError(_("项目已经终止，不再登记卡点。"))
    if field not in Field.values:
        raise ProjectError(_("没有这类卡点。"))
    _ahead(expected_on, not_ahead(day, _("发现日期")))
    return put(actor, row, said(title, _("卡点")), day, field=field, detail=detail.strip()[:1000], office=office.strip()[:120],
               owner=owner or actor, step=step[:48], expected_on=expected_on, visit=visit, phase=phase)


def put(actor: Any, project: Project, title: str, day: date, **values: Any) -> Blocker:
    """The row, its first note and its entry; `actor` None: found by the worker. The caller has looked at who may."""
    made = Blocker.objects.create(project=project, title=title[:120], level=Level.TEAM, level_since=day, opened_on=day,
                                  created_by_id=actor.pk if actor else None, **values)
    _note(made, "open", day, actor, made.title)
    record(actor or "system", "blocker.open", "blocker", made.ulid, deltas=[
        Delta("title", None, made.title), Delta("step", None, made.step)])
    return made


def settle(actor: Any, row: Blocker, how: str, day: date, document: Any = None) -> None:
    """Solved, whoever found it out; `actor` None: the worker. The caller holds the row."""
    _write(row, solved_on=day, solved_how=how, document=document)
    _note(row, "solve", day, actor, how)
    record(actor or "system", "blocker.solve", "blocker", row.ulid, deltas=[Delta("solved_on", None, day)], reason=how)


def _ahead(expected: date | None, opened: date) -> None:
    if expected is not None and expected < opened:
        raise ProjectError(_("预计解决的日期早于发现的日期。"))
    if expected is not None and expected.year > opened.year + FAR:
        raise ProjectError(_("预计解决的日期 %(day)s 太远，请核对年份。") % {"day": expected})


@transaction.atomic
def change(actor: Any, blocker: Blocker, values: Mapping[str, Any], *, lock_version: int | None = None) -> Blocker:
    """Who has it, whose it is, which step it holds, until when: what is not in `values` stays. Raises ProjectError."""
    row = _open_row(actor, blocker, lock_version, WORK)
    _ahead(values.get("expected_on"), row.opened_on)
    new = {name: values[name] for name in ("office", "owner", "step", "expected_on", "detail") if name in values}
    old = {name: getattr(row, name) for name in new}
    told = [Delta(name, str(old[name] or ""), str(value or "")) for name, value in new.items() if old[name] != value]
    if told:
        _write(row, **new)
        _note(row, "change", timezone.localdate(), actor, "；".join(f"{one.new}" for one in told if one.new))
        record(actor, "blocker.change", "blocker", row.ulid, deltas=told)
    return Blocker.objects.get(pk=row.pk)


@transaction.atomic
def escalate(actor: Any, blocker: Blocker, *, reason: str, lock_version: int | None = None) -> Blocker:
    """To the next level, by hand. Raises Refused, ProjectError."""
    row = _open_row(actor, blocker, lock_version)
    level = rule.next_level(row.level)
    if level is None:
        raise ProjectError(_("卡点已在县级，没有更高的层级。"))
    _up(row, level, timezone.localdate(), actor, said(reason, _("上报的理由")))
    return Blocker.objects.get(pk=row.pk)


def by_itself(today: date | None = None) -> int:
    """The worker's look: what has been at its level longer than the policy lets it goes up, one level at a look.

    Returns how many went.
    """
    day, policy, calendar = today or timezone.localdate(), policies.in_force().body, policies.calendar()
    waiting = Blocker.objects.filter(solved_on=None, project__stopped_on=None).exclude(level=Level.COUNTY)
    late = []
    for key, level, since in waiting.order_by("pk").values_list("pk", "level", "level_since"):
        last = rule.escalates(policy, level, since, calendar)
        if last is not None and last.due < day:
            late.append((key, level))
    return sum(_put_some(late[at : at + CHUNK], day) for at in range(0, len(late), CHUNK))


@transaction.atomic
def _put_some(keys: list[tuple[int, str]], day: date) -> int:
    """Two workers may look at once: a row that is no longer at the level read is left alone."""
    moved = 0
    for key, level in keys:
        row = Blocker.objects.select_for_update().filter(pk=key, level=level, solved_on=None).first()
        above = rule.next_level(level)
        if row is not None and above is not None:
            _up(row, above, day, None, _why(level))
            moved += 1
    return moved


def _why(level: str) -> str:
    """Kept with the blocker, in Chinese like every reason."""
    term = rule.term_of(policies.in_force().body, level)
    held = term.escalate
    days = f"{held.working_days} 个工作日" if held and held.working_days is not None else f"{held.days if held else 0} 天"
    return f"在{term.label}超过 {days}没有解决，自动上报"


def _up(row: Blocker, level: str, day: date, actor: Any, reason: str) -> None:
    before = row.level
    _write(row, level=level, level_since=day)
    row.level = level
    _note(row, "escalate", day, actor, reason)
    record(actor or "system", "blocker.escalate", "blocker", row.ulid, deltas=[Delta("level", before, level)], reason=reason)


@transaction.atomic
def solve(
    actor: Any, blocker: Blocker, *, how: str, on: date | None = None, document: Any = None, lock_version: int | None = None,
) -> Blocker:
    """Raises Refused, ProjectError."""
    row, day = _open_row(actor, blocker, lock_version), on or timezone.localdate()
    if not_ahead(day, _("解决日期")) < row.opened_on:
        raise ProjectError(_("解决日期早于发现的日期。"))
    told = said(how, _("怎么解决的"))[:500]
    settle(actor, row, told, day, document_of(actor, document))
    return Blocker.objects.get(pk=row.pk)


@transaction.atomic
def reopen(actor: Any, blocker: Blocker, *, reason: str, lock_version: int | None = None) -> Blocker:
    """What was thought solved is not; it stands where it stood, its days counted from today. Raises ProjectError."""
    row = locked(actor, blocker, WORK, LEAD)
    guard(row, lock_version)
    if row.solved_on is None:
        raise ProjectError(_("这个卡点没有解决，不用重开。"))
    why, day = said(reason, _("重开的理由")), timezone.localdate()
    _write(row, solved_on=None, solved_how="", level_since=day)
    _note(row, "reopen", day, actor, why)
    record(actor, "blocker.reopen", "blocker", row.ulid, deltas=[Delta("solved_on", row.solved_on, None)], reason=why)
    return Blocker.objects.get(pk=row.pk)


def _open_row(actor: Any, blocker: Blocker, lock_version: int | None, *verbs: str) -> Blocker:
    """For the task force, or whom `verbs` name; a leader may put it higher, solve it and take it up again."""
    row = locked(actor, blocker, *(verbs or (WORK, LEAD)))
    guard(row, lock_version)
    if row.solved_on is not None:
        raise ProjectError(_("这个卡点已于 %(day)s 解决。") % {"day": row.solved_on})
    return row


def _write(row: Blocker, **values: Any) -> None:
    Blocker.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1, **values)


def _note(row: Blocker, kind: str, day: date, actor: Any, told: str) -> None:
    BlockerStep.objects.create(blocker=row, on=day, kind=kind, by=actor, level=row.level, told=told[:500])
