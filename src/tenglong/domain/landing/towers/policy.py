"""`towers/<id>@<version>.yaml`: when a tower counts as one of a trade, and how few tenants hide their sum."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pydantic import Field

from tenglong.domain.evaluation.sourced import Based, Part

KIND: Final = "towers"


class Share(Based):
    """A part of 1."""

    label: str = Field(min_length=1)
    value: Decimal = Field(gt=0, le=1)


class Number(Based):
    """A whole number of tenants."""

    label: str = Field(min_length=1)
    value: int = Field(ge=1)


class Towers(Part):
    """`feature_share`: of the let area whose trade is known; `least_tenants`: a sum of fewer would tell one firm's tax."""

    name: str = Field(min_length=1)
    feature_share: Share
    high_vacancy: Share
    least_tenants: Number
