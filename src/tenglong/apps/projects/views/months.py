"""Months of one kind and year: what was planned, what was reached."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenglong.apps.accounts.scope import requires
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_projects import MonthsForm, phase_choices, phase_of
from tenglong.apps.projects.models import FigureKind, MonthFigure
from tenglong.apps.projects.service import figures as service
from tenglong.apps.projects.service.base import WORK
from tenglong.apps.projects.views.projects import found
from tenglong.web.answers import whole


@require_http_methods(["GET", "POST"])
@requires(WORK)
def months(request: HttpRequest, ulid: str, kind: str) -> HttpResponse:
    """`?year=` and `?phase=` choose what is filled in."""
    row = found(request, ulid)
    if kind not in FigureKind.values:
        raise Http404
    year, ordinal = _number(request, "year", timezone.localdate().year), request.GET.get("phase", "")
    phase = phase_of(row, str(whole(ordinal) or ""))
    rows = MonthFigure.objects.filter(project=row, phase=phase, kind=kind, month__year=year)
    held: dict[Any, Any] = {one.month: (one.planned_fen, one.actual_fen) for one in rows}
    form = MonthsForm(request.POST or None, year=year, held=held)
    if request.method == "POST" and form.is_valid():
        try:
            changed = service.enter(request.user, row, kind, form.rows(), phase=phase, source=form.cleaned_data["source"])
        except ProjectError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已保存 %(n)s 个月") % {"n": changed})
            return redirect(f"{reverse('projects:project', args=[ulid])}?tab=figures#tabs")
    return render(request, "projects/months.html", {
        "row": row, "form": form, "kind": kind, "label": FigureKind(kind).label, "year": year, "phase": phase,
        "phases": phase_choices(row), "years": range(year - 2, year + 4),
    }, status=422 if form.errors else 200)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return year if 2000 <= (year := whole(text)) <= 2100 else otherwise
