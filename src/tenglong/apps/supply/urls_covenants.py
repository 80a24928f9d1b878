"""Addresses of 履约监管."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.supply.views import covenant_checks as checks
from tenglong.apps.supply.views import covenant_own as own
from tenglong.apps.supply.views import covenants
from tenglong.web.listing import list_paths

urlpatterns: list[URLPattern] = [
    path("supply/covenants/five/", covenants.five, name="covenant-five"),
    path("supply/covenants/five.json", covenants.five_json, name="covenant-five-json"),
    path("supply/covenants/new/", covenants.new, name="covenant-new"),
    *list_paths("supply/covenants/", covenants.CovenantList, "covenants"),
    path("supply/covenants/checks/<str:ulid>.json", checks.twin, name="covenant-check-json"),
    path("supply/covenants/checks/<str:ulid>/", checks.show, name="covenant-check"),
    path("supply/covenants/checks/<str:ulid>/review/", checks.review, name="covenant-review"),
    path("supply/covenants/checks/<str:ulid>/member/", checks.member, name="covenant-member"),
    path("supply/covenants/checks/<str:ulid>/export/", checks.export, name="covenant-check-export"),
    path("supply/covenants/<str:ulid>.json", covenants.twin, name="covenant-json"),
    path("supply/covenants/<str:ulid>/", covenants.show, name="covenant"),
    path("supply/covenants/<str:ulid>/paper/", covenants.paper, name="covenant-paper"),
    path("supply/covenants/<str:ulid>/paper/<int:pk>/void/", covenants.void, name="covenant-void"),
    path("supply/covenants/<str:ulid>/node/", covenants.node, name="covenant-node"),
    path("supply/covenants/<str:ulid>/firm/", covenants.firm, name="covenant-firm"),
    path("supply/covenants/<str:ulid>/figure/", covenants.figure, name="covenant-figure"),
    path("supply/covenants/<str:ulid>/extension/", covenants.extension, name="covenant-extension"),
    path("supply/covenants/<str:ulid>/check/", checks.begin, name="covenant-check-new"),
    path("supply/covenants/<str:ulid>/end/", covenants.end, name="covenant-end"),
    path("supply/mine/covenants/", own.mine, name="own-covenants"),
    path("supply/mine/covenants/checks/<str:ulid>/statement/", own.statement, name="own-statement"),
    path("supply/mine/covenants/<str:ulid>/", own.show, name="own-covenant"),
    path("supply/mine/covenants/<str:ulid>/extension/", own.extension, name="own-extension"),
]
