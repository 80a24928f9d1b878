"""Addresses of supply."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.supply.lists import DealList
from tenglong.apps.supply.urls_covenants import urlpatterns as covenants
from tenglong.apps.supply.urls_land import urlpatterns as land
from tenglong.apps.supply.urls_prices import urlpatterns as prices
from tenglong.apps.supply.views import deals
from tenglong.web.listing import list_paths

app_name = "supply"
urlpatterns = [
    *covenants,
    *land,
    *prices,
    *list_paths("deals/", DealList, "deals"),
    path("deals/<str:ulid>.json", deals.twin, name="deal-json"),
    path("deals/<str:ulid>/", deals.show, name="deal"),
]
