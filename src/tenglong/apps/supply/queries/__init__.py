"""What supply shows, scoped; one file a noun."""

from tenglong.apps.supply.queries.deals import comparable, deal, deals, per_mu, usable_limits

__all__ = ["comparable", "deal", "deals", "per_mu", "usable_limits"]
