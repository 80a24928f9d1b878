"""What-if in the browser: change weights, benchmarks, caps, cuts, figures; see who moves and what it costs; keep a draft."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import trying, warming
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_whatif import changes_of, labelled
from tenglong.apps.evaluation.views.common import CHINESE
from tenglong.apps.registry.places import town_names
from tenglong.domain.measures import packaged
from tenglong.web.twins import Twin

#: other years that a try goes over
YEARS = 4


@require_GET
@requires("evaluation.whatif")
def pick(request: HttpRequest) -> HttpResponse:
    return render(request, "evaluation/whatif_pick.html", {"snapshots": trying.snapshots(request.user)})


@require_http_methods(["GET", "POST"])
@requires("evaluation.whatif")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    """The page; POST tries the changes: the whole page without script, the outcome alone for htmx."""
    snapshot = _snapshot_or_404(request, ulid)
    found = _tried(request, snapshot) if request.method == "POST" else {}
    if request.headers.get("HX-Request"):
        return render(request, "evaluation/_whatif_outcome.html", {"snapshot": snapshot, **found})
    compiled = trying.base_of(snapshot.cycle).compiled
    clear = can(request.user, "sensitive.view")
    others = [one for one in trying.snapshots(request.user) if one.pk != snapshot.pk]
    warming.begin(snapshot, others[:YEARS])
    return render(request, "evaluation/whatif.html", {
        "snapshot": snapshot, "cycle": snapshot.cycle, "groups": labelled(compiled, request.POST), "clear": clear,
        "others": others,
        "measures": [(name, _(packaged()[name].label)) for name in compiled.measures] if clear else [], "slots": range(3),
        "given": request.POST, "may_save": can(request.user, "policy.edit"), **found,
    }, status=400 if found.get("problems") else 200)


def _tried(request: HttpRequest, snapshot: Any) -> dict[str, Any]:
    """`answer`, or `problems` with an `offer` of weights that would sum."""
    try:
        changes = changes_of(trying.base_of(snapshot.cycle).compiled, request.POST)
        years = _years(request, snapshot)
        answer = trying.attempt(request.user, snapshot, changes, years=years).answer
    except trying.WhatIfError as error:
        return {"problems": [one.reason for one in error.problems], "offer": error.offer}
    except EvaluationError as error:
        return {"problems": [str(error)]}
    towns = town_names(request.user)
    for row in answer["by_town"]:
        row["label"] = towns.get(row["label"], row["label"])
    for row in answer["movers"]:
        row["town"] = towns.get(row["town"], row["town"])
    return {"answer": answer, "sankey": json.dumps(answer["sankey"], ensure_ascii=False)}


def _years(request: HttpRequest, snapshot: Any) -> tuple[Any, ...]:
    if not request.POST.get("years"):
        return ()
    return tuple(one for one in trying.snapshots(request.user) if one.pk != snapshot.pk)[:YEARS]


@require_POST
@requires("evaluation.whatif")
def run(request: HttpRequest, ulid: str) -> Twin:
    """The same as JSON: sums and first movers alone."""
    found = _tried(request, _snapshot_or_404(request, ulid))
    if "answer" not in found:
        return Twin({"message": "；".join(found["problems"]), **found}, status=400, json_dumps_params=CHINESE)
    return Twin(found["answer"], json_dumps_params=CHINESE)


@require_POST
@requires("policy.edit")
def save(request: HttpRequest, ulid: str) -> HttpResponse:
    """As a draft of the policy, to be submitted and approved there by a second person."""
    snapshot = _snapshot_or_404(request, ulid)
    try:
        changes = changes_of(trying.base_of(snapshot.cycle).compiled, request.POST)
        row = trying.save_draft(request.user, snapshot, {**changes, "note": request.POST.get("note", "")[:200]})
    except (trying.WhatIfError, EvaluationError) as error:
        messages.error(request, str(error))
        return redirect("evaluation:whatif", snapshot.ulid)
    messages.success(request, _("已另存为草案 %(name)s") % {"name": f"{row.policy_id}@{row.version}"})
    return redirect("policy:version", row.ulid)


def _snapshot_or_404(request: HttpRequest, ulid: str) -> Any:
    try:
        return trying.county_snapshot(request.user, ulid)
    except EvaluationError as error:
        raise Http404(str(error)) from error
