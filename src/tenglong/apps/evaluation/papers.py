"""Files that a form brings: kept as documents of the area inside the step that needs them."""

from __future__ import annotations

from typing import Any

from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.registry import service as registry


def keep(actor: Any, upload: Any, *, kind: str, division: str, verb: str, number: str = "", dated: Any = None) -> Any:
    """The document, or None when nothing was uploaded. Raises EvaluationError."""
    if not upload:
        return None
    try:
        return registry.add_document(
            actor, upload.name, upload.read(), kind=kind, division_code=division, verb=verb, number=number[:64], dated=dated)
    except registry.RegistryError as error:
        raise EvaluationError(str(error)) from error
