"""Addresses of projects; the verbs stand in the wiring. `projects/<ulid>/` comes last of all parts."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.projects.views import blockers, meetings, months, own, parks, projects, visits
from tenglong.apps.projects.views import path as paths
from tenglong.web.listing import list_paths

urlpatterns: list[URLPattern] = [
    *list_paths("projects/", projects.ProjectList, "projects"),
    path("projects/board/", projects.board, name="board"),
    path("projects/new/", projects.new, name="new"),
    path("projects/mine/", own.mine, name="own-list"),
    path("projects/mine/<str:ulid>/", own.show, name="own"),
    path("projects/mine/<str:ulid>/ask/", own.ask, name="own-ask"),
    *list_paths("projects/visits/", visits.VisitList, "visits"),
    path("projects/visits/<str:ulid>/", visits.show, name="visit"),
    path("projects/photos/<int:pk>/", visits.picture, name="picture"),
    *list_paths("projects/promises/", visits.PromiseList, "promises"),
    path("projects/promises/<str:ulid>/", visits.promise, name="promise"),
    path("projects/promises/<str:ulid>/<slug:name>/", visits.promise_step, name="promise-step"),
    *list_paths("projects/blockers/", blockers.BlockerList, "blockers"),
    path("projects/blockers/solving/", blockers.solving, name="solving"),
    path("projects/blockers/<str:ulid>.json", blockers.twin, name="blocker-json"),
    path("projects/blockers/<str:ulid>/", blockers.show, name="blocker"),
    path("projects/blockers/<str:ulid>/<slug:name>/", blockers.step, name="blocker-step"),
    *list_paths("projects/meetings/", meetings.MeetingList, "meetings"),
    path("projects/meetings/new/", meetings.new, name="meeting-new"),
    path("projects/meetings/<str:ulid>/", meetings.show, name="meeting"),
    path("projects/meetings/<str:ulid>/minutes.docx", meetings.paper, name="minutes"),
    path("projects/meetings/<str:ulid>/<slug:name>/", meetings.step, name="meeting-step"),
    path("projects/parks/<str:ulid>.json", parks.twin, name="park-json"),
    path("projects/parks/<str:ulid>/", parks.show, name="park"),
    path("projects/<str:ulid>.json", projects.twin, name="project-json"),
    path("projects/<str:ulid>/", projects.show, name="project"),
    path("projects/<str:ulid>/edit/", projects.edit, name="edit"),
    path("projects/<str:ulid>/phases/", projects.phases, name="phases"),
    path("projects/<str:ulid>/milestones/", projects.milestone, name="milestone"),
    path("projects/<str:ulid>/months/<slug:kind>/", months.months, name="months"),
    path("projects/<str:ulid>/members/", projects.member, name="member"),
    path("projects/<str:ulid>/stop/", projects.stop, name="stop"),
    path("projects/<str:ulid>/visits/new/", visits.new, name="visit-new"),
    path("projects/<str:ulid>/photos/", visits.photograph, name="photo"),
    path("projects/<str:ulid>/blockers/new/", blockers.new, name="blocker-new"),
    path("projects/<str:ulid>/path/", paths.path, name="path"),
]
