"""What was found on a holder's own land, and its objection."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.renewal.forms_findings import AppealForm, ReasonForm
from tenglong.apps.renewal.models import Verdict
from tenglong.apps.renewal.queries import findings as queries
from tenglong.apps.renewal.service import objections
from tenglong.apps.renewal.views.common import done, plot_map
from tenglong.apps.renewal.views.findings import object_to
from tenglong.web.answers import or_404


@require_GET
@requires("renewal.own")
def mine(request: HttpRequest) -> HttpResponse:
    rows = queries.findings(request.user).filter(verdict__in=(Verdict.HIT, Verdict.WAIVED)).select_related("run")
    return render(request, "renewal/own_findings.html", {"rows": rows.order_by("-run__year", "-run_id", "plot_code")})


@require_GET
@requires("renewal.own")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.finding(request.user, ulid))
    last, appeals = objections.term(found), list(queries.appeals(request.user, found))
    late = last is not None and timezone.localdate() > last
    free = found.verdict == Verdict.HIT and not late and not any(one.state == "open" for one in appeals)
    return render(request, "renewal/own_finding.html", {
        "finding": found, "told": queries.shown(request.user, found), "map": plot_map(request.user, found.plot_id),
        "appeals": appeals, "last": last, "late": late,
        "form": AppealForm() if free else None})


@require_POST
@requires("renewal.own")
def appeal(request: HttpRequest, ulid: str) -> HttpResponse:
    object_to(request, or_404(lambda: queries.finding(request.user, ulid)))
    return redirect("renewal:own-finding", ulid)


@require_POST
@requires("renewal.own")
def withdraw(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.appeals(request.user).get(ulid=ulid))
    form = ReasonForm(request.POST)
    done(request, form, lambda: objections.withdraw(request.user, found, reason=form.cleaned_data["reason"]), _("异议已撤回"))
    return redirect("renewal:own-finding", found.finding.ulid)
