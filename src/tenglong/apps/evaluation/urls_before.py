"""Addresses up to the freeze: areas, departments, records, checks, sheets."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenglong.apps.evaluation.views import (
    area_objections,
    areas,
    deliveries,
    findings,
    firms,
    mine,
    own_answers,
    sheet_papers,
    sheets,
    unread,
)
from tenglong.apps.evaluation.views.cycle_listing import cycle_list_paths
from tenglong.web.listing import list_paths

_areas: list[URLPattern] = [
    *cycle_list_paths("areas", areas.AreaList, "areas"),
    path("evaluation/<str:ulid>/areas/assess/", areas.assess, name="area-assess"),
    path("evaluation/<str:ulid>/areas/settle/", areas.settle, name="area-settle"),
    path("evaluation/<str:ulid>/areas/publication/", areas.publication, name="area-publication"),
    path("evaluation/area-publication/<str:ulid>/", areas.published_list, name="area-published"),
    path("evaluation/area-publication/<str:ulid>/close/", areas.close_publication, name="area-publication-close"),
    *cycle_list_paths("objections", area_objections.ObjectionList, "area-objections"),
    path("evaluation/<str:ulid>/gaps/", area_objections.gaps, name="area-gaps"),
    path("evaluation/<str:ulid>/gaps.json", area_objections.gaps_twin, name="area-gaps-json"),
    path("evaluation/<str:ulid>/gaps/<int:pk>/", area_objections.gap, name="area-gap"),
    path("evaluation/area/<str:ulid>/", areas.show, name="area"),
    path("evaluation/area/<str:ulid>/items/", areas.add_item, name="area-item"),
    path("evaluation/area/<str:ulid>/items/<int:pk>/remove/", areas.remove_item, name="area-item-remove"),
    path("evaluation/area/<str:ulid>/object/", area_objections.add, name="area-object"),
    path("evaluation/area/<str:ulid>/decide/", area_objections.decide, name="area-decide"),
]
_deliveries: list[URLPattern] = [
    path("evaluation/<str:ulid>/deliveries/", deliveries.board, name="deliveries"),
    path("evaluation/<str:ulid>/deliveries.json", deliveries.board_twin, name="deliveries-json"),
    path("evaluation/<str:ulid>/deliveries/ask/", deliveries.ask, name="delivery-ask"),
    path("evaluation/delivery/<str:ulid>/", deliveries.show, name="delivery"),
    path("evaluation/delivery/<str:ulid>.json", deliveries.twin, name="delivery-json"),
    path("evaluation/delivery/<str:ulid>/receive/", deliveries.receive, name="delivery-receive"),
    path("evaluation/delivery/<str:ulid>/receipt/<int:number>/", deliveries.receipt, name="delivery-receipt"),
    path("evaluation/delivery/<str:ulid>/return/", deliveries.give_back, name="delivery-return"),
    path("evaluation/delivery/<str:ulid>/accept/", deliveries.accept, name="delivery-accept"),
    path("evaluation/delivery/<str:ulid>/remind/", deliveries.remind, name="delivery-remind"),
    path("evaluation/delivery/<str:ulid>/reminder/<int:number>.docx", deliveries.reminder, name="reminder"),
]
_sheets: list[URLPattern] = [
    *cycle_list_paths("sheets", sheets.SheetList, "sheets"),
    path("evaluation/<str:ulid>/sheets/prepare/", sheets.prepare, name="sheets-prepare"),
    path("evaluation/<str:ulid>/sheets/print/", sheet_papers.print_sheets, name="sheets-print"),
    path("evaluation/<str:ulid>/sheets/deliver/", sheets.deliver_many, name="sheets-deliver"),
    path("evaluation/<str:ulid>/scans/", sheet_papers.scans, name="scans"),
    path("evaluation/<str:ulid>/scans/<str:job>/", sheet_papers.result, name="scan-result"),
    path("evaluation/<str:ulid>/scans/<str:job>/<int:number>.jpg", sheet_papers.picture, name="scan-picture"),
    path("evaluation/<str:ulid>/unread/", unread.listing, name="unread"),
    path("evaluation/<str:ulid>/unread.json", unread.twin, name="unread-json"),
    path("evaluation/<str:ulid>/unread/match/", unread.match, name="unread-match"),
    path("evaluation/sheet/<str:ulid>/unread/", unread.decide, name="unread-decide"),
    path("evaluation/unread/<str:ulid>/dismiss/", unread.dismiss, name="unread-dismiss"),
    path("evaluation/unread/<str:ulid>.jpg", unread.picture, name="unread-picture"),
    path("evaluation/printed/<str:ulid>.pdf", sheet_papers.pdf, name="sheets-pdf"),
    path("evaluation/sheet/<str:ulid>/", sheets.show, name="sheet"),
    path("evaluation/sheet/<str:ulid>/deliver/", sheets.deliver, name="sheet-deliver"),
    path("evaluation/sheet/<str:ulid>/object/", sheets.objected, name="sheet-object"),
    path("evaluation/sheet/<str:ulid>/refuse/", sheets.refused, name="sheet-refuse"),
    path("evaluation/sheet/<str:ulid>/overdue/", sheets.overdue, name="sheet-overdue"),
]
_checks: list[URLPattern] = [
    *cycle_list_paths("findings", findings.FindingList, "findings"),
    path("evaluation/<str:ulid>/check/", findings.check, name="check"),
    path("evaluation/<str:ulid>/freeze/", findings.freeze, name="freeze"),
    path("evaluation/finding/<int:pk>/", findings.show, name="finding"),
    path("evaluation/finding/<int:pk>/waive/", findings.waive, name="finding-waive"),
]
_mine: list[URLPattern] = [
    path("evaluation/mine/", mine.mine, name="mine"),
    path("evaluation/mine/answers/", own_answers.listing, name="own-answers"),
    path("evaluation/mine/answers.json", own_answers.twin, name="own-answers-json"),
    path("evaluation/mine/statements/<str:ulid>/", own_answers.statement, name="own-statement"),
    path("evaluation/mine/area/<str:ulid>/", mine.area, name="own-area"),
    path("evaluation/mine/sheet/<str:ulid>/", mine.sheet, name="own-sheet"),
    path("evaluation/mine/sheet/<str:ulid>.pdf", mine.sheet_pdf, name="own-sheet-pdf"),
    path("evaluation/mine/sheet/<str:ulid>/object/", mine.sheet_object, name="own-sheet-object"),
    path("evaluation/mine/sheet/<str:ulid>/confirm/", mine.sheet_confirm, name="own-sheet-confirm"),
]
_firms: list[URLPattern] = [
    *list_paths("evaluation/attributes/", firms.AttributeList, "attributes"),
    path("evaluation/attributes/new/", firms.attribute_new, name="attribute-new"),
    path("evaluation/attributes/import/", firms.attribute_import, name="attribute-import"),
    *list_paths("evaluation/decisions/", firms.DecisionList, "decisions"),
    path("evaluation/decisions/new/", firms.decision_new, name="decision-new"),
    path("evaluation/decision/<str:ulid>/", firms.decision, name="decision"),
    path("evaluation/decision/<str:ulid>/change/", firms.decision_change, name="decision-change"),
    path("evaluation/<str:ulid>/joint/", firms.joint, name="joint"),
    path("evaluation/<str:ulid>/joint.json", firms.joint_twin, name="joint-json"),
    path("evaluation/<str:ulid>/joint/new/", firms.joint_new, name="joint-new"),
]
urlpatterns: list[URLPattern] = [*_mine, *_firms, *_areas, *_deliveries, *_sheets, *_checks]
