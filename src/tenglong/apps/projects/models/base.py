"""What every row of a project shares."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from tenglong.store.records import Frozen, Named, document_key

__all__ = ["Frozen", "Named", "document_key", "person_key", "plot_key"]


def plot_key(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("registry.Plot", on_delete=models.PROTECT, related_name="+", **options)


def person_key(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", **options
    )
