"""Addresses of audit."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.listing, name="list"),
    path("audit.json", views.listing_json, name="list-json"),
    path("audit/verify/", views.verify, name="verify"),
    path("audit/<int:seq>/", views.show, name="show"),
]
