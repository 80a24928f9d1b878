"""A new cycle, and its home: where it stands, what is next, how far each part is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import requires
from tenglong.apps.casework import queries as casework_queries
from tenglong.apps.casework import service as casework
from tenglong.apps.casework.views.case import split
from tenglong.apps.evaluation import service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_cycle import CycleForm
from tenglong.apps.evaluation.progress import readings
from tenglong.apps.evaluation.stages import STAGES
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, head
from tenglong.web.twins import Twin


@requires("evaluation.manage")
def new(request: HttpRequest) -> HttpResponse:
    form = CycleForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cycle = service.open_cycle(request.user, **form.values())
        except EvaluationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("evaluation:cycle", cycle.ulid)
    status = 400 if form.is_bound else 200
    return render(request, "evaluation/cycle_new.html", {"form": form, "schemes": form.schemes}, status=status)


@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    return render(request, "evaluation/cycle.html", {
        **head(request, cycle, "home"), "readings": readings(request.user, cycle), "terms": _terms(cycle),
        **_moves(request, cycle),
    })


@requires("evaluation.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    cycle = cycle_or_404(request, ulid)
    return Twin({
        "ulid": cycle.ulid, "year": cycle.year, "title": cycle.title, "stage": cycle.stage,
        "stage_label": str(STAGES.get(cycle.stage, cycle.stage)),
        "scheme": {"id": cycle.scheme_id, "version": cycle.scheme_version, "pin": cycle.scheme_pin},
        "measure_day": cycle.measure_day.isoformat(),
        "readings": [{"id": one.id, "done": one.done, "of": one.of, "unit": str(one.unit)}
                     for one in readings(request.user, cycle)],
    }, json_dumps_params=CHINESE)


def _moves(request: HttpRequest, cycle: Any) -> dict[str, Any]:
    """Steps of the procedure that this person may take now, and the others with the reasons why not; onward ones first."""
    found = casework_queries.cases(request.user).filter(ulid=cycle.case_ulid).first() if cycle.case_ulid else None
    ready, blocked = split(casework.allowed(request.user, found)) if found is not None else ([], [])
    told = [{**move, "ok": move in ready, "reasons": _("；").join(move["reasons"]) if move in ready else move["reasons"]}
            for move in (*ready, *blocked)]
    return {"forward": [move for move in told if move["way"] == "forward"],
            "aside": [move for move in told if move["way"] != "forward"]}


def _terms(cycle: Any) -> list[dict[str, str]]:
    """Days and thresholds of this cycle with their sources."""
    units = {"working_days": _("个工作日"), "days": _("天")}
    held = cycle.terms.get("terms", {})
    return [
        {**{key: str(term.get(key, "")) for key in ("source", "verified")}, "label": _(str(term.get("label", name))),
         "value": f"{term.get('value', '')} {units.get(term.get('unit', ''), '')}".strip()}
        for name, term in held.items() if isinstance(term, dict)
    ]
