"""Verbs, menu entry and tab of towers."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "tower.view": ("tower-board", "tower", "tower-json"),
    "tower.work": ("tower-new", "tower-edit", "tower-floor", "tower-tenant", "tower-tenant-end"),
}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.projects import tower_tab

    for verb, names in VERBS.items():
        access.register_all(verb, (f"projects:{name}" for name in names))
    register_access("projects", "towers", "tower.view")
    menu.register("projects", _("楼宇经济"), "projects:tower-board", "tower.view", 70)
    tabs.register("enterprise", "towers", _("楼宇"), tower_tab.of_firm, "tower.view", 66)
