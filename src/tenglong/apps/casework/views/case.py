"""The page of a case: where it stands, what may be done and why not, tasks, material, history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import hooks, pauses, queries, service, supervisions, working
from tenglong.apps.casework.errors import sentence
from tenglong.apps.casework.forecasting import outlook
from tenglong.apps.casework.models import Case
from tenglong.apps.casework.papers import label_of
from tenglong.apps.casework.views._common import CHINESE, case_or_404, fields_of, is_subject
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_names
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.engine import Move
from tenglong.domain.casework.kinds import ATTACHMENT
from tenglong.web.twins import Twin


@requires("case.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    case = case_or_404(request, ulid)
    return render(request, "casework/case.html", page(request, case))


def page(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Everything the template shows; also after a step that was refused."""
    definition, outside = service.definition_of(case), is_subject(request.user)
    powers = working.powers_on(request.user, case)
    ready, blocked = split(service.allowed(request.user, case))
    return {
        "case": case, "definition_label": _(definition.label), "state": definition.state_by_id[case.state],
        "state_label": _(case.state_label), "tone": "ok" if not case.open else "run", "outside": outside,
        "fields": fields_of(definition, case, outside), "ready": ready, "blocked": blocked,
        "stages": stages(definition, case), "tasks": tasks(request, case, outside, powers),
        "papers": papers(request, case, definition, outside),
        "kinds": [*((kind, _(label)) for kind, label in definition.documents.items()), (ATTACHMENT, _("其他附件"))],
        "may_file": case.open and bool(powers & {"case.work"}) and can(request.user, "document.add"),
        "events": events(request, case, outside), "town": town_names(request.user).get(case.division_code, case.division_code),
        "about": hooks.about_case(case, request.user), **inside(request, case, outside, powers),
    }


def inside(request: HttpRequest, case: Case, outside: bool, powers: frozenset[str]) -> dict[str, Any]:
    """What only offices see: the forecast, orders, and the buttons of the desk."""
    if outside:
        return {}
    return {
        "outlook": outlook(case), "orders": list(supervisions.supervisions(request.user).filter(case=case)),
        "checklist": hooks.checklist_of(case, request.user),
        "may_pause": pauses.may(request.user, case), "may_comment": "case.work" in powers,
        "may_supervise": case.open and can(request.user, "case.supervise"),
    }


#: order of the buttons: onward first, the early end last
WAYS = ("forward", "back", "end")


