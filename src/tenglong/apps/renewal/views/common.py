"""What the pages of renewal share."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from tenglong.apps.registry import minimap, queries
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal.errors import RenewalError
from tenglong.web import answers

done = partial(answers.done, refused=RenewalError)


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
