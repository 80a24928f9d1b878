"""Addresses of projects; the verbs stand in the wirings. Each part adds one line; `projects` stays last: it takes any id."""

from __future__ import annotations

from tenglong.apps.projects.urls_matches import urlpatterns as matches
from tenglong.apps.projects.urls_permits import urlpatterns as permits
from tenglong.apps.projects.urls_projects import urlpatterns as projects
from tenglong.apps.projects.urls_towers import urlpatterns as towers

app_name = "projects"
urlpatterns = [*permits, *towers, *matches, *projects]