def split(moves: list[Move]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Moves that can be done now or whose form answers what is missing; and the others with their reasons."""
    told = [
        {"id": move.transition.id, "label": _(move.transition.label), "fillable": move.fillable,
         "reasons": [sentence(block) for block in move.blocks], "way": move.transition.way}
        for move in sorted(moves, key=lambda move: WAYS.index(move.transition.way))
    ]
    return [one for one in told if one["fillable"]], [one for one in told if not one["fillable"]]


def stages(definition: CaseDefinition, case: Case) -> list[dict[str, Any]]:
    """States in the order of the text: passed, here, ahead; those off the main line only when the case was there."""
    been = set(case.events.exclude(to_state="").values_list("to_state", flat=True))
    return [
        {"label": _(state.label), "here": state.id == case.state, "past": state.id in been and state.id != case.state}
        for state in definition.states if state.id in definition.main_line or state.id in been
    ]


def tasks(request: HttpRequest, case: Case, outside: bool, powers: frozenset[str]) -> list[dict[str, Any]]:
    """Rows with lights; from outside only the tasks of the enterprise itself."""
    found = [row for row in queries.tasks(request.user, case) if not outside or set(row.powers) & powers]
    asked = {power for row in found if row.done_on is None for power in row.powers} if "case.assign" in powers else set()
    people = queries.workers(case, asked) if asked else []
    return [task_row(request, row, powers, people) for row in queries.lit(found, timezone.localdate())]


def task_row(
    request: HttpRequest, row: queries.Row, powers: frozenset[str], people: list[tuple[Any, frozenset[str]]]
) -> dict[str, Any]:
    task, mine = row.task, row.task.assignee_id == request.user.pk
    works = task.done_on is None and bool(set(task.powers) & powers)
    return {
        "task": task, "light": row.light, "word": _(row.light.word), "label": _(task.label),
        "who": working.who(task.powers),
        "may_take": works and task.assignee_id is None and can(request.user, "case.work"),
        "may_close": works and (mine or task.assignee_id is None or "case.assign" in powers)
        and task.wait_over(timezone.localdate()),
        "may_escalate": task.done_on is None and task.escalated_on is None and "case.work" in powers,
        "people": [person for person, here in people if here & set(task.powers)] if task.done_on is None else [],
    }


def papers(request: HttpRequest, case: Case, definition: CaseDefinition, outside: bool) -> list[dict[str, Any]]:
    """Material on file; the file itself only where the register shows it to this person; from outside no inner attachments."""
    rows = [row for row in queries.evidence(request.user, case) if not outside or row.kind != ATTACHMENT]
    held = {one.pk: one for one in registry.documents(request.user).filter(pk__in=[row.document_id for row in rows])}
    may_see = can(request.user, "document.view")
    return [
        {"kind": label_of(definition, row.kind), "row": row, "document": held.get(row.document_id) if may_see else None}
        for row in rows
    ]


def events(request: HttpRequest, case: Case, outside: bool) -> list[dict[str, Any]]:
    """Newest first; from outside the moves alone, with the reasons that are told and no names."""
    rows = queries.events(request.user, case)
    found = []
    for row in rows.filter(kind__in=("open", "move")) if outside else rows:
        found.append({
            "event": row, "word": kind_word(row.kind), "label": _(row.label) if row.label else "",
            "actor": "" if outside else row.actor.name if row.actor else _("系统"),
            "reason": row.reason if row.told or not outside else "",
        })
    return found


def kind_word(kind: str) -> str:
    words = {
        "task": _("完成任务"), "take": _("领取任务"), "assign": _("指派任务"), "evidence": _("提交材料"), "comment": _("评论"),
        "pause": _("暂停"), "resume": _("恢复"), "escalate": _("提请领导"), "supervise": _("督办"),
        "migrate": _("换用新版流程"),
    }
    return words.get(kind, "")


@requires("case.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    """The page as JSON."""
    case = case_or_404(request, ulid)
    shown = page(request, case)
    body = {
        "ulid": case.ulid, "definition": case.definition, "version": case.version, "sha256": case.sha256, "title": case.title,
        "state": case.state, "state_label": shown["state_label"], "opened_on": case.opened_on, "entered_on": case.entered_on,
        "closed_at": case.closed_at, "lock_version": case.lock_version,
        "fields": [(label, text) for label, text, _long in shown["fields"]],
        "moves": shown["ready"] + shown["blocked"], "tasks": [_task_json(row) for row in shown["tasks"]],
        "documents": [
            {"kind": one["kind"], "name": one["document"].name if one["document"] else None} for one in shown["papers"]
        ],
        "about": [{"label": str(one.label), "text": one.text, "url": one.url} for one in shown["about"]],
        "checklist": shown.get("checklist", []), "paused_on": case.paused_on, "forecast": shown.get("outlook"),
        "events": [_event_json(one) for one in shown["events"]],
    }
    return Twin(body, json_dumps_params=CHINESE)


def _task_json(row: dict[str, Any]) -> dict[str, Any]:
    task = row["task"]
    return {
        "ulid": task.ulid, "task": task.task, "label": row["label"], "kind": task.kind, "opened_on": task.opened_on,
        "due_on": task.due_on, "light": row["light"].id, "word": row["word"], "days": row["light"].days,
        "unpublished": task.unpublished, "done_on": task.done_on, "outcome": task.outcome,
    }


def _event_json(one: dict[str, Any]) -> dict[str, Any]:
    row = one["event"]
    return {"kind": row.kind, "transition": row.transition, "label": one["label"], "to": row.to_state, "on": row.on,
            "at": row.at, "actor": one["actor"], "reason": one["reason"]}
