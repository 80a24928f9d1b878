"""Addresses of plants turned into premises and of conversions."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from tenglong.apps.renewal.views import conversions, plants
from tenglong.apps.renewal.views.conversions import ConversionList
from tenglong.web.listing import list_paths

urlpatterns: list[URLPattern] = [
    path("renewal/findings/<str:ulid>/premises/", plants.turn, name="finding-premises"),
    *list_paths("renewal/conversions/", ConversionList, "conversions"),
    path("renewal/conversions/new/", conversions.new, name="conversion-new"),
    path("renewal/conversions/<str:ulid>.json", conversions.twin, name="conversion-json"),
    path("renewal/conversions/<str:ulid>/", conversions.show, name="conversion"),
    path("renewal/conversions/<str:ulid>/edit/", conversions.edit, name="conversion-edit"),
    path("renewal/conversions/<str:ulid>/phase/", conversions.phase, name="conversion-phase"),
    re_path(r"^renewal/conversions/(?P<ulid>\w{26})/(?P<name>submit|approve|send-back|retire)/$", conversions.move,
            name="conversion-move"),
]
