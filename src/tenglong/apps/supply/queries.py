"""Deals for those who may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.supply.models import Deal


def deals(user: Any) -> QuerySet[Deal]:
    return scoped(user, Deal.objects.all(), "deal.view")


def deal(user: Any, ulid: str) -> Deal:
    """Raises Deal.DoesNotExist."""
    return deals(user).get(ulid=ulid)
