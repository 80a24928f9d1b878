"""Records of supply: published deals, and the county's own replanning, reserve, batches, listings and bids."""

from tenglong.apps.supply.models.deal import Deal, new_ulid

__all__ = ["Deal", "new_ulid"]
