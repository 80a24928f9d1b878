"""Addresses of ready plants for a project."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.projects.views import matches

urlpatterns: list[URLPattern] = [
    path("projects/<str:ulid>/plants.json", matches.twin, name="plants-json"),
    path("projects/<str:ulid>/plants/", matches.page, name="plants"),
    path("projects/<str:ulid>/plants/ask/", matches.ask, name="plants-ask"),
]
