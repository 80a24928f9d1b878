"""Addresses of replanning, reserve, batches and listings."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from tenglong.apps.supply.views import batches, changes, listing_secret, listings, reserve, supplements
from tenglong.apps.supply.views.land_lists import BatchList, ChangeList, ListingList
from tenglong.web.listing import list_paths

_U = r"(?P<ulid>\w{26})"
urlpatterns: list[URLPattern] = [
    path("supply/reserve/", reserve.page, name="reserve"),
    path("supply/reserve.json", reserve.twin, name="reserve-json"),
    path("supply/reserve/new/", reserve.new, name="lot-new"),
    path("supply/reserve/bodies/", reserve.bodies, name="bodies"),
    path("supply/reserve/bodies/<str:ulid>/delist/", reserve.delist, name="body-delist"),
    path("supply/reserve/<str:ulid>.json", reserve.lot_twin, name="lot-json"),
    path("supply/reserve/<str:ulid>/", reserve.lot, name="lot"),
    path("supply/reserve/<str:ulid>/reverse/", reserve.reverse_line, name="lot-reverse"),
    re_path(rf"^supply/reserve/{_U}/(?P<name>cost|out)/$", reserve.write, name="lot-write"),
    *list_paths("supply/changes/", ChangeList, "plan-changes"),
    path("supply/changes/new/", changes.new, name="change-new"),
    path("supply/changes/<str:ulid>.json", changes.twin, name="change-json"),
    path("supply/changes/<str:ulid>/", changes.show, name="change"),
    path("supply/changes/<str:ulid>/step/", changes.step, name="change-step"),
    path("supply/changes/<str:ulid>/correct/", changes.correct, name="change-correct"),
    path("supply/changes/<str:ulid>/withdraw/", changes.withdraw, name="change-withdraw"),
    *list_paths("supply/batches/", BatchList, "supply-batches"),
    path("supply/batches/new/", batches.new, name="batch-new"),
    path("supply/batches/<str:ulid>.json", batches.twin, name="batch-json"),
    path("supply/batches/<str:ulid>/", batches.show, name="batch"),
    path("supply/batches/<str:ulid>/plots/", batches.plot, name="batch-plot"),
    path("supply/batches/<str:ulid>/standard/", batches.standard, name="batch-standard"),
    re_path(rf"^supply/batches/{_U}/(?P<name>submit|approve|send-back)/$", batches.move, name="batch-move"),
    *list_paths("supply/listings/", ListingList, "land-listings"),
    path("supply/listings/new/", listings.new, name="listing-new"),
    path("supply/listings/<str:ulid>.json", listings.twin, name="listing-json"),
    path("supply/listings/<str:ulid>/", listings.show, name="listing"),
    path("supply/listings/<str:ulid>/edit/", listings.edit, name="listing-edit"),
    path("supply/listings/<str:ulid>/standard/", listings.standard, name="listing-standard"),
    path("supply/listings/<str:ulid>/floor/", listings.floor_case, name="listing-floor"),
    path("supply/listings/<str:ulid>/step/", listings.step, name="listing-step"),
    path("supply/listings/<str:ulid>/correct/", listings.correct, name="listing-correct"),
    path("supply/listings/<str:ulid>/supplement/", supplements.new, name="supplement-new"),
    re_path(rf"^supply/listings/{_U}/supplement/(?P<name>approve|drop)/$", supplements.act, name="supplement-act"),
    path("supply/listings/<str:ulid>/secret/", listing_secret.show, name="listing-secret"),
    re_path(rf"^supply/listings/{_U}/secret/(?P<name>price|see|bid|bid-withdraw|deposit|admit|dismiss)/$", listing_secret.act,
            name="listing-secret-act"),
    re_path(rf"^supply/listings/{_U}/(?P<name>check|submit|approve|send-back|withdraw|fail)/$", listings.move,
            name="listing-move"),
]
