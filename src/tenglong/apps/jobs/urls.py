"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.listing, name="list"),
    path("jobs.json", views.listing_json, name="list-json"),
    path("jobs/<str:ulid>.json", views.show_json, name="show-json"),
    path("jobs/<str:ulid>/", views.show, name="show"),
    path("jobs/<str:ulid>/card/", views.card, name="card"),
    path("jobs/<str:ulid>/cancel/", views.cancel, name="cancel"),
    path("jobs/<str:ulid>/again/", views.again, name="again"),
]
