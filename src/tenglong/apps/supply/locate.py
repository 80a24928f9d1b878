"""Deals by natural key, for staging. Not scoped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tenglong.apps.supply.models import Deal
from tenglong.store.bulk import chunks


def deals_by_key(keys: Iterable[str]) -> dict[str, int]:
    """Natural key (`bulk.natural_key`) → deal."""
    found: dict[str, int] = {}
    for part in chunks(((key,) for key in dict.fromkeys(keys)), 900):
        found.update(Deal.objects.filter(key__in=[row[0] for row in part]).values_list("key", "id"))
    return found


def held(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """All columns of the deals, by primary key."""
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(((pk,) for pk in dict.fromkeys(pks)), 900):
        found.update({row["id"]: dict(row) for row in Deal.objects.filter(id__in=[row[0] for row in part]).values()})
    return found
