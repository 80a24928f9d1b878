"""Addresses: every app that has a `urls` room adds its own, each with a registered verb."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{app.name}.urls"))
    for app in apps.get_app_configs()
    if app.name.startswith("tenglong.") and find_spec(f"{app.name}.urls")
]
handler403 = "tenglong.web.errors.forbidden"
handler404 = "tenglong.web.errors.not_found"
handler500 = "tenglong.web.errors.broken"
# first: a map asks for dozens at a time
urlpatterns.insert(0, path("tiles/", include("tenglong.apps.registry.tile_urls")))
# last: only what no app has
urlpatterns.append(path("", include("tenglong.web.section_urls")))
