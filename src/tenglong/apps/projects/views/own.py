"""我的项目: what an enterprise sees of its own projects, and what it asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.projects import policies
from tenglong.apps.projects.forms_service import AskForm
from tenglong.apps.projects.models import FigureKind
from tenglong.apps.projects.queries import money
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.service import visits as service
from tenglong.apps.projects.service.projects import contact
from tenglong.apps.projects.views.common import done
from tenglong.apps.projects.views.record import stages
from tenglong.web.answers import or_404

OWN = "project.own"
#: rows of a block on the workbench
PANEL = 5


@require_GET
@requires(OWN)
def mine(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/own_list.html", {"rows": queries.projects(request.user).order_by("-pk")})


def panel(request: HttpRequest) -> str:
    """On the workbench of the firm: each project with what lies ahead next; silent without one."""
    words, today = policies.labels(), timezone.localdate()
    rows = []
    for row in queries.projects(request.user).order_by("-pk")[:PANEL]:
        ahead = next((one for one in queries.milestones(row) if one.done_on is None), None)
        late = ahead is not None and ahead.planned_on is not None and ahead.planned_on < today
        rows.append({"is": row, "ahead": ahead, "label": words.get(ahead.kind, ahead.kind) if ahead else "", "late": late})
    return render_to_string("projects/own_panel.html", {"rows": rows}, request) if rows else ""


@require_GET
@requires(OWN)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    """Its dates, plans and promises; no note, no visit, no blocker, nobody else's."""
    row, today = or_404(lambda: queries.project(request.user, ulid)), timezone.localdate()
    words = policies.labels()
    dated = [(one, words.get(one.kind, one.kind), one.done_on is None and one.planned_on is not None
              and one.planned_on < today) for one in queries.milestones(row)]
    return render(request, "projects/own.html", {
        "row": row, "today": today, "stages": stages(row, today), "contact": contact(row, today), "form": AskForm(),
        "ahead": [one for one in dated if one[0].done_on is None], "behind": [one for one in dated if one[0].done_on],
        "promises": queries.promises(request.user).filter(project=row).order_by("-asked_on", "-pk"),
        "phases": queries.phases(row), "invest": money.months(row, FigureKind.INVEST)})


@require_POST
@requires(OWN)
def ask(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.project(request.user, ulid)), AskForm(request.POST)
    done(request, form, lambda: service.ask(request.user, row, form.cleaned_data["question"]), _("已转给联系人"))
    return redirect("projects:own", ulid)
