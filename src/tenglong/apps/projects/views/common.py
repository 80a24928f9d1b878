"""What the pages of projects share."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.queries import people
from tenglong.domain.landing.permits.days import FIRST, LAST
from tenglong.web import answers

done = partial(answers.done, refused=ProjectError)


def asked_day(request: HttpRequest) -> date:
    """`?on=2026-01-01`, else today. Raises Http404 for what is no date."""
    text = request.GET.get("on", "")
    try:
        day = date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as error:
        raise Http404(_("日期应写成 2026-11-22")) from error
    if not FIRST.year <= day.year <= LAST.year:
        raise Http404(_("只能看 2000 年到 2099 年的某一天"))
    return day


def person(project: Any, key: int | None) -> Any:
    """One of those who may be given something to do there; None for nobody."""
    found = people.serving(project.division_code, "project.work", "project.lead") if key else []
    return next((one for one in found if one.pk == key), None)
