"""Deals enter by the same door as the register's own kinds."""

from __future__ import annotations

import hashlib
from typing import Any

from tenglong.apps.registry import bulk, counters
from tenglong.apps.registry.bulk_rows import write
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.supply.models import Deal


def natural_key(values: dict[str, Any], source: str = "") -> str:
    """Contract number, else date + place + holder + area, of one source (model.md, natural keys)."""
    if number := values.get("contract_number"):
        return f"{source}:{number}"[:80]
    parts = [str(values.get(name) or "") for name in ("signed_on", "location", "holder", "area_cm2")]
    return f"{source[:15]}#{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"


def write_deals(rows: bulk.PreparedRows, context: bulk.Context) -> tuple[list[int], int]:
    """A deal has no versions: a change edits it, and the audit keeps the digest."""
    ids = write(Deal, rows, context)
    return ids, counters.raise_revision("deals")


def withdraw_deals(batch_id: int, actor: Any) -> int:
    """Raises RegistryError when a deal of the batch was edited since: only the audit has what it said before."""
    mine = Deal.objects.filter(batch_id=batch_id)
    if mine.filter(lock_version__gt=1).exists():
        raise RegistryError("本批成交案例中有入库后又被修改的，不能整批撤回。")
    count = mine.delete()[0]
    counters.raise_revision("deals")
    return count


def register() -> None:
    bulk.register("deals", write_deals, withdraw_deals)
