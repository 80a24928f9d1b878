"""Addresses of projects; the verbs stand in the wirings. Each part adds one line."""

from __future__ import annotations

from tenglong.apps.projects.urls_projects import urlpatterns as projects

app_name = "projects"
urlpatterns = [*projects]
