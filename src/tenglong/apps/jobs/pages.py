"""Addresses with their verbs, and menu entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu


def register() -> None:
    """Called from `AppConfig.ready()`."""
    for name in ("list", "list-json", "show", "show-json", "card", "cancel", "again"):
        access.register(f"jobs:{name}", "job.view")
    menu.register("data", _("作业"), "jobs:list", "job.view", 30)
