"""Addresses of a list: the page, its `.json` twin and its export."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from tenglong.web import access
from tenglong.web.listing import views
from tenglong.web.listing.page import ListPage


def list_paths(route: str, page: type[ListPage], name: str) -> list[URLPattern]:
    """`plots/` → `plots/`, `plots.json`, `plots/export/`, named `name`, `name-json`, `name-export`."""
    stem = route.rstrip("/")

    def bind(view: Any) -> Any:
        def bound(request: Any) -> Any:
            return view(request, page)

        bound.__name__ = f"{name}_{view.__name__}".replace("-", "_")
        return bound

    return [
        path(route, bind(views.show), name=name),
        path(f"{stem}.json", bind(views.twin), name=f"{name}-json"),
        path(f"{stem}/export/", bind(views.export), name=f"{name}-export"),
    ]


def register_access(namespace: str, name: str, verb: str) -> None:
    """The three addresses of a list: page and twin by `verb`, the export by `export.make`."""
    access.register(f"{namespace}:{name}", verb)
    access.register(f"{namespace}:{name}-json", verb)
    access.register(f"{namespace}:{name}-export", "export.make")
