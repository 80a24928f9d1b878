"""Which row of which imported file a fact came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tenglong.apps.survey import queries as survey


def rows_of_batches(actor: Any, batches: Iterable[int]) -> dict[tuple[int, int], int]:
    """(batch, enterprise) → row as the user saw it in the file; the first one of a firm that stands there twice."""
    found: dict[tuple[int, int], int] = {}
    rows = survey.staged(actor).filter(batch_id__in=sorted(batches), batch__kind="facts").order_by("batch_id", "position")
    for batch, row, firm in rows.values_list("batch_id", "row", "links__enterprise_id").iterator(chunk_size=5_000):
        if firm is not None:
            found.setdefault((batch, firm), row)
    return found
