"""Bare addresses of sections; after every app, so that a section with a page of its own at that address keeps it."""

from django.urls import path

from tenglong.web.views import section

app_name = "sections"
urlpatterns = [path("<slug:section>/", section.show, name="section")]
