"""Records of supply: published deals, and the county's own replanning, reserve, batches, listings and bids."""

from tenglong.apps.supply.models.deal import Deal, new_ulid
from tenglong.apps.supply.models.land import (
    BatchPlot,
    BatchState,
    Bid,
    BidState,
    ChangeState,
    ControlPlanChange,
    DayCount,
    EntryKind,
    LandStep,
    Listing,
    ListingMethod,
    ListingReader,
    ListingState,
    ReserveBody,
    ReserveEntry,
    ReservePrice,
    SupplyBatch,
)

__all__ = [
    "BatchPlot",
    "BatchState",
    "Bid",
    "BidState",
    "ChangeState",
    "ControlPlanChange",
    "DayCount",
    "Deal",
    "EntryKind",
    "LandStep",
    "Listing",
    "ListingMethod",
    "ListingReader",
    "ListingState",
    "ReserveBody",
    "ReserveEntry",
    "ReservePrice",
    "SupplyBatch",
    "new_ulid",
]
