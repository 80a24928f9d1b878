"""Projects in sight: heads, dates and pairs, the course that lies behind and what is owed next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.projects import policies
from tenglong.apps.projects.models import (
    Blocker,
    Meeting,
    MeetingItem,
    Milestone,
    Phase,
    Project,
    Promise,
    Stage,
    Visit,
    VisitPhoto,
)
from tenglong.apps.registry.places import enterprise_names
from tenglong.domain.landing.projects import days
from tenglong.domain.landing.projects.days import Measured

VERBS: Final = ("project.view", "project.own")
OFFICE: Final = "project.view"


def projects(user: Any) -> QuerySet[Project]:
    """Offices inside their towns, a firm its own."""
    found = Project.objects.select_related("enterprise")
    return scoped(user, found) if any(can(user, verb) for verb in VERBS) else found.none()


def project(user: Any, ulid: str) -> Project:
    """Raises Project.DoesNotExist."""
    found: Project = projects(user).get(ulid=ulid)
    return found


def of_office(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that only offices read."""
    return scoped(user, rows) if can(user, OFFICE) else rows.none()


def visits(user: Any) -> QuerySet[Visit]:
    return of_office(user, Visit.objects.select_related("project", "by"))


def photos(user: Any) -> QuerySet[VisitPhoto]:
    return of_office(user, VisitPhoto.objects.select_related("project", "document", "visit"))


def promises(user: Any) -> QuerySet[Promise]:
    found = Promise.objects.select_related("project", "owner", "visit")
    return scoped(user, found) if any(can(user, verb) for verb in VERBS) else found.none()


def blockers(user: Any) -> QuerySet[Blocker]:
    return of_office(user, Blocker.objects.select_related("project", "owner", "phase"))


def meetings(user: Any) -> QuerySet[Meeting]:
    return of_office(user, Meeting.objects.all())


def meeting_items(user: Any) -> QuerySet[MeetingItem]:
    return of_office(user, MeetingItem.objects.select_related("meeting", "project", "blocker", "owner"))


# ---- dates


def first_done(rows: Iterable[Milestone]) -> dict[str, date]:
    """Event → day it happened: of the project as a whole, else of the first phase that reached it."""
    whole: dict[str, date] = {}
    parts: dict[str, date] = {}
    for one in rows:
        if one.done_on is not None:
            into = whole if one.phase_id is None else parts
            into[one.kind] = min(one.done_on, into.get(one.kind, one.done_on))
    return parts | whole


def milestones(row: Project) -> list[Milestone]:
    """In the order of the course, then by phase."""
    order = policies.in_force().body.order
    found = Milestone.objects.filter(project=row).select_related("phase", "document", "entered_by")
    return sorted(found, key=lambda one: (order.get(one.kind, len(order)), one.phase.ordinal if one.phase else 0))


def pairs(row: Project, today: date) -> list[Measured]:
    """The county's pairs of days, measured on a day: what happened later is not known yet."""
    rules = policies.in_force()
    done = {kind: on for kind, on in first_done(Milestone.objects.filter(project=row)).items() if on <= today}
    return [days.measure(pair, rules.body, done, today, policies.calendar()) for pair in rules.body.pairs]


def countdown(row: Project, today: date, pair_id: str = "landing_100") -> Measured | None:
    return next((one for one in pairs(row, today) if one.pair.id == pair_id), None)


@dataclass(frozen=True)
class Moment:
    """One line of the course. `kind`: milestone, visit, blocker, promise, meeting, step; `late`: its day has passed undone."""

    on: date | None
    kind: str
    what: str
    who: str = ""
    done: bool = False
    late: bool = False
    url: tuple[str, str] | None = None
    told: str = ""
    document: Any = None


def behind(user: Any, row: Project, today: date) -> list[Moment]:
    """What came before, newest first; a firm reads its dates and what it was promised."""
    words = policies.labels()
    found = [
        Moment(one.done_on, "milestone", _name(one, words), one.entered_by.name if one.entered_by else "", done=True,
               told=one.reason, document=one.document)
        for one in milestones(row) if one.done_on is not None and one.done_on <= today
    ]
    for visit in visits(user).filter(project=row, on__lte=today):
        found.append(Moment(visit.on, "visit", _("走访 %(met)s") % {"met": visit.met}, visit.by.name if visit.by else "", True,
                            url=("projects:visit", visit.ulid), told=visit.told))
    for one in blockers(user).filter(project=row, solved_on__lte=today):
        found.append(Moment(one.solved_on, "blocker", _("卡点解决：%(title)s") % {"title": one.title}, _owner(one), True,
                            url=("projects:blocker", one.ulid), told=one.solved_how))
    for promise in promises(user).filter(project=row, done_on__lte=today):
        found.append(Moment(promise.done_on, "promise", promise.question, _owner(promise), True, told=promise.outcome))
    return sorted(found, key=lambda one: one.on or date.min, reverse=True)


