"""Verbs and menu entry of the comparison of prices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu


def register() -> None:
    """Called from `pages.register`."""
    access.register_all("deal.view", ["supply:prices", "supply:prices-json"])
    access.register("supply:prices-export", "export.make")
    menu.register("supply", _("地价比较"), "supply:prices", "deal.view", 12)
