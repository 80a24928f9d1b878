"""Addresses of survey; the verbs stand in `registration.py`."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.survey.views import batches, confirm, downloads, issues, mapping, preview
from tenglong.apps.survey.views.issue_list import IssueList
from tenglong.web.listing import list_paths

app_name = "survey"
urlpatterns = [
    path("survey/", batches.listing, name="batches"),
    path("survey.json", batches.listing_json, name="batches-json"),
    path("survey/upload/", batches.upload, name="upload"),
    path("survey/templates/<slug:kind>.xlsx", downloads.template, name="template"),
    *list_paths("survey/issues/", IssueList, "issues"),
    path("survey/issue/<str:ulid>/waive/", issues.waive, name="waive"),
    path("survey/<str:ulid>.json", preview.batch_json, name="batch-json"),
    path("survey/<str:ulid>/", preview.batch, name="batch"),
    path("survey/<str:ulid>/progress/", batches.progress, name="progress"),
    path("survey/<str:ulid>/mapping/", mapping.mapping, name="mapping"),
    path("survey/<str:ulid>/stage/", mapping.stage, name="stage"),
    path("survey/<str:ulid>/rows.json", preview.rows_json, name="rows-json"),
    path("survey/<str:ulid>/issues/", issues.batch_issues, name="batch-issues"),
    path("survey/<str:ulid>/issues.json", issues.batch_issues_json, name="batch-issues-json"),
    path("survey/<str:ulid>/annotated.xlsx", downloads.annotated, name="annotated"),
    path("survey/<str:ulid>/confirm/", confirm.confirm, name="confirm"),
    path("survey/<str:ulid>/done/", confirm.done, name="done"),
    path("survey/<str:ulid>/withdraw/", confirm.withdraw, name="withdraw"),
]
