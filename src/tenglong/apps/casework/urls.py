"""Addresses of casework; the verbs stand in `registration.py`."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.casework.views import case, inbox, moves, tasks
from tenglong.apps.casework.views.listing import CaseList
from tenglong.web.listing import list_paths

app_name = "casework"
urlpatterns = [
    path("tasks/", inbox.show, name="inbox"),
    path("tasks.json", inbox.twin, name="inbox-json"),
    path("tasks/<str:ulid>/take/", tasks.take, name="take"),
    path("tasks/<str:ulid>/assign/", tasks.assign, name="assign"),
    path("tasks/<str:ulid>/complete/", tasks.complete, name="complete"),
    *list_paths("cases/", CaseList, "cases"),
    path("cases/<str:ulid>.json", case.twin, name="case-json"),
    path("cases/<str:ulid>/", case.show, name="case"),
    path("cases/<str:ulid>/evidence/", tasks.evidence, name="evidence"),
    path("cases/<str:ulid>/move/<slug:transition>/", moves.move, name="move"),
]
