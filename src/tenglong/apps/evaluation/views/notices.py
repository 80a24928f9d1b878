"""Results served on firms before any list may name them, and what firms say in their days."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.forms_after import ServeForm
from tenglong.apps.evaluation.papers import keep
from tenglong.apps.evaluation.views.common import done, head
from tenglong.apps.evaluation.views.run_common import run_or_404
from tenglong.apps.registry.places import town_names

#: firms on one page; those ticked are registered together
PAGE = 200


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    """Firms with a low grade first: without service their list cannot be published."""
    return _page(request, run_or_404(request, ulid), ServeForm())


def _page(request: HttpRequest, run: Any, form: ServeForm, status: int = 200) -> HttpResponse:
    low, towns = service.low_grades(run), town_names(request.user)
    held = {notice.enterprise_id: notice for notice in queries.notices(request.user, run)}
    rows = [{"result": row, "notice": held.get(row.enterprise_id), "town": towns.get(row.town, row.town)}
            for row in queries.results(request.user, run).filter(grade__in=low).order_by("town", "key")]
    waiting = [row for row in rows if row["notice"] is None]
    show = request.GET.get("show") or ("waiting" if waiting else "all")
    chosen = waiting if show == "waiting" else [row for row in rows if row["notice"]] if show == "served" else rows
    return render(request, "evaluation/notices.html", {
        **head(request, run.cycle, "runs"), "run": run, "page": Paginator(chosen, PAGE).get_page(request.GET.get("page")),
        "low": _("、").join(low), "form": form, "n": len(rows), "waiting": len(waiting), "show": show,
        "kinds": (("waiting", _("未送达的"), len(waiting)), ("served", _("已送达的"), len(rows) - len(waiting)),
                  ("all", _("全部"), len(rows))),
        "may_serve": run.kind == "formal" and can(request.user, "evaluation.appeal"),
    }, status=status)


@require_POST
@requires("evaluation.appeal")
def serve(request: HttpRequest, ulid: str) -> HttpResponse:
    run = run_or_404(request, ulid)
    form = ServeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, run, form, 400)
    keys = request.POST.getlist("firm")
    done(request, lambda: _serve(request, run, form, keys), _("已登记 %(n)s 户送达") % {"n": len(keys)})
    return redirect("evaluation:notices", run.ulid)


@transaction.atomic
def _serve(request: HttpRequest, run: Any, form: ServeForm, keys: list[str]) -> None:
    """All ticked firms or none."""
    data = form.cleaned_data
    firms = list(queries.results(request.user, run).filter(key__in=keys))
    if not firms or len(firms) != len(set(keys)):
        raise service.EvaluationError(_("请勾选要登记送达的企业。"))
    proof = keep(request.user, data["proof"], kind="proof", division=firms[0].town or run.cycle.division_code,
                 verb="evaluation.appeal", dated=data["served_on"])
    for firm in firms:
        service.serve_grade(
            request.user, run, firm.enterprise_id, served_on=data["served_on"], how=data["how"], proof=proof)
