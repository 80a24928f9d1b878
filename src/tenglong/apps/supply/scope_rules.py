"""Who sees which row of supply.

Published deals are comparables for the whole county; one enterprise has no business with them. What the county does with its
own land follows the town. A reserve price is for persons named to the listing until the opening, and so are the bidders
(office-rule 21).
"""

from __future__ import annotations

from django.db.models import Model, Q, QuerySet

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, scope_rule
from tenglong.apps.supply.models import ControlPlanChange, LandStep, Listing, ListingReader, SupplyBatch

#: states of a listing in which its offers are no longer sealed
OPEN_STATES = ("opened", "dealt", "contracted", "failed")
#: states in which the reserve price is no secret any more; after a failed listing it still serves the next one
PRICE_STATES = ("opened", "dealt", "contracted")


def _ids(model: type[Model], rule: Q, column: str = "pk") -> QuerySet[Model, object]:
    return model._default_manager.filter(rule).order_by().values(column)


def _offices(scope: Scope) -> Q:
    return Q() if scope.kind == "all" else by_owner(scope, department="", creator="")


@scope_rule("supply.Deal")
def deals(scope: Scope) -> Q:
    return NOTHING if scope.kind in ("none", "own_enterprise") else Q()


@scope_rule("supply.ReserveBody")
def bodies(scope: Scope) -> Q:
    """The list of bodies is public; every office that works with land reads it."""
    return NOTHING if scope.kind in ("none", "own_enterprise") else Q()


@scope_rule("supply.ControlPlanChange")
def changes(scope: Scope) -> Q:
    return _offices(scope)


@scope_rule("supply.ReserveEntry")
def entries(scope: Scope) -> Q:
    return _offices(scope)


@scope_rule("supply.SupplyBatch")
def batches(scope: Scope) -> Q:
    return _offices(scope)


@scope_rule("supply.BatchPlot")
def batch_plots(scope: Scope) -> Q:
    return Q(batch_id__in=_ids(SupplyBatch, batches(scope)))


@scope_rule("supply.Listing")
def listings(scope: Scope) -> Q:
    return _offices(scope)


@scope_rule("supply.LandStep")
def steps(scope: Scope) -> Q:
    return Q(change_id__in=_ids(ControlPlanChange, changes(scope))) | Q(listing_id__in=_ids(Listing, listings(scope)))


@scope_rule("supply.StepCorrection")
def corrections(scope: Scope) -> Q:
    return Q(step_id__in=_ids(LandStep, steps(scope)))


@scope_rule("supply.SupplementNotice")
def supplements(scope: Scope) -> Q:
    return Q(listing_id__in=_ids(Listing, listings(scope)))


def named(scope: Scope) -> Q:
    """Listings in reach to whose secrets the person is named: who drew the listing up, and whom that person admitted."""
    if scope.user_id is None or scope.kind in ("none", "own_enterprise"):
        return NOTHING
    admitted = ListingReader.objects.filter(user_id=scope.user_id).values("listing_id")
    return listings(scope) & (Q(created_by_id=scope.user_id) | Q(pk__in=admitted))


@scope_rule("supply.ListingReader")
def readers(scope: Scope) -> Q:
    return Q(listing_id__in=_ids(Listing, named(scope)))


@scope_rule("supply.ReservePrice")
def reserve_prices(scope: Scope) -> Q:
    opened = listings(scope) & Q(state__in=PRICE_STATES)
    return Q(listing_id__in=_ids(Listing, named(scope))) | Q(listing_id__in=_ids(Listing, opened))


@scope_rule("supply.Bid")
def bids(scope: Scope) -> Q:
    opened = listings(scope) & Q(state__in=OPEN_STATES)
    return Q(listing_id__in=_ids(Listing, named(scope))) | Q(listing_id__in=_ids(Listing, opened))
