"""Verbs, menu entries and words of replanning, reserve, batches and listings."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, formats, menu, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "supply.view": (
        "reserve", "reserve-json", "lot", "lot-json", "bodies", "change", "change-json", "batch", "batch-json", "batch-move",
        "listing", "listing-json", "listing-move", "supplement-act"),
    "supply.work": (
        "lot-new", "lot-write", "lot-reverse", "change-new", "change-step", "change-correct", "change-withdraw",
        "batch-new", "batch-plot", "batch-standard", "listing-new", "listing-edit", "listing-standard", "listing-step",
        "listing-floor", "listing-correct", "supplement-new", "listing-secret", "listing-secret-act"),
    "supply.decide": ("body-delist",),
}


def register() -> None:
    """Called from `pages.register`."""
    from tenglong.apps.supply import land_tab, models

    for kind, choices in (("change_state", models.ChangeState), ("batch_state", models.BatchState),
                          ("listing_state", models.ListingState), ("listing_method", models.ListingMethod),
                          ("bid_state", models.BidState), ("entry_kind", models.EntryKind),
                          ("supplement_state", models.SupplementState)):
        formats.CHOICES[kind] = dict(choices.choices)
    formats.TONES["change_state"] = {"open": "run", "done": "ok", "withdrawn": "line"}
    formats.TONES["batch_state"] = {"draft": "wait", "submitted": "run", "approved": "ok"}
    formats.TONES["listing_state"] = {
        "draft": "wait", "submitted": "run", "approved": "run", "running": "warn", "opened": "warn", "dealt": "ok",
        "contracted": "ok", "failed": "late", "withdrawn": "line"}
    formats.TONES["bid_state"] = {"sealed": "wait", "opened": "run", "won": "ok", "lost": "line", "withdrawn": "line"}
    formats.TONES["supplement_state"] = {"proposed": "run", "approved": "warn", "published": "ok", "dropped": "line"}
    for verb, names in VERBS.items():
        access.register_all(verb, (f"supply:{name}" for name in names))
    for at, (name, label) in enumerate((("plan-changes", _("控规调整")), ("supply-batches", _("供应批次")),
                                        ("land-listings", _("出让")))):
        register_access("supply", name, "supply.view")
        menu.register("supply", label, f"supply:{name}", "supply.view", (1, 3, 4)[at])
    menu.register("supply", _("储备库"), "supply:reserve", "supply.view", 2)
    tabs.register("plot", "supply", _("供地"), land_tab.of_plot, "supply.view", 48)
