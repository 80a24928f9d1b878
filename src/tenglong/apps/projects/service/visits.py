"""走访 and 有事就联系: what was asked, what was promised until when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.projects import policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Project, Promise, Visit, VisitPhoto
from tenglong.apps.projects.service.base import OWN, WORK, keep, locked, not_ahead, said
from tenglong.apps.projects.service.projects import contact
from tenglong.domain.delta import Delta

PHOTO: Final = "site_photo"
#: pictures of one visit; open questions of one firm at a time
MOST_PHOTOS, MOST_OPEN = 12, 20


@transaction.atomic
def log(
    actor: Any, project: Project, *, on: date, met: str, told: str, promises: Sequence[Mapping[str, Any]] = (),
    photos: Sequence[Any] = (),
) -> Visit:
    """One visit with its promises (question, promise, due_on, owner) and pictures. Raises Refused, ProjectError."""
    row = locked(actor, project, WORK)
    made = Visit.objects.create(
        project=row, on=not_ahead(on, _("走访日期")), by=actor, met=said(met, _("接待人"))[:120],
        told=said(told, _("走访情况"))[:2000], created_by_id=actor.pk)
    for one in promises:
        Promise.objects.create(
            project=row, visit=made, question=said(one["question"], _("问题"))[:500],
            promise=str(one.get("promise") or "")[:500], asked_on=on, owner=one.get("owner") or actor,
            due_on=_due(one.get("due_on"), on), created_by_id=actor.pk)
    record(actor, "project.visit", "project", row.ulid, deltas=[Delta("visit", None, made.ulid)], count=1 + len(promises))
    photograph(actor, row, photos, on=on, visit=made)
    return made


def _due(told: date | None, on: date) -> date:
    """What was said, else the term of the county."""
    if told is not None and told < on:
        raise ProjectError(_("期限 %(due)s 早于提出的日子。") % {"due": told})
    term = policies.in_force().body.answer
    return told or policies.calendar().deadline(on, working_days=term.working_days, days=term.days).due


@transaction.atomic
def photograph(
    actor: Any, project: Project, files: Sequence[Any], *, on: date, caption: str = "", visit: Visit | None = None,
) -> list[VisitPhoto]:
    """Pictures of the site, checked by the form; kept as files of the project's town. Raises Refused, ProjectError."""
    row = locked(actor, project, WORK)
    if len(files) > MOST_PHOTOS:
        raise ProjectError(_("一次最多 %(n)s 张照片。") % {"n": MOST_PHOTOS})
    return [
        VisitPhoto.objects.create(
            project=row, visit=visit, document=keep(actor, file, PHOTO, row), on=not_ahead(on, _("拍摄日期")),
            caption=caption.strip()[:120])
        for file in files
    ]


@transaction.atomic
def ask(actor: Any, project: Project, question: str) -> Promise:
    """The firm asks: its contact answers within the county's term. Raises Refused, ProjectError."""
    row = locked(actor, project, OWN)
    if row.promises.filter(by_firm=True, done_on__isnull=True).count() >= MOST_OPEN:
        raise ProjectError(_("还有 %(n)s 件没有办结，请先等答复。") % {"n": MOST_OPEN})
    today, told = timezone.localdate(), contact(row)
    made = Promise.objects.create(
        project=row, question=said(question, _("问题"))[:500], asked_on=today, by_firm=True, owner=told.user if told else None,
        due_on=_due(None, today), created_by_id=actor.pk)
    record(actor, "promise.ask", "project", row.ulid, deltas=[Delta("promise", None, made.ulid)])
    return made


@transaction.atomic
def answer(actor: Any, promise: Promise, text: str, *, due_on: date | None = None, owner: Any = None) -> Promise:
    """What is promised and until when. Raises Refused, ProjectError."""
    row = locked(actor, promise, WORK)
    if row.done_on is not None:
        raise ProjectError(_("这件事已经办结。"))
    told = said(text, _("答复和承诺"))[:500]
    new = _due(due_on, row.asked_on) if due_on else row.due_on
    Promise.objects.filter(pk=row.pk).update(promise=told, due_on=new, owner=owner or row.owner)
    changed = [Delta("promise", row.promise, told), Delta("due_on", row.due_on, new)]
    record(actor, "promise.answer", "project", row.project.ulid, deltas=changed, reason=row.ulid)
    return Promise.objects.get(pk=row.pk)


@transaction.atomic
def finish(actor: Any, promise: Promise, outcome: str, *, on: date | None = None) -> Promise:
    """The matter is settled. Raises Refused, ProjectError."""
    row, day = locked(actor, promise, WORK), on or timezone.localdate()
    if row.done_on is not None:
        raise ProjectError(_("这件事已经办结。"))
    if not_ahead(day, _("办结日期")) < row.asked_on:
        raise ProjectError(_("办结日期早于提出的日子。"))
    told = said(outcome, _("办理结果"))[:500]
    Promise.objects.filter(pk=row.pk).update(done_on=day, outcome=told)
    record(actor, "promise.finish", "project", row.project.ulid, deltas=[Delta("done_on", None, day)], reason=row.ulid)
    return Promise.objects.get(pk=row.pk)
