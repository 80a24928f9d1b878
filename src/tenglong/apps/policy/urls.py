"""Addresses of policies."""

from __future__ import annotations

from django.urls import path, re_path

from tenglong.apps.policy import views

app_name = "policy"
urlpatterns = [
    path("policies/", views.listing, name="list"),
    path("policies/versions/<str:ulid>/", views.version, name="version"),
    re_path(r"^policies/versions/(?P<ulid>\w{26})/(?P<name>submit|approve|send-back|retire)/$", views.step, name="step"),
    path("policies/<slug:kind>/<slug:id>/", views.show, name="show"),
    path("policies/<slug:kind>/<slug:id>/edit/", views.edit, name="edit"),
]
