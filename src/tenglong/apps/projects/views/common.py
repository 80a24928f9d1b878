"""What the pages of projects share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.queries import people

#: JSON twins are read by people too
CHINESE = {"ensure_ascii": False}


def or_404(find: Callable[[], Any]) -> Any:
    """What `find` gives. What is somebody else's is as absent as what never was."""
    try:
        return find()
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这条记录，或它不在您的管辖范围内。")) from error


def done(request: HttpRequest, form: Any, step: Callable[[], Any], told: Any) -> bool:
    """Do the step of a valid form; what is refused, and what the form finds wrong, is told as a toast."""
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label} {'；'.join(errors)}".strip())
        return False
    try:
        step()
    except ProjectError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, told)
    return True


def asked_day(request: HttpRequest) -> date:
    """`?on=2026-01-01`, else today. Raises Http404 for what is no date."""
    text = request.GET.get("on", "")
    try:
        return date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as error:
        raise Http404(_("日期应写成 2026-11-22")) from error


def person(project: Any, key: int | None) -> Any:
    """One of those who may be given something to do there; None for nobody."""
    found = people.serving(project.division_code, "project.work", "project.lead") if key else []
    return next((one for one in found if one.pk == key), None)
