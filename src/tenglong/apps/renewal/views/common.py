"""What the pages of renewal share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from tenglong.apps.registry import minimap, queries
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal.errors import RenewalError

#: JSON twins are read by people too
CHINESE = {"ensure_ascii": False}


def or_404(find: Callable[[], Any]) -> Any:
    """What `find` gives. What is somebody else's is as absent as what never was."""
    try:
        return find()
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这条记录，或它不在您的管辖范围内。")) from error


def done(request: HttpRequest, form: Any, step: Callable[[], Any], told: str) -> bool:
    """Do the step of a valid form; what is refused, and what the form finds wrong, is told as a toast."""
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label} {'；'.join(errors)}".strip())
        return False
    try:
        step()
    except RenewalError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, told)
    return True


def plot_map(user: Any, plot_id: int) -> dict[str, Any] | None:
    """The plot and its neighbours as a small picture; None without a boundary or out of sight."""
    version = queries.plots(user).filter(plot_id=plot_id).first()
    return None if version is None else minimap.of_plot(user, version)


def keep(request: HttpRequest, file: Any, kind: str, plot_id: int, verb: str) -> Any:
    """The uploaded file as a document of the plot; None without a file. Raises RenewalError."""
    if not file:
        return None
    try:
        return registry.add_document(
            request.user, file.name, file.read(), kind=kind, subject_type="plot", subject_id=plot_id, verb=verb)
    except registry.RegistryError as error:
        raise RenewalError(str(error)) from error
