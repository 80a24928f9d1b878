"""What the pages of casework share: the case as the user may see it, words, who may take a task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires, roles_of
from tenglong.apps.casework import pinning, queries
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, Task
from tenglong.domain.casework.definition import CaseDefinition, CaseField

Text = str | Promise
#: JSON twins are read by people too
CHINESE = {"ensure_ascii": False}


def case_or_404(request: HttpRequest, ulid: str) -> Case:
    """A case of somebody else's is as absent as one that never was."""
    try:
        return queries.case(request.user, ulid)
    except Case.DoesNotExist as error:
        raise Http404(_("没有这个案件，或它不在您的管辖范围内。")) from error


def task_or_404(request: HttpRequest, ulid: str) -> Task:
    found = queries.all_tasks(request.user).filter(ulid=ulid).first()
    if found is None:
        raise Http404(_("没有这个任务，或它不在您的管辖范围内。"))
    return found


def told(request: HttpRequest, done: str, step: Callable[[], object]) -> None:
    """What was done, or why not, as a message."""
    try:
        step()
        messages.success(request, done)
    except CaseError as error:
        messages.error(request, str(error))


def step(
    verb: str, done: Text, act: Callable[[Any, str, str], object], find: Callable[[HttpRequest, str], Any], page: str,
    field: str = "reason",
) -> Callable[..., HttpResponseBase]:
    """The view of a button with one line of words: `act(user, ulid, words)`, then back to the page with what was done."""

    @require_POST
    @requires(verb)
    def view(request: HttpRequest, ulid: str) -> HttpResponse:
        row = find(request, ulid)
        told(request, str(done), lambda: act(request.user, row.ulid, request.POST.get(field, "")))
        return redirect(page, row.ulid)

    return view


def is_subject(user: Any) -> bool:
    """The enterprise reads its case from outside: no inner notes, no names of officers."""
    return roles_of(user) <= {"enterprise"}


def shown(field: CaseField, value: Any) -> str:
    """A field value as people read it."""
    if value is None or value == "":
        return ""
    if field.type == "choice":
        return next((_(choice.label) for choice in field.choices if choice.id == value), str(value))
    if field.type == "boolean":
        return _("是") if value else _("否")
    return f"{value} {_(field.unit)}" if field.unit else str(value)


def fields_of(definition: CaseDefinition, case: Case, outside: bool) -> list[tuple[str, str, bool]]:
    """(label, text, long) of every field that holds a value; from outside only those the definition tells."""
    found = []
    for field in definition.fields:
        text = shown(field, case.fields.get(field.id))
        if text and (field.told_to_subject or not outside):
            found.append((_(field.label), text, field.type == "long_text"))
    if not outside:  # an earlier version of the procedure had them; they stay with the case
        strange = {name: value for name, value in case.fields.items() if name not in definition.field_by_id}
        kept = {name: value for name, value in strange.items() if value not in (None, "")}
        labels = pinning.earlier_labels(case) if kept else {}
        found += [(_("%(label)s（原流程）") % {"label": _(labels.get(name, name))}, str(value), False)
                  for name, value in kept.items()]
    return found
