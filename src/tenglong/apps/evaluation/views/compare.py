"""Any two runs side by side — two rules or two years: who moved and why."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import comparing
from tenglong.apps.evaluation.views.common import CHINESE
from tenglong.apps.evaluation.views.result_list import all_runs, run_choices
from tenglong.apps.evaluation.views.run_common import run_or_404
from tenglong.apps.registry.places import town_names
from tenglong.web.twins import Twin


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest) -> HttpResponse:
    before, after, found = _found(request)
    for one in found["movers"] if found else ():
        one["url"] = reverse("evaluation:result", args=[after.ulid, one["key"]]) if one["to_there"] else ""
    return render(request, "evaluation/compare.html", {
        "choices": run_choices(request.user), "before": before, "after": after, "found": found,
        "sankey": json.dumps(found["sankey"], ensure_ascii=False) if found else "",
    })


@require_GET
@requires("evaluation.view")
def twin(request: HttpRequest) -> Twin:
    return Twin(_found(request)[2] or {}, json_dumps_params=CHINESE)


def _found(request: HttpRequest) -> tuple[Any, Any, dict[str, Any] | None]:
    """Without a choice the two newest runs."""
    asked = [request.GET.get(name, "") for name in ("before", "after")]
    if not any(asked):
        known = all_runs(request.user)[:2]
        if len(known) < 2:
            return None, None, None
        asked = [known[1].ulid, known[0].ulid]
    if not all(asked):
        raise Http404
    before, after = (run_or_404(request, ulid) for ulid in asked)
    found = comparing.compared(request.user, before, after, clear=can(request.user, "sensitive.view"))
    towns = town_names(request.user)
    for one in found["movers"]:
        one["town"] = towns.get(one["town"], one["town"])
    return before, after, found
