"""部门数据: who has given what, one department's sendings with receipts, returned, accepted, reminded."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_delivery import AskForm, ReceiveForm, measures_of
from tenglong.apps.evaluation.letters import reminder_letter
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head, or_404
from tenglong.apps.survey import queries as survey
from tenglong.domain.measures import packaged
from tenglong.web.twins import Twin

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = 100


def delivery_or_404(request: HttpRequest, ulid: str) -> Any:
    return or_404(lambda: queries.delivery(request.user, ulid), _("没有这个部门的报送任务，或它不在您的管辖范围内。"))


@require_GET
@requires("evaluation.view")
def board(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    cells = queries.board(request.user, cycle)
    rows = list(queries.deliveries(request.user, cycle))
    asked = {name for row in rows for name in row.measures}
    orphans = [_(packaged()[name].label) for name in measures_of(cycle) if name not in asked]
    return render(request, "evaluation/deliveries.html", {
        **head(request, cycle, "deliveries"), "lines": [_line(row, cells) for row in rows], "orphans": orphans,
        "matrix": matrix(rows, cells), "departments": rows, "expected": cells[0].expected if cells else 0,
    })


def _line(row: Any, cells: list[queries.Cell]) -> dict[str, Any]:
    own = [cell for cell in cells if cell.delivery.pk == row.pk]
    late = row.state in ("waiting", "returned") and row.due_on < timezone.localdate()
    return {"row": row, "cells": own, "late": late, "lack": sum(cell.lack for cell in own)}


def light(cell: queries.Cell) -> str:
    """Green complete, red nothing, amber between."""
    return "ok" if cell.lack <= 0 else "late" if not cell.have else "warn"


def matrix(rows: list[Any], cells: list[queries.Cell]) -> list[dict[str, Any]]:
    """One line per measure with a place for each department."""
    by_place = {(cell.measure, cell.delivery.pk): cell for cell in cells}
    labels = {cell.measure: cell.label for cell in cells}
    return [
        {"label": label, "places": [
            {"cell": cell, "light": light(cell), "percent": 100 * cell.have // cell.expected if cell.expected else 0}
            if (cell := by_place.get((name, row.pk))) else None for row in rows
        ]} for name, label in labels.items()
    ]


@require_GET
@requires("evaluation.view")
def board_twin(request: HttpRequest, ulid: str) -> Twin:
    cycle = cycle_or_404(request, ulid)
    rows = [
        {"department": cell.delivery.department, "measure": cell.measure, "label": cell.label, "expected": cell.expected,
         "have": cell.have, "lack": cell.lack, "state": cell.delivery.state, "due_on": cell.delivery.due_on.isoformat()}
        for cell in queries.board(request.user, cycle)
    ]
    return Twin({"rows": rows, "total": len(rows)}, json_dumps_params=CHINESE)


@requires("evaluation.manage")
def ask(request: HttpRequest, ulid: str) -> HttpResponse:
    """A new department, or other measures and another day for one that is there (`?of=<ulid>`)."""
    cycle = cycle_or_404(request, ulid)
    held = queries.deliveries(request.user, cycle).filter(ulid=request.GET.get("of", "")).first()
    initial = {"department": held.department, "department_key": held.department_key_id, "measures": held.measures,
               "due_on": held.due_on, "contact": held.contact} if held else None
    form = AskForm(cycle, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = service.ask_departments(request.user, cycle, [service.Ask(**form.values())])
        except EvaluationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("evaluation:delivery", made[0].ulid)
    return render(request, "evaluation/delivery_ask.html", {
        **head(request, cycle, "deliveries"), "form": form, "held": held,
    }, status=400 if form.is_bound else 200)


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    delivery = delivery_or_404(request, ulid)
    cells = [cell for cell in queries.board(request.user, delivery.cycle) if cell.delivery.pk == delivery.pk]
    versions = list(queries.versions(request.user, delivery))
    return render(request, "evaluation/delivery.html", {
        **head(request, delivery.cycle, "deliveries"), "delivery": delivery, "line": _line(delivery, cells),
        "cells": [{"cell": cell, "light": light(cell)} for cell in cells], "versions": versions,
        "reminders": queries.reminders(request.user, delivery),
        "receive_form": ReceiveForm(request.user, {one.batch_id for one in versions}),
        **_lacking(request, delivery), **_diff(request, versions),
    })


@require_GET
@requires("evaluation.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    """One department: what it was asked, what it has sent, what is lacking, when it was reminded."""
    found = delivery_or_404(request, ulid)
    cells = [cell for cell in queries.board(request.user, found.cycle) if cell.delivery.pk == found.pk]
    return Twin({
        "ulid": found.ulid, "cycle": found.cycle.ulid, "department": found.department, "state": found.state,
        "due_on": found.due_on.isoformat(),
        "measures": [{"id": cell.measure, "label": _(cell.label), "expected": cell.expected, "have": cell.have,
                      "lack": cell.lack} for cell in cells],
        "versions": [{"number": one.number, "receipt": one.receipt_no, "rows": one.rows, "sha256": one.sha256,
                      "received_at": one.received_at.isoformat()} for one in queries.versions(request.user, found)],
        "reminders": [{"number": one.number, "sent_on": one.sent_on.isoformat(), "missing": one.missing}
                      for one in queries.reminders(request.user, found)],
    }, json_dumps_params=CHINESE)


def _lacking(request: HttpRequest, delivery: Any) -> dict[str, Any]:
    """Firms without the measure of `?lacking=`."""
    measure = request.GET.get("lacking", "")
    if measure not in delivery.measures:
        return {}
    found = queries.lacking(request.user, delivery.cycle, delivery, measure)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return {"lacking": page, "lacking_label": _(packaged()[measure].label)}


def _diff(request: HttpRequest, versions: list[Any]) -> dict[str, Any]:
    """What one sending says otherwise than another: `?old=1&new=2`, else the latest two."""
    by_number = {str(one.number): one for one in versions}
    order = sorted(by_number, key=int)
    if len(order) < 2:
        return {}
    old, new = request.GET.get("old", order[-2]), request.GET.get("new", order[-1])
    if old not in by_number or new not in by_number:
        return {}
    book = packaged()
    rows = [(one, _(book[one.measure].label)) for one in queries.version_diff(request.user, by_number[old], by_number[new])]
    return {"diff": Paginator(rows, PAGE).get_page(request.GET.get("page")), "old": int(old), "new": int(new)}


@require_POST
@requires("evaluation.deliver")
def receive(request: HttpRequest, ulid: str) -> HttpResponse:
    delivery = delivery_or_404(request, ulid)
    batch = survey.batches(request.user).filter(ulid=request.POST.get("batch", "")).first()
    if batch is None:
        raise Http404(_("没有这个导入批次，或它不在您的管辖范围内。"))
    made = done(request, lambda: service.receive_delivery(request.user, delivery, batch), _("已登记，回执如下"))
    return redirect("evaluation:delivery-receipt", ulid, made.number) if made else redirect("evaluation:delivery", ulid)


@require_GET
@requires("evaluation.view")
def receipt(request: HttpRequest, ulid: str, number: int) -> HttpResponse:
    """What the department keeps: number, rows, hash, time; for printing."""
    delivery = delivery_or_404(request, ulid)
    version = queries.versions(request.user, delivery).filter(number=number).first()
    if version is None:
        raise Http404
    labels = [_(packaged()[name].label) for name in delivery.measures]
    return render(request, "evaluation/receipt.html", {
        **head(request, delivery.cycle, "deliveries"), "delivery": delivery, "version": version, "labels": labels,
    })


@require_POST
@requires("evaluation.manage")
def give_back(request: HttpRequest, ulid: str) -> HttpResponse:
    delivery = delivery_or_404(request, ulid)
    reason = request.POST.get("reason", "")
    done(request, lambda: service.return_delivery(request.user, delivery, reason=reason), _("已退回"))
    return redirect("evaluation:delivery", ulid)


@require_POST
@requires("evaluation.manage")
def accept(request: HttpRequest, ulid: str) -> HttpResponse:
    delivery = delivery_or_404(request, ulid)
    done(request, lambda: service.accept_delivery(request.user, delivery), _("已验收"))
    return redirect("evaluation:delivery", ulid)


@require_POST
@requires("evaluation.manage")
def remind(request: HttpRequest, ulid: str) -> HttpResponse:
    delivery = delivery_or_404(request, ulid)
    done(request, lambda: service.remind(request.user, delivery), _("已记下这次催报，可以下载催报函"))
    return redirect("evaluation:delivery", ulid)


@require_GET
@requires("evaluation.manage")
def reminder(request: HttpRequest, ulid: str, number: int) -> HttpResponse:
    """The letter as .docx."""
    delivery = delivery_or_404(request, ulid)
    found = queries.reminders(request.user, delivery).filter(number=number).first()
    if found is None:
        raise Http404
    cells = queries.board(request.user, delivery.cycle)
    office = getattr(request.user, "department", None)
    content = reminder_letter(
        delivery, found, office=office.name if office else "", expected=cells[0].expected if cells else 0
    )
    answer = HttpResponse(content, content_type=DOCX)
    name = _("催报函-%(who)s-%(n)s.docx") % {"who": delivery.department, "n": number}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
