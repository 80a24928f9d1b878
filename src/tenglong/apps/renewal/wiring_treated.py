"""Verbs, menu entries and tabs of the counters and of what was treated."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "renewal.view": ("treated", "treated-json", "treated-row", "treated-row-json"), "renewal.approve": ("treated-void",),
    "renewal.own": ("own-treated",), "export.make": ("treated-export",),
}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.renewal import treated_tab
    from tenglong.apps.renewal.service import treated

    treated.register()
    for verb, names in VERBS.items():
        access.register_all(verb, (f"renewal:{name}" for name in names))
    register_access("renewal", "treated-rows", "renewal.view")
    menu.register("renewal", _("整治成效"), "renewal:treated", "renewal.view", 60)
    tabs.register("enterprise", "treated", _("整治成效"), treated_tab.of_firm, "enterprise.view", 58)
    tabs.register("plot", "treated", _("整治成效"), treated_tab.of_plot, "plot.view", 58)
