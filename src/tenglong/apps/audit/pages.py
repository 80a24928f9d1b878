"""Addresses with their verbs, and menu entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu


def register() -> None:
    """Called from `AppConfig.ready()`."""
    for name in ("list", "list-json", "show"):
        access.register(f"audit:{name}", "audit.view")
    access.register("audit:verify", "audit.verify")
    menu.register("data", _("审计"), "audit:list", "audit.view", 40)
