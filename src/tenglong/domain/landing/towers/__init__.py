"""楼宇经济: what is let of a tower on a day, what its tenants pay a m², and whether its trade is the one it was named for."""

from __future__ import annotations

from tenglong.domain.landing.towers.policy import Towers
from tenglong.domain.landing.towers.stack import Feature, Level, Stack, TaxShare, Tenant, feature, stack, tax_share

__all__ = ["Feature", "Level", "Stack", "TaxShare", "Tenant", "Towers", "feature", "stack", "tax_share"]
