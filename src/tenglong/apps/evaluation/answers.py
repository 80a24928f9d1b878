"""What a firm has put to the office and what it may still put, with the days left: statements, objections, appeals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.apps.casework import queries as casework
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.deadlines import Until, until
from tenglong.apps.evaluation.objection_window import window

KINDS = {"statement": _("陈述申辩"), "objection": _("用地异议"), "appeal": _("评价申诉")}
#: stages in which a grade may be appealed against
HEARD = ("publicity", "appeals", "minutes", "final")
WAITING, ANSWERED = _("待答复"), _("已答复")
NOTHING_DUE: tuple[str, date | None] = ("", None)


@dataclass(frozen=True)
class Answer:
    """One matter of the firm. `until`: the last day that counts now, `what` of it; `documents` are what it handed in."""

    kind: str
    cycle: Any
    url: str
    state: str | Promise
    tone: str
    on: date | None = None
    text: str = ""
    reply: str = ""
    replied_on: date | None = None
    what: str | Promise = ""
    until: Until | None = None
    documents: tuple[Any, ...] = field(default=())
    letter: str = ""

    @property
    def label(self) -> str | Promise:
        return KINDS[self.kind]


def rights(user: Any) -> list[Answer]:
    """What may be put to the office now, the nearest last day first."""
    found = [*_open_statements(user), *_open_areas(user), *_open_appeals(user)]
    return sorted(found, key=lambda one: (one.until is None, one.until.day if one.until else date.max))


def answers(user: Any) -> list[Answer]:
    """What was put to the office, newest first; open ones before those answered."""
    found = [*_statements(user), *_objections(user), *_appeals(user)]
    found.sort(key=lambda one: one.on or date.min, reverse=True)
    return sorted(found, key=lambda one: bool(one.replied_on))


def _day(moment: Any) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _statement_url(notice: Any) -> str:
    return reverse("evaluation:own-statement", args=[notice.ulid])


def _open_statements(user: Any) -> Iterable[Answer]:
    for notice in queries.statements(user).filter(statement="", window_ends_on__gte=timezone.localdate()):
        yield Answer("statement", notice.run.cycle, _statement_url(notice), _("可以提出"), "run", on=notice.served_on,
                     what=_("陈述申辩期满"), until=until(notice.window_ends_on))


def _statements(user: Any) -> Iterable[Answer]:
    for notice in queries.statements(user).exclude(statement=""):
        papers = [row.document for row in queries.statement_evidence(user, notice)]
        open_until = None if notice.reply else until(notice.window_ends_on)
        yield Answer(
            "statement", notice.run.cycle, _statement_url(notice), ANSWERED if notice.reply else WAITING,
            "ok" if notice.reply else "run", on=_day(notice.stated_at) or notice.served_on, text=notice.statement,
            reply=notice.reply, replied_on=_day(notice.replied_at), what=_("补充材料截止") if open_until else "",
            until=open_until, documents=tuple(papers),
        )


def _open_areas(user: Any) -> Iterable[Answer]:
    for cycle in queries.cycles(user):
        for area in queries.areas(user, cycle).filter(state="published").select_related("enterprise"):
            now = window(area)
            if now.open:
                told = _("用地面积公示期满") if now.until else _("用地面积定稿之前")
                yield Answer("objection", cycle, reverse("evaluation:own-area", args=[area.ulid]), _("可以提出"), "run",
                             what=told, until=now.until)


def _objections(user: Any) -> Iterable[Answer]:
    for cycle in queries.cycles(user):
        for one in queries.objections(user, cycle):
            yield Answer(
                "objection", cycle, reverse("evaluation:own-area", args=[one.area.ulid]), one.get_outcome_display(),
                "wait" if one.outcome == "rejected" else "ok" if one.outcome else "run", on=_day(one.created_at), text=one.text,
                reply=one.reply, replied_on=_day(one.decided_at), documents=(one.document,) if one.document else (),
            )


def _open_appeals(user: Any) -> Iterable[Answer]:
    for cycle in queries.cycles(user).filter(stage__in=HEARD):
        busy = set(queries.appeals(user, cycle).filter(outcome="").values_list("run_id", flat=True))
        listed = queries.publications(user, cycle).filter(kind="grades", state="open").first()
        for run in queries.runs(user, cycle).exclude(pk__in=busy):
            for result in queries.results(user, run).exclude(grade=""):
                yield Answer(
                    "appeal", cycle, reverse("evaluation:own-appeal-new", args=[run.ulid, result.key]), _("可以提出"), "run",
                    what=_("结果公示期满") if listed else "", until=until(listed.ends_on) if listed else None)


def _appeals(user: Any) -> Iterable[Answer]:
    rows = [row for cycle in queries.cycles(user) for row in queries.appeals(user, cycle)]
    due = _due(user, [row.case_ulid for row in rows if row.case_ulid and not row.outcome])
    for row in rows:
        what, day = due.get(row.case_ulid, NOTHING_DUE)
        answered = row.outcome in ("upheld", "rejected")
        yield Answer(
            "appeal", row.cycle, reverse("evaluation:own-appeal", args=[row.ulid]), row.get_outcome_display(),
            {"": "run", "upheld": "ok"}.get(row.outcome, "wait"), on=_day(row.created_at), text=row.text, reply=row.reply,
            replied_on=_day(row.replied_at), what=what, until=until(day),
            documents=tuple(one.document for one in queries.evidence(user, row)),
            letter=reverse("evaluation:own-appeal-letter", args=[row.ulid]) if answered else "",
        )


def _due(user: Any, cases: list[str]) -> dict[str, tuple[str, date | None]]:
    """Case → its nearest open task and the last day of it."""
    found: dict[str, tuple[str, date | None]] = {}
    rows = casework.all_tasks(user).filter(case__ulid__in=cases, done_on=None, due_on__isnull=False).order_by("-due_on")
    for task in rows:
        found[task.case.ulid] = (task.label, task.due_on)
    return found
