"""Addresses of the comparison of prices."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.supply.views import prices

urlpatterns: list[URLPattern] = [
    path("supply/prices/", prices.page, name="prices"),
    path("supply/prices.json", prices.twin, name="prices-json"),
    path("supply/prices/export/", prices.export, name="prices-export"),
]
