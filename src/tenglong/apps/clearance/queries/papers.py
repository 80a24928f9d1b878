"""Files of clearing in sight: those of the project, without those that tell amounts for whoever may not see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.clearance.models import Clearance, ClearancePaper, ClearedHolder
from tenglong.apps.clearance.queries.figures import MONEY, may_money
from tenglong.apps.clearance.queries.rows import VIEW


@dataclass(frozen=True)
class Kept:
    """Versions of one paper, newest first; `closed`: they tell amounts that the reader may not see."""

    versions: tuple[ClearancePaper, ...] = ()
    closed: int = 0


def papers(user: Any) -> QuerySet[ClearancePaper]:
    """Files that the user may open."""
    rows = ClearancePaper.objects.select_related("clearance", "holder", "document", "added_by")
    seen = scoped(user, rows, VIEW) if can(user, VIEW) else rows.none()
    if not can(user, MONEY):
        return seen.filter(amounts=False)
    rich = scoped(user, ClearancePaper.objects.filter(amounts=True), MONEY).values("pk")
    return seen.filter(Q(amounts=False) | Q(pk__in=rich))


def paper(user: Any, ulid: str) -> ClearancePaper:
    """Raises ClearancePaper.DoesNotExist."""
    return papers(user).get(ulid=ulid)


def kept(user: Any, row: Clearance, holder: ClearedHolder | None = None) -> dict[tuple[str, int], Kept]:
    """(what, part) → versions: of the steps of a project in sight, or of one holder."""
    clear = may_money(user, row)
    found: dict[tuple[str, int], list[ClearancePaper]] = {}
    rows = ClearancePaper.objects.filter(clearance=row, holder=holder).select_related("document", "added_by")
    for one in scoped(user, rows, VIEW):
        found.setdefault((one.what, one.part), []).append(one)
    return {key: _kept(some, clear) for key, some in found.items()}


def _kept(rows: Sequence[ClearancePaper], clear: bool) -> Kept:
    shown = tuple(one for one in rows if clear or not one.amounts)
    return Kept(shown, len(rows) - len(shown))
