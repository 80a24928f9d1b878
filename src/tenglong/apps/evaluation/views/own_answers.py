"""What a firm has put to the office: all of it on one page, and its statement against a grade that was served on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import answers, queries, service
from tenglong.apps.evaluation.deadlines import until
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_statement import StatementForm
from tenglong.apps.evaluation.views.common import CHINESE
from tenglong.web.twins import Twin


@require_GET
@requires("evaluation.own")
def listing(request: HttpRequest) -> HttpResponse:
    """What may still be put, then what was put with its state, reply and files."""
    return render(request, "evaluation/own_answers.html", {
        "rights": answers.rights(request.user), "rows": answers.answers(request.user)})


@require_GET
@requires("evaluation.own")
def twin(request: HttpRequest) -> Twin:
    found = {"rights": answers.rights(request.user), "rows": answers.answers(request.user)}
    return Twin({name: [_row(one) for one in rows] for name, rows in found.items()}, json_dumps_params=CHINESE)


def _row(one: answers.Answer) -> dict[str, Any]:
    return {
        "kind": one.kind, "label": str(one.label), "cycle": one.cycle.title, "state": str(one.state), "url": one.url,
        "on": one.on.isoformat() if one.on else None, "text": one.text, "reply": one.reply,
        "replied_on": one.replied_on.isoformat() if one.replied_on else None, "deadline": str(one.what),
        "until": one.until.day.isoformat() if one.until else None, "working_days_left": one.until.left if one.until else None,
        "documents": [paper.name for paper in one.documents],
    }


@require_http_methods(["GET", "POST"])
@requires("evaluation.own")
def statement(request: HttpRequest, ulid: str) -> HttpResponse:
    """The grade as it was served; what the firm says while its days last."""
    found = _found(request, ulid)
    form = StatementForm(request.POST or None, request.FILES or None, initial={"text": found.statement})
    if request.method == "POST" and form.is_valid() and _stated(request, found, form):
        return redirect("evaluation:own-statement", ulid)
    last = until(found.window_ends_on)
    return render(request, "evaluation/own_statement.html", {
        "notice": found, "cycle": found.run.cycle, "form": form, "until": last,
        "papers": [row.document for row in queries.statement_evidence(request.user, found)],
        "open": found.window_ends_on >= timezone.localdate() and not found.reply,
    }, status=400 if form.is_bound else 200)


def _stated(request: HttpRequest, found: Any, form: StatementForm) -> bool:
    files = [(upload.name, upload.read()) for upload in form.cleaned_data["evidence"]]
    try:
        service.record_statement(request.user, found, text=form.cleaned_data["text"], evidence=files)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("陈述申辩已提交"))
    return True


def _found(request: HttpRequest, ulid: str) -> Any:
    try:
        return queries.notice(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这份送达，或它不是本企业的。")) from error
