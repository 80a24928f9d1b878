"""The firm's results of every year on its own record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from tenglong.apps.accounts.scope import can
from tenglong.apps.evaluation import queries


def of_enterprise(request: HttpRequest, version: Any) -> str:
    """Formal results, newest year first; where there is none yet, the trial that the office may see."""
    user = request.user
    page = "evaluation:result" if can(user, "evaluation.view") else "evaluation:own-result"
    rows = []
    for cycle in queries.cycles(user):
        for run in queries.runs(user, cycle).filter(kind="formal")[:1] or queries.runs(user, cycle)[:1]:
            found = queries.results(user, run).filter(enterprise_id=version.enterprise_id).first()
            if found is not None:
                changed = queries.adjustments(user, cycle).filter(
                    run=run, enterprise_id=version.enterprise_id, state="approved").first()
                total = "" if found.total is None else f"{found.total / 10**found.decimals:.{found.decimals}f}"
                rows.append({"cycle": cycle, "run": run, "result": found, "adjustment": changed, "total": total,
                             "url": reverse(page, args=[run.ulid, found.key])})
    return render_to_string("evaluation/tab_results.html", {"rows": rows}, request)
