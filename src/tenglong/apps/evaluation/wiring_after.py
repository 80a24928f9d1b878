"""Verbs, menu entries and cycle tabs of the pages from the trial run on."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import cycle_tabs, on_records
from tenglong.web import access, menu, tabs
from tenglong.web.listing import register_access

FIRM: Final = (
    "result", "result-json", "result-book", "result-print", "source", "appeal-new", "appeal", "appeal-withdraw",
)
VERBS: Final = {
    "evaluation.view": (
        "result", "result-json", "result-book", "result-print", "source", "appeal", "run", "run-json", "run-plots", "run-book",
        "leaders", "runs", "notices", "publications", "publication", "publication-json", "publication-file",
        "publication-print", "appeals", "adjustments", "adjustment", "adjustment-step", "adjustments-year",
        "adjustments-year-json", "compare", "compare-json", "schemes", "schemes-json", "scheme", "closing", "minutes",
        "statement", "statements", "statements-json", "publication-csv", "publication-docx",
    ),
    "evaluation.own": (*(f"own-{name}" for name in FIRM), "own-scheme", "own-appeal-letter"),
    "evaluation.run": ("run-start",),
    "evaluation.publish": ("publication-new", "publication-step"),
    "evaluation.appeal": ("notice-serve", "appeal-new", "appeal-withdraw", "appeal-reply", "appeal-letter",
                          "statement-add", "statement-reply"),
    "evaluation.adjust": ("adjustment-new",),
    "evaluation.approve": ("finalise",),
    "evaluation.manage": ("archive",),
    "evaluation.whatif": ("whatif-pick", "whatif", "whatif-run"),
    "policy.edit": ("whatif-save",),
}


def register() -> None:
    """Called from `registration.register`."""
    register_access("evaluation", "results", "evaluation.view")
    for verb, names in VERBS.items():
        access.register_all(verb, (f"evaluation:{name}" for name in names))
    menu.register("evaluation", _("评价结果"), "evaluation:results", "evaluation.view", 20)
    menu.register("evaluation", _("推演"), "evaluation:whatif-pick", "evaluation.whatif", 30)
    menu.register("evaluation", _("比较两次运算"), "evaluation:compare", "evaluation.view", 40)
    menu.register("evaluation", _("评价办法"), "evaluation:schemes", "evaluation.view", 50)
    menu.register("evaluation", _("年度调档清单"), "evaluation:adjustments-year", "evaluation.view", 60)
    tabs.register("enterprise", "evaluation", _("评价"), on_records.of_enterprise, "enterprise.view", 25)
    cycle_tabs.register("runs", _("试算与结果"), "evaluation:runs", "evaluation.view", 60)
    cycle_tabs.register("publications", _("公示"), "evaluation:publications", "evaluation.view", 70)
    cycle_tabs.register("appeals", _("申诉"), "evaluation:appeals", "evaluation.view", 75)
    cycle_tabs.register("adjustments", _("调档"), "evaluation:adjustments", "evaluation.view", 80)
    cycle_tabs.register("closing", _("审定与归档"), "evaluation:closing", "evaluation.view", 90)
