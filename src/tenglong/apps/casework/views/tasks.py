"""Buttons of a task and of the material: each does one thing and goes back to the case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.casework import queries, service
from tenglong.apps.casework.forms import EvidenceForm
from tenglong.apps.casework.views._common import case_or_404, task_or_404, told


@require_POST
@requires("case.work")
def take(request: HttpRequest, ulid: str) -> HttpResponse:
    task = task_or_404(request, ulid)
    told(request, _("已领取“%(name)s”") % {"name": _(task.label)}, lambda: service.take(request.user, task))
    return redirect("casework:case", task.case.ulid)


@require_POST
@requires("case.assign")
def assign(request: HttpRequest, ulid: str) -> HttpResponse:
    task = task_or_404(request, ulid)
    able = (one for one, _powers in queries.workers(task.case, task.powers))
    person = next((one for one in able if one.ulid == request.POST.get("person")), None)
    if person is None:
        messages.error(request, _("请从名单里选一位能承办这个任务的人。"))
    else:
        told(request, _("已指派给 %(who)s") % {"who": person.name}, lambda: service.assign(request.user, task, person))
    return redirect("casework:case", task.case.ulid)


@require_POST
@requires("case.view")
def complete(request: HttpRequest, ulid: str) -> HttpResponse:
    task = task_or_404(request, ulid)
    note = request.POST.get("note", "")
    done = _("已完成“%(name)s”") % {"name": _(task.label)}
    told(request, done, lambda: service.complete_task(request.user, task, note=note))
    return redirect("casework:case", task.case.ulid)


@require_POST
@requires("document.add")
def evidence(request: HttpRequest, ulid: str) -> HttpResponse:
    case = case_or_404(request, ulid)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请选材料类别和文件。"))
        return redirect("casework:case", case.ulid)
    upload = form.cleaned_data["file"]
    told(request, _("材料已归入案件"), lambda: service.add_file(
        request.user, case.ulid, form.cleaned_data["kind"], upload.name, upload.read()))
    return redirect("casework:case", case.ulid)
