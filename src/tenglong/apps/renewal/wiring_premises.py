"""Verbs, menu entry, words and tabs of plants turned into premises and of conversions."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, formats, menu, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "renewal.view": ("conversion", "conversion-json", "conversion-move"),
    "premises.edit": ("finding-premises", "conversion-new", "conversion-edit", "conversion-phase"),
}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.renewal import conversion_tab
    from tenglong.apps.renewal.models import ConversionState, Use

    formats.CHOICES["conversion_state"], formats.CHOICES["conversion_use"] = dict(ConversionState.choices), dict(Use.choices)
    formats.TONES["conversion_state"] = {
        "draft": "wait", "submitted": "run", "approved": "warn", "completed": "ok", "retired": "line"}
    for verb, names in VERBS.items():
        access.register_all(verb, (f"renewal:{name}" for name in names))
    register_access("renewal", "conversions", "renewal.view")
    menu.register("renewal", _("厂房改造"), "renewal:conversions", "renewal.view", 60)
    tabs.register("plot", "conversions", _("改造"), conversion_tab.of_plot, "renewal.view", 46)
    tabs.register("park", "conversions", _("由来"), conversion_tab.of_park, "renewal.view", 20)
