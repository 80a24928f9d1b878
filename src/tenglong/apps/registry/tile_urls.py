"""Addresses below `/tiles/`; every name is registered with its verb in `apps.ready`."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.registry import tiles

app_name = "tiles"
urlpatterns = [
    path("revision.json", tiles.revisions, name="revision"),
    path("<slug:layer>/<int:z>/<int:x>/<int:y>.pbf", tiles.tile, name="tile"),
]
