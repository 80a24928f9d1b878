"""What every row of the evaluation shares."""

from __future__ import annotations

from typing import Any

from django.db import models

from tenglong.store.records import Frozen, Named, document_key, new_ulid

__all__ = ["Frozen", "Named", "document_key", "enterprise_key", "new_ulid"]


def enterprise_key(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+", **options)
