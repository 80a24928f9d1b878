"""Addresses of towers."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.projects.views import towers
from tenglong.apps.projects.views.tower_list import TowerList
from tenglong.web.listing import list_paths

urlpatterns: list[URLPattern] = [
    path("projects/towers/", towers.board, name="tower-board"),
    *list_paths("projects/towers/list/", TowerList, "towers"),
    path("projects/towers/new/", towers.new, name="tower-new"),
    path("projects/towers/<str:ulid>.json", towers.twin, name="tower-json"),
    path("projects/towers/<str:ulid>/", towers.show, name="tower"),
    path("projects/towers/<str:ulid>/edit/", towers.edit, name="tower-edit"),
    path("projects/towers/<str:ulid>/floors/", towers.floor, name="tower-floor"),
    path("projects/towers/<str:ulid>/tenants/", towers.tenant, name="tower-tenant"),
    path("projects/towers/<str:ulid>/tenants/<int:pk>/end/", towers.tenant_end, name="tower-tenant-end"),
]
