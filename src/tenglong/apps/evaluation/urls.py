"""Addresses of evaluation; the verbs stand in `registration.py` and the wirings it calls."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.evaluation.urls_after import urlpatterns as after
from tenglong.apps.evaluation.urls_before import urlpatterns as before
from tenglong.apps.evaluation.views import cycles
from tenglong.apps.evaluation.views.cycle_list import CycleList
from tenglong.web.listing import list_paths

app_name = "evaluation"
urlpatterns = [
    *list_paths("evaluation/", CycleList, "cycles"),
    path("evaluation/new/", cycles.new, name="cycle-new"),
    *before,
    *after,
    path("evaluation/<str:ulid>.json", cycles.twin, name="cycle-json"),
    path("evaluation/<str:ulid>/", cycles.show, name="cycle"),
]
