"""Addresses of findings and idle land."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from tenglong.apps.renewal.views import finding_tiles, findings, idle, own_findings
from tenglong.apps.renewal.views.finding_list import FindingList
from tenglong.apps.renewal.views.idle import IdleList
from tenglong.web.listing import list_paths

urlpatterns: list[URLPattern] = [
    *list_paths("renewal/findings/", FindingList, "findings"),
    path("renewal/runs/", findings.runs, name="finding-runs"),
    path("renewal/runs.json", findings.runs_json, name="finding-runs-json"),
    path("renewal/runs/new/", findings.run_new, name="finding-run-new"),
    path("renewal/runs/<str:ulid>.json", findings.run_json, name="finding-run-json"),
    path("renewal/runs/<str:ulid>/", findings.run, name="finding-run"),
    path("renewal/findings/<str:ulid>.json", findings.twin, name="finding-json"),
    path("renewal/findings/<str:ulid>/", findings.show, name="finding"),
    path("renewal/findings/<str:ulid>/objection/", findings.appeal, name="finding-appeal"),
    path("renewal/findings/<str:ulid>/waiver/", findings.waiver, name="finding-waiver"),
    path("renewal/objections/<str:ulid>/reply/", findings.reply, name="finding-reply"),
    re_path(r"^renewal/waivers/(?P<ulid>\w{26})/(?P<name>approve|refuse|end)/$", findings.waiver_step, name="waiver-step"),
    path("renewal/mine/", own_findings.mine, name="own-findings"),
    path("renewal/mine/<str:ulid>/", own_findings.show, name="own-finding"),
    path("renewal/mine/<str:ulid>/objection/", own_findings.appeal, name="own-finding-appeal"),
    path("renewal/mine/objections/<str:ulid>/withdraw/", own_findings.withdraw, name="own-finding-withdraw"),
    path("renewal/tiles/low/<int:z>/<int:x>/<int:y>.pbf", finding_tiles.tile, name="low-tile"),
    *list_paths("renewal/idle/", IdleList, "idle-lands"),
    path("renewal/idle/new/", idle.new, name="idle-new"),
    path("renewal/idle/<str:ulid>.json", idle.twin, name="idle-land-json"),
    path("renewal/idle/<str:ulid>/", idle.show, name="idle-land"),
    path("renewal/idle/<str:ulid>/facts/", idle.facts, name="idle-facts"),
    path("renewal/idle/<str:ulid>/cause/", idle.cause, name="idle-cause"),
    path("renewal/idle/<str:ulid>/step/", idle.move, name="idle-step"),
    path("renewal/idle/<str:ulid>/member/", idle.member, name="idle-member"),
]
