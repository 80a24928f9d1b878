"""Deals for those who may see them, with price per 亩 and the floor-area-ratio limits that may be used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, F, FloatField, QuerySet, Value, When
from django.db.models.functions import Cast, NullIf

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.supply.models import Deal
from tenglong.domain.units import from_cm2, from_fen


def deals(user: Any) -> QuerySet[Deal]:
    return scoped(user, Deal.objects.all(), "deal.view")


def deal(user: Any, ulid: str) -> Deal:
    """Raises Deal.DoesNotExist."""
    return deals(user).get(ulid=ulid)


def comparable(user: Any) -> QuerySet[Deal]:
    """Deals with `fen_per_cm2` (for sorting and filtering; None without price or area) and `far_swapped`."""
    price = Cast(NullIf(F("price_fen"), Value(0)), FloatField())
    return deals(user).annotate(
        fen_per_cm2=price / Cast(NullIf(F("area_cm2"), Value(0)), FloatField()),
        far_low=_number("far_lower"),
        far_high=_number("far_upper"),
        far_swapped=Case(When(far_low__gt=F("far_high"), then=Value(True)), default=Value(False), output_field=BooleanField()),
    )


def _number(name: str) -> Cast:
    return Cast(NullIf(F(name), Value("")), FloatField())


def per_mu(price_fen: int | None, area_cm2: int | None) -> Decimal | None:
    """万元 per 亩, four places; None without area, and for a price of 0, which is no market price."""
    if not price_fen or not area_cm2:
        return None
    return (from_fen(price_fen, "wan_yuan") / from_cm2(area_cm2, "mu", 6)).quantize(Decimal("0.0001"))


def usable_limits(far_lower: str, far_upper: str) -> tuple[Decimal | None, Decimal | None] | None:
    """Agreed plot ratio (lower, upper); None when the two were published swapped: nobody knows which one is wrong."""
    lower, upper = (Decimal(given) if given else None for given in (far_lower, far_upper))
    if lower is not None and upper is not None and lower > upper:
        return None
    return lower, upper
