"""Addresses of permits; the verbs stand in the wiring."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.projects.views import permit_papers, permit_steps, permits

urlpatterns: list[URLPattern] = [
    path("projects/permits/", permits.board, name="permits"),
    path("projects/permits.json", permits.board_json, name="permits-json"),
    path("projects/permits/owed/", permits.owed, name="permits-owed"),
    path("projects/permits/new/", permit_steps.new, name="permit-new"),
    path("projects/permits/receipts/<str:ulid>.pdf", permit_papers.receipt, name="permit-receipt"),
    path("projects/permits/<str:ulid>.json", permits.twin, name="permit-json"),
    path("projects/permits/<str:ulid>/", permits.show, name="permit"),
    path("projects/permits/<str:ulid>/flip/", permit_steps.flip, name="permit-flip"),
    path("projects/permits/<str:ulid>/route/", permit_steps.route, name="permit-route"),
    path("projects/permits/<str:ulid>/papers/", permit_papers.papers, name="permit-papers"),
    path("projects/permits/<str:ulid>/papers/<str:paper>/void/", permit_papers.void, name="permit-paper-void"),
    path("projects/permits/<str:ulid>/steps/<str:step>/", permit_steps.step, name="permit-step"),
    path("projects/permits/<str:ulid>/steps/<str:step>/owe/", permit_papers.owe, name="permit-owe"),
    path("projects/permits/<str:ulid>/steps/<str:step>/<str:name>/", permit_steps.move, name="permit-move"),
    path("projects/mine/permits/<str:ulid>/", permits.own, name="own-permit"),
    path("projects/mine/receipts/<str:ulid>.pdf", permit_papers.own_receipt, name="own-receipt"),
]
