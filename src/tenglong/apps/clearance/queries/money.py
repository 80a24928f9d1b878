"""Amounts and payees, for those with `clearance.money` in the division of the project; nobody else gets a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.models import Agreement, AgreementState, Clearance, ClearedHolder, Valuation
from tenglong.apps.clearance.queries.figures import MONEY
from tenglong.apps.clearance.service.agreements import E4
from tenglong.domain.landing.clearance import consistency
from tenglong.domain.landing.clearance.consistency import Dossier, Doubt, Item, Paid, Valued


def agreements(user: Any) -> QuerySet[Agreement]:
    rows = Agreement.objects.prefetch_related("items", "payments")
    return scoped(user, rows, MONEY) if can(user, MONEY) else rows.none()


def valuations(user: Any, holder: ClearedHolder) -> QuerySet[Valuation]:
    rows = Valuation.objects.filter(holder=holder)
    return scoped(user, rows, MONEY) if can(user, MONEY) else rows.none()


def dossiers(user: Any, row: Clearance) -> list[Dossier]:
    """What the likeness of compensation is judged by: every holder with an agreement that stands, or a valuation."""
    if not can(user, MONEY):
        return []
    held = {one.holder_id: one for one in agreements(user).filter(holder__clearance=row).exclude(state=AgreementState.VOID)}
    valued: dict[int, list[Valued]] = {}
    for one in scoped(user, Valuation.objects.filter(holder__clearance=row), MONEY):
        valued.setdefault(one.holder_id, []).append(Valued(one.on, one.amount_fen))
    keys = {*held, *valued}
    rows = scoped(user, ClearedHolder.objects.filter(clearance=row, pk__in=keys), MONEY).order_by("number")
    return [_dossier(one, held.get(one.pk), valued.get(one.pk, [])) for one in rows]


def _dossier(holder: ClearedHolder, held: Agreement | None, valued: list[Valued]) -> Dossier:
    items = tuple(Item(one.kind, Decimal(one.quantity_e4) / E4, one.unit_fen, one.amount_fen)
                  for one in (held.items.all() if held else ()))
    paid = tuple(Paid(one.paid_on or one.due_on, one.amount_fen) for one in (held.payments.all() if held else ()))
    return Dossier(holder.pk, f"{holder.number} {holder.name}", items, paid, tuple(valued))


def doubts(user: Any, row: Clearance) -> list[Doubt]:
    """The list for 纪检."""
    return consistency.doubts(policies.current(), dossiers(user, row))
