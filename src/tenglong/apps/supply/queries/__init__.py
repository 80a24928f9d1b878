"""What supply shows, scoped; one file a noun."""

from tenglong.apps.supply.queries.deals import comparable, deal, deals, per_mu, usable_limits
from tenglong.apps.supply.queries.land import batches, changes, listing, listings

__all__ = ["batches", "changes", "comparable", "deal", "deals", "listing", "listings", "per_mu", "usable_limits"]
