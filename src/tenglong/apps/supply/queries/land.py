"""Replanning, batches, listings and offers of what a person may see. Secrets: `is_named` first."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from tenglong.apps.accounts.scope import scope_of, scoped
from tenglong.apps.supply import scope_rules
from tenglong.apps.supply.models import Bid, ControlPlanChange, Listing, ListingReader, ReservePrice, SupplyBatch

VIEW = "supply.view"


def changes(user: Any) -> QuerySet[ControlPlanChange]:
    return scoped(user, ControlPlanChange.objects.all(), VIEW)


def change(user: Any, ulid: str) -> ControlPlanChange:
    """Raises ControlPlanChange.DoesNotExist."""
    return changes(user).select_related("plot").get(ulid=ulid)


def batches(user: Any) -> QuerySet[SupplyBatch]:
    return scoped(user, SupplyBatch.objects.all(), VIEW)


def batch(user: Any, ulid: str) -> SupplyBatch:
    """Raises SupplyBatch.DoesNotExist."""
    return batches(user).prefetch_related("plots__lot").get(ulid=ulid)


def listings(user: Any) -> QuerySet[Listing]:
    return scoped(user, Listing.objects.all(), VIEW)


def listing(user: Any, ulid: str) -> Listing:
    """Raises Listing.DoesNotExist."""
    return listings(user).select_related("plot", "lot", "batch", "winner", "deal").get(ulid=ulid)


def is_named(user: Any, row: Listing) -> bool:
    """True for who drew the listing up and for whom that person admitted: they may handle its secrets."""
    return Listing.objects.filter(scope_rules.named(scope_of(user, VIEW)), pk=row.pk).exists()


def readers(user: Any, row: Listing) -> QuerySet[ListingReader]:
    return scoped(user, ListingReader.objects.filter(listing=row), VIEW).select_related("user").order_by("pk")


def bids(user: Any, row: Listing) -> QuerySet[Bid]:
    """Nothing before the opening but for named persons; sums are null until then for everybody."""
    return scoped(user, Bid.objects.filter(listing=row), VIEW).select_related("enterprise").order_by("-amount_fen", "pk")


def reserve_price(user: Any, row: Listing) -> ReservePrice | None:
    return scoped(user, ReservePrice.objects.filter(listing=row), VIEW).first()


def person(pk: int | None) -> Any:
    """Who did it, for a name on the page; None when unknown."""
    found = get_user_model().objects.filter(pk=pk) if pk is not None else get_user_model().objects.none()
    return found.select_related("department").first()
