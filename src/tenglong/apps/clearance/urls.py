"""Addresses of clearing; the verbs stand in the registration."""

from __future__ import annotations

from django.urls import path, re_path

from tenglong.apps.clearance.views import clearances, files, holders, likeness, own, steps
from tenglong.apps.clearance.views.lists import ClearanceList, HolderList, PlotList
from tenglong.web.listing import list_paths

app_name = "clearance"
urlpatterns = [
    *list_paths("clearance/", ClearanceList, "clearances"),
    *list_paths("clearance/holders/", HolderList, "holders"),
    *list_paths("clearance/plots/", PlotList, "plots"),
    path("clearance/new/", clearances.new, name="new"),
    path("clearance/holders/<str:ulid>.json", holders.twin, name="holder-json"),
    path("clearance/holders/<str:ulid>/", holders.show, name="holder"),
    path("clearance/holders/<str:ulid>/reveal/", holders.reveal, name="reveal"),
    path("clearance/holders/<str:ulid>/agreement/", holders.agreement, name="agreement"),
    re_path(r"^clearance/holders/(?P<ulid>\w{26})/work/(?P<name>[a-z-]+)/$", holders.work, name="work"),
    re_path(r"^clearance/holders/(?P<ulid>\w{26})/money/(?P<name>[a-z-]+)/$", holders.pay, name="pay"),
    re_path(r"^clearance/holders/(?P<ulid>\w{26})/decide/(?P<name>[a-z-]+)/$", holders.decide, name="decide"),
    path("clearance/mine/", own.mine, name="own-list"),
    path("clearance/mine/<str:ulid>/", own.show, name="own"),
    path("clearance/mine/files/<str:ulid>/", own.download, name="own-paper"),
    path("clearance/files/<str:ulid>/", files.download, name="paper"),
    path("clearance/corrections/<str:ulid>/", steps.decide, name="correction"),
    path("clearance/<str:ulid>.json", clearances.twin, name="clearance-json"),
    path("clearance/<str:ulid>/", clearances.show, name="clearance"),
    path("clearance/<str:ulid>/plots/", clearances.gather, name="gather"),
    path("clearance/<str:ulid>/holder/", clearances.add, name="add"),
    path("clearance/<str:ulid>/step/", steps.step, name="step"),
    path("clearance/<str:ulid>/step/file/", files.add, name="step-file"),
    path("clearance/<str:ulid>/start/", clearances.start, name="start"),
    path("clearance/<str:ulid>/end/", clearances.end, name="end"),
    path("clearance/<str:ulid>/plan/", clearances.plan, name="plan"),
    path("clearance/<str:ulid>/asks/", clearances.asks, name="asks"),
    path("clearance/<str:ulid>/export/", clearances.export, name="export"),
    path("clearance/<str:ulid>/likeness.json", likeness.twin, name="likeness-json"),
    path("clearance/<str:ulid>/likeness/", likeness.show, name="likeness"),
    path("clearance/<str:ulid>/likeness/export/", likeness.export, name="likeness-export"),
]
