"""Addresses from the trial run on: runs, results, publications, appeals, adjustments, what-if, schemes.

What a firm opens of itself has addresses of its own (`own-…`, below evaluation/mine/) because an address has one verb.
"""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from tenglong.apps.evaluation.views import (
    adjustments,
    appeals,
    closing,
    compare,
    notices,
    publications,
    runs,
    schemes,
    statements,
    whatif,
    why,
)
from tenglong.apps.evaluation.views.result_list import ResultList
from tenglong.web.listing import list_paths

FIRM = "<str:ulid>/firms/<str:key>"


def _firm(prefix: str, name: str) -> list[URLPattern]:
    """The explanation of one firm, for an office and for the firm itself."""
    base = f"evaluation/{prefix}runs/{FIRM}"
    return [
        path(f"{base}/", why.show, name=f"{name}result"),
        path(f"{base}/trace.json", why.twin, name=f"{name}result-json"),
        path(f"{base}/trace.xlsx", why.book, name=f"{name}result-book"),
        path(f"{base}/explanation.pdf", why.printed, name=f"{name}result-print"),
        path(f"{base}/sources/<slug:column>/", why.source, name=f"{name}source"),
        path(f"{base}/appeal/", appeals.new, name=f"{name}appeal-new"),
        path(f"evaluation/{prefix}appeals/<str:ulid>/", appeals.show, name=f"{name}appeal"),
        path(f"evaluation/{prefix}appeals/<str:ulid>/withdraw/", appeals.withdraw, name=f"{name}appeal-withdraw"),
    ]


urlpatterns: list[URLPattern] = [
    *list_paths("evaluation/results/", ResultList, "results"),
    *_firm("", ""),
    *_firm("mine/", "own-"),
    path("evaluation/runs/<str:ulid>.json", runs.twin, name="run-json"),
    path("evaluation/runs/<str:ulid>/", runs.show, name="run"),
    path("evaluation/runs/<str:ulid>/plots/", runs.plots, name="run-plots"),
    path("evaluation/runs/<str:ulid>/leaders/", runs.leaders, name="leaders"),
    path("evaluation/runs/<str:ulid>/results.xlsx", runs.book, name="run-book"),
    path("evaluation/runs/<str:ulid>/notices/", notices.show, name="notices"),
    path("evaluation/runs/<str:ulid>/notices/serve/", notices.serve, name="notice-serve"),
    path("evaluation/runs/<str:ulid>/publish/", publications.new, name="publication-new"),
    path("evaluation/publications/<str:ulid>.json", publications.twin, name="publication-json"),
    path("evaluation/publications/<str:ulid>/", publications.show, name="publication"),
    path("evaluation/publications/<str:ulid>/list.xlsx", publications.file, {"kind": "xlsx"}, name="publication-file"),
    path("evaluation/publications/<str:ulid>/list.csv", publications.file, {"kind": "csv"}, name="publication-csv"),
    path("evaluation/publications/<str:ulid>/notice.docx", publications.file, {"kind": "docx"}, name="publication-docx"),
    path("evaluation/publications/<str:ulid>/list.pdf", publications.file, {"kind": "pdf"}, name="publication-print"),
    re_path(r"^evaluation/publications/(?P<ulid>\w{26})/(?P<name>close|withdraw)/$", publications.step,
            name="publication-step"),
    path("evaluation/statements/<str:ulid>/", statements.show, name="statement"),
    path("evaluation/statements/<str:ulid>/add/", statements.add, name="statement-add"),
    path("evaluation/statements/<str:ulid>/reply/", statements.reply, name="statement-reply"),
    path("evaluation/mine/appeals/<str:ulid>/reply.docx", appeals.letter, name="own-appeal-letter"),
    path("evaluation/appeals/<str:ulid>/reply/", appeals.reply, name="appeal-reply"),
    path("evaluation/appeals/<str:ulid>/reply.docx", appeals.letter, name="appeal-letter"),
    path(f"evaluation/runs/{FIRM}/adjust/", adjustments.new, name="adjustment-new"),
    path("evaluation/adjustments/", adjustments.of_year, name="adjustments-year"),
    path("evaluation/adjustments.json", adjustments.of_year_json, name="adjustments-year-json"),
    path("evaluation/adjustments/<str:ulid>/", adjustments.show, name="adjustment"),
    re_path(r"^evaluation/adjustments/(?P<ulid>\w{26})/(?P<name>approve|reject|withdraw)/$", adjustments.step,
            name="adjustment-step"),
    path("evaluation/compare/", compare.show, name="compare"),
    path("evaluation/compare.json", compare.twin, name="compare-json"),
    path("evaluation/schemes/", schemes.listing, name="schemes"),
    path("evaluation/schemes.json", schemes.listing_json, name="schemes-json"),
    path("evaluation/schemes/<slug:id>/<str:version>/", schemes.show, name="scheme"),
    path("evaluation/mine/schemes/<slug:id>/<str:version>/", schemes.show, name="own-scheme"),
    path("evaluation/whatif/", whatif.pick, name="whatif-pick"),
    path("evaluation/whatif/<str:ulid>/", whatif.show, name="whatif"),
    path("evaluation/whatif/<str:ulid>/run.json", whatif.run, name="whatif-run"),
    path("evaluation/whatif/<str:ulid>/save/", whatif.save, name="whatif-save"),
    path("evaluation/<str:ulid>/publications/", publications.listing, name="publications"),
    path("evaluation/<str:ulid>/appeals/", appeals.listing, name="appeals"),
    path("evaluation/<str:ulid>/statements/", statements.listing, name="statements"),
    path("evaluation/<str:ulid>/statements.json", statements.twin, name="statements-json"),
    path("evaluation/<str:ulid>/adjustments/", adjustments.listing, name="adjustments"),
    path("evaluation/<str:ulid>/closing/", closing.show, name="closing"),
    path("evaluation/<str:ulid>/closing/finalise/", closing.finalise, name="finalise"),
    path("evaluation/<str:ulid>/closing/archive/", closing.archive, name="archive"),
    path("evaluation/<str:ulid>/closing/minutes.docx", closing.minutes, name="minutes"),
    path("evaluation/<str:ulid>/runs/", runs.listing, name="runs"),
    path("evaluation/<str:ulid>/runs/start/", runs.start, name="run-start"),
]
