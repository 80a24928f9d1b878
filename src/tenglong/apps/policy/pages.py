"""Addresses with their verbs, menu entries, and what measures say about sensitivity."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts import masking
from tenglong.apps.policy import presets
from tenglong.web import access, menu


def register() -> None:
    """Called from `AppConfig.ready()`."""
    for name in ("list", "show", "version", "step"):
        access.register(f"policy:{name}", "policy.view")
    access.register("policy:edit", "policy.edit")
    menu.register("system", _("政策参数"), "policy:list", "policy.view", 40)
    masking.add_sensitive(sensitive_measures())


def sensitive_measures() -> list[str]:
    """Ids of the packaged measures marked sensitive; none are packaged only in a broken installation."""
    measures = presets.load("measures", "measures").data["measures"]
    return [measure["id"] for measure in measures if measure.get("sensitivity") == "sensitive"]
