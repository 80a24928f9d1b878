"""Comparables: price of land per mu by place, use and method, with what was left out and what stands far off told by reason."""

from __future__ import annotations

from tenglong.domain.landing.prices.deals import Limits, PriceRow, per_mu_fen, usable_limits
from tenglong.domain.landing.prices.groups import BY, Group, PriceTable, tabulate
from tenglong.domain.landing.prices.reasons import Flag, Judged

__all__ = ["BY", "Flag", "Group", "Judged", "Limits", "PriceRow", "PriceTable", "per_mu_fen", "tabulate", "usable_limits"]
