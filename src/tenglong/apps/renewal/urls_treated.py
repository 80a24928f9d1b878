"""Addresses of the counters, the rows behind them and the effect on one firm."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.renewal.views import treated
from tenglong.web.listing import list_paths

urlpatterns: list[URLPattern] = [
    path("renewal/treated/", treated.counters, name="treated"),
    path("renewal/treated.json", treated.counters_json, name="treated-json"),
    path("renewal/treated/export/", treated.export, name="treated-export"),
    *list_paths("renewal/treated/rows/", treated.TreatedList, "treated-rows"),
    path("renewal/treated/<str:ulid>.json", treated.twin, name="treated-row-json"),
    path("renewal/treated/<str:ulid>/", treated.show, name="treated-row"),
    path("renewal/treated/<str:ulid>/void/", treated.take_back, name="treated-void"),
    path("renewal/mine/treated/<str:ulid>/", treated.own, name="own-treated"),
]
