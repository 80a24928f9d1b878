"""Addresses of projects; the verbs stand in the wirings. Each part adds one line."""

from __future__ import annotations

from tenglong.apps.projects.urls_projects import urlpatterns as projects
from tenglong.apps.projects.urls_towers import urlpatterns as towers

app_name = "projects"
urlpatterns = [*towers, *projects]