def ahead(user: Any, row: Project, today: date) -> list[Moment]:
    """Who owes what by when, the earliest first, what nobody dated last."""
    words = policies.labels()
    found = [
        Moment(one.planned_on, "milestone", _name(one, words), "", late=bool(one.planned_on and one.planned_on < today))
        for one in milestones(row) if one.done_on is None and one.planned_on is not None
    ]
    for promise in promises(user).filter(project=row, done_on__isnull=True):
        found.append(Moment(promise.due_on, "promise", promise.question, _owner(promise), late=promise.due_on < today,
                            told=promise.promise))
    for one in blockers(user).filter(project=row, solved_on__isnull=True):
        late = one.expected_on is not None and one.expected_on < today
        found.append(Moment(one.expected_on, "blocker", _("卡点：%(title)s") % {"title": one.title}, _owner(one), late=late,
                            url=("projects:blocker", one.ulid), told=one.get_level_display()))
    for item in meeting_items(user).filter(project=row, done_on__isnull=True).exclude(decision=""):
        late = item.due_on is not None and item.due_on < today
        found.append(Moment(item.due_on, "meeting", item.decision, _owner(item), late=late,
                            url=("projects:meeting", item.meeting.ulid)))
    return sorted(found, key=lambda one: (one.on is None, one.on or date.max))


def _name(one: Milestone, words: dict[str, str]) -> str:
    label = words.get(one.kind, one.kind)
    return _("%(label)s（第 %(n)s 期）") % {"label": label, "n": one.phase.ordinal} if one.phase else label


def _owner(row: Any) -> str:
    """Office and person, as far as they are told."""
    office, person = getattr(row, "office", ""), row.owner.name if row.owner else ""
    return " ".join(part for part in (office, person) if part)


# ---- the board


@dataclass(frozen=True)
class Card:
    project: Project
    firm: str
    blockers: int
    worst: str  # highest level of an open blocker
    pair: Measured | None


def board(user: Any, today: date, **narrow: Any) -> list[tuple[str, str, list[Card]]]:
    """Stage, its word, its projects; what was stopped is not on the board. Statements do not grow with the projects."""
    rules, calendar = policies.in_force(), policies.calendar()
    rows = list(projects(user).filter(stopped_on__isnull=True, **narrow))
    keys = [row.pk for row in rows]
    held: dict[int, list[Milestone]] = {}
    for one in Milestone.objects.filter(project_id__in=keys, done_on__isnull=False).only("project", "phase", "kind", "done_on"):
        held.setdefault(one.project_id, []).append(one)
    stuck: dict[int, list[str]] = {}
    for key, level in blockers(user).filter(project_id__in=keys, solved_on__isnull=True).values_list("project_id", "level"):
        stuck.setdefault(key, []).append(level)
    names = firm_names(user, rows)
    wanted = [pair for pair in rules.body.pairs if pair.id == "landing_100"]
    cards: dict[str, list[Card]] = {}
    for row in rows:
        done = first_done(held.get(row.pk, ()))
        # a ready plant is moved into, not started
        pair = next((days.measure(one, rules.body, done, today, calendar) for one in wanted if row.needs == "land"), None)
        levels = stuck.get(row.pk, [])
        worst = next((level for level in ("county", "park", "team") if level in levels), "")
        cards.setdefault(row.stage, []).append(
            Card(row, names.get(row.enterprise_id or 0, ("", ""))[1], len(levels), worst, pair))
    return [(stage, str(label), cards.get(stage, [])) for stage, label in Stage.choices]


def firm_names(user: Any, rows: Iterable[Project]) -> dict[int, tuple[str, str]]:
    return enterprise_names(user, [row.enterprise_id for row in rows])


def listed(user: Any) -> QuerySet[Project]:
    """Rows of the list: open blockers beside each project."""
    return projects(user).annotate(stuck=Count("blockers", filter=Q(blockers__solved_on__isnull=True)))


def phases(row: Project) -> list[Phase]:
    return list(row.phases.prefetch_related("plots").order_by("ordinal"))
