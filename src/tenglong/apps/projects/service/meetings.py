"""专题会: an agenda drawn from open blockers, what was decided, who does it until when, and whether it was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Blocker, Level, Meeting, MeetingItem, Project
from tenglong.apps.projects.service.base import LEAD, WORK, guard, locked, not_ahead, said
from tenglong.domain.delta import Delta

MOST_ITEMS = 60


@transaction.atomic
def plan(actor: Any, *, title: str, on: date, level: str, division_code: str, chair: str = "", draw: bool = True) -> Meeting:
    """A meeting; with `draw` every open blocker of that level in the actor's sight and in that place comes on the agenda.
    Raises Refused, ProjectError."""
    require(actor, WORK)
    if not scope_of(actor, WORK).covers(division_code):
        raise ProjectError(_("请选择您管辖的镇街或县。"))
    if level not in Level.values:
        raise ProjectError(_("没有这个层级。"))
    made = Meeting.objects.create(
        title=said(title, _("会议名称"))[:120], on=on, level=level, division_code=division_code, chair=chair.strip()[:60],
        created_by_id=actor.pk)
    record(actor, "meeting.plan", "meeting", made.ulid, deltas=[Delta("title", None, made.title), Delta("on", None, on)])
    if draw:
        rows = scoped(actor, Blocker.objects.filter(solved_on=None, level=level, project__stopped_on=None))
        inside = rows.filter(project__division_code__startswith=division_code).select_related("project")
        for blocker in inside.order_by("opened_on", "pk")[:MOST_ITEMS]:
            add(actor, made, blocker.project, matter=blocker.title, blocker=blocker)
    return made


@transaction.atomic
def add(actor: Any, meeting: Meeting, project: Project, *, matter: str, blocker: Blocker | None = None) -> MeetingItem:
    """Raises Refused, ProjectError."""
    row = locked(actor, meeting, WORK)
    about = locked(actor, project, WORK)
    if row.held:
        raise ProjectError(_("会已开过，不再加议题。"))
    last = row.items.aggregate(last=Max("ordinal"))["last"] or 0
    if last >= MOST_ITEMS:
        raise ProjectError(_("一次会议最多 %(n)s 个议题。") % {"n": MOST_ITEMS})
    if blocker is not None and row.items.filter(blocker=blocker).exists():
        raise ProjectError(_("这个卡点已在议程上。"))
    made = MeetingItem.objects.create(
        meeting=row, ordinal=last + 1, project=about, blocker=blocker, matter=said(matter, _("议题"))[:300])
    record(actor, "meeting.add", "meeting", row.ulid, deltas=[Delta(f"{made.ordinal}.project", None, about.ulid)])
    return made


@transaction.atomic
def decide(actor: Any, item: MeetingItem, values: Mapping[str, Any]) -> MeetingItem:
    """`decision`, `office`, `owner`, `due_on`. Raises Refused, ProjectError."""
    meeting = locked(actor, item.meeting, WORK, LEAD)
    row = locked(actor, item, WORK, LEAD)
    due = values.get("due_on")
    if due is not None and due < meeting.on:
        raise ProjectError(_("期限早于会议日期。"))
    new = {"decision": said(str(values.get("decision") or ""), _("议定的事"))[:1000],
           "office": str(values.get("office") or "").strip()[:120], "owner": values.get("owner"), "due_on": due}
    MeetingItem.objects.filter(pk=row.pk).update(**new)
    told = [Delta(f"{row.ordinal}.{name}", getattr(row, name), new[name]) for name in ("decision", "office", "due_on")]
    record(actor, "meeting.decide", "meeting", meeting.ulid, deltas=told)
    return MeetingItem.objects.get(pk=row.pk)


@transaction.atomic
def hold(actor: Any, meeting: Meeting, *, lock_version: int | None = None) -> Meeting:
    """The meeting took place: its agenda is closed. Raises Refused, ProjectError."""
    row = locked(actor, meeting, WORK, LEAD)
    guard(row, lock_version)
    not_ahead(row.on, _("会议日期"))
    if not row.items.exists():
        raise ProjectError(_("议程上没有议题。"))
    Meeting.objects.filter(pk=row.pk).update(held=True, lock_version=row.lock_version + 1)
    record(actor, "meeting.hold", "meeting", row.ulid, deltas=[Delta("held", False, True)])
    return Meeting.objects.get(pk=row.pk)


@transaction.atomic
def done(actor: Any, item: MeetingItem, outcome: str, *, on: date | None = None) -> MeetingItem:
    """What was decided is done. Raises Refused, ProjectError."""
    row, day = locked(actor, item, WORK, LEAD), on or timezone.localdate()
    if not row.decision:
        raise ProjectError(_("还没有议定，先记下议定的事。"))
    if row.done_on is not None:
        raise ProjectError(_("这件事已经落实。"))
    told = said(outcome, _("落实情况"))[:500]
    MeetingItem.objects.filter(pk=row.pk).update(done_on=not_ahead(day, _("落实日期")), outcome=told)
    record(actor, "meeting.done", "meeting", row.meeting.ulid, deltas=[Delta(f"{row.ordinal}.done_on", None, day)], reason=told)
    return MeetingItem.objects.get(pk=row.pk)
