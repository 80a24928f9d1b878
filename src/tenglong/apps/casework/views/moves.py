"""One move: what it will do, what it asks for, and the refusal or conflict in words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import papers, service, working
from tenglong.apps.casework.forms import MoveForm
from tenglong.apps.casework.models import Case
from tenglong.apps.casework.views._common import case_or_404
from tenglong.apps.casework.views.case import page
from tenglong.domain.casework.definition import CaseDefinition, Transition


@requires("case.view")
def move(request: HttpRequest, ulid: str, transition: str) -> HttpResponse:
    case = case_or_404(request, ulid)
    definition = service.definition_of(case)
    spec = definition.transition_by_id.get(transition)
    if spec is None:
        raise Http404(_("这个流程没有这一步。"))
    form = _form(request, case, definition, spec)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _do(request, case, definition, spec, form)
                messages.success(request, _("已办理“%(label)s”") % {"label": _(spec.label)})
                return redirect("casework:case", case.ulid)
            except service.CaseConflict as error:
                return _conflict(request, case, str(error))
            except service.CaseError as error:
                form.add_error(None, str(error))
    context = _context(case, definition, spec, form, request)
    return render(request, "casework/move.html", context, status=status)


def _form(request: HttpRequest, case: Case, definition: CaseDefinition, spec: Transition) -> MoveForm:
    held = frozenset(case.evidence.values_list("kind", flat=True))
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return MoveForm(
        *given, definition=definition, transition=spec, values=case.fields, held=held,
        may_file=can(request.user, "document.add"), initial={"lock_version": case.lock_version},
    )


@transaction.atomic
def _do(request: HttpRequest, case: Case, definition: CaseDefinition, spec: Transition, form: MoveForm) -> None:
    """Files are kept and the move made in one go: a refused move leaves no material behind."""
    filed = [
        (kind, papers.keep_file(request.user, case, kind, upload.name or "", upload.read()).ulid)
        for kind, upload in form.files_given()
    ]
    service.move(
        request.user, case.ulid, spec.id, lock_version=form.cleaned_data["lock_version"], reason=form.cleaned_data["reason"],
        fields=form.values(), documents=filed,
    )


def _conflict(request: HttpRequest, case: Case, sentence: str) -> HttpResponse:
    """Back to the case as it is now, with what happened meanwhile."""
    now = page(request, case_or_404(request, case.ulid))
    return render(request, "casework/case.html", {**now, "conflict": sentence}, status=409)


def _context(case: Case, definition: CaseDefinition, spec: Transition, form: MoveForm, request: HttpRequest) -> dict[str, Any]:
    blocks: list[str] = []
    if spec.id in {one.id for one in definition.leaving(case.state)}:
        moves = {one.transition.id: one for one in service.allowed(request.user, case)}
        blocks = [block.sentence(_) for block in moves[spec.id].blocks if block.kind not in ("field", "document", "reason")]
    else:
        blocks = [_("案件现在是“%(state)s”，不能办理“%(name)s”") % {"state": _(case.state_label), "name": _(spec.label)}]
    told = [_(one) for one in spec.consequences]
    return {
        "case": case, "label": _(spec.label), "form": form, "blocks": blocks, "consequences": told,
        "to_label": _(definition.state_by_id[spec.to].label), "confirm": "|".join(told),
        "asked": [field for field in form if not field.is_hidden and field.name != "reason"],
        "who": working.who(spec.role),
    }
