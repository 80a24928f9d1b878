"""The reserve account of what a person may see: stock, cost and interest on any day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db.models import QuerySet

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.supply.models import ReserveBody, ReserveEntry
from tenglong.domain.landing.supply.reserve import Carried, DayCount, Entry, Kind, Lot, Stock, stock, whole_fen


def bodies(user: Any) -> QuerySet[ReserveBody]:
    return scoped(user, ReserveBody.objects.all(), "supply.view")


def entries(user: Any) -> QuerySet[ReserveEntry]:
    return scoped(user, ReserveEntry.objects.all(), "supply.view")


def entry(user: Any, ulid: str) -> ReserveEntry:
    """Raises ReserveEntry.DoesNotExist."""
    return entries(user).select_related("body", "lot", "plot").get(ulid=ulid)


def lots(user: Any) -> QuerySet[ReserveEntry]:
    """Entries by which land came in and that were not taken back."""
    return entries(user).filter(kind="in", reverses__isnull=True, reversed_by__isnull=True)


def lines_of(rows: QuerySet[ReserveEntry]) -> list[Entry]:
    """Lines that count: a reversed line and the one that takes it back are both left out."""
    told = rows.filter(reverses__isnull=True, reversed_by__isnull=True).order_by("on", "pk").values_list(
        "pk", "lot_id", "kind", "on", "area_cm2", "cost_fen", "rate", "day_count")
    return [Entry(str(pk), str(lot or pk), cast(Kind, kind), on, area, cost, Decimal(rate or 0), cast(DayCount, count))
            for pk, lot, kind, on, area, cost, rate, count in told]


@dataclass(frozen=True)
class LotRow:
    """A lot in stock on the day; cost and interest in whole 分."""

    entry: ReserveEntry
    area_cm2: int
    cost_fen: int
    interest_fen: int


@dataclass(frozen=True)
class Account:
    on: date
    rows: list[LotRow]
    area_cm2: int
    cost_fen: int
    interest_fen: int
    carried: tuple[Carried, ...]


def account(user: Any, on: date, town: str = "") -> Account:
    """Stock at the end of the day. The totals are rounded once, from exact sums."""
    seen = entries(user).filter(division_code=town) if town else entries(user)
    found = stock(lines_of(seen), on)
    held = entries(user).filter(pk__in=[int(lot.key) for lot in found.lots]).select_related("body", "plot")
    rows = _rows(found.lots, {str(row.pk): row for row in held})
    return Account(on, rows, found.area_cm2, whole_fen(found.cost_fen), whole_fen(found.interest_fen), found.carried)


def _rows(lots_: Iterable[Lot], held: dict[str, ReserveEntry]) -> list[LotRow]:
    return [LotRow(held[lot.key], lot.area_cm2, whole_fen(lot.cost_fen), whole_fen(lot.interest_fen)) for lot in lots_]


def of_lot(user: Any, lot: ReserveEntry, on: date) -> tuple[Stock, list[ReserveEntry]]:
    """(the lot's own account on the day, every line of it including those taken back)."""
    rows = entries(user).filter(pk=lot.pk) | entries(user).filter(lot=lot)
    return stock(lines_of(rows), on), list(rows.select_related("body", "reversed_by").order_by("on", "pk"))
