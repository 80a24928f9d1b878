"""Verbs, menu entries and tabs of plans and site searches."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu

VERBS: Final = {
    "renewal.secret": (
        "plans", "plans-json", "plan", "plan-json", "plan-progress", "plan-compare", "plan-compare-json", "plan-export",
        "plan-plot", "plan-plot-json",
        "plan-readers", "sites", "sites-json", "site", "site-json", "site-export", "site-readers",
    ),
    "renewal.plan": (
        "plan-new", "plan-solve", "plan-cancel", "plan-edit", "plan-submit", "plan-publish", "plan-retire",
        "plan-reader-add", "plan-reader-drop", "site-new", "site-again", "site-reader-add", "site-reader-drop",
    ),
    "renewal.approve": ("plan-approve", "plan-return"),
}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.renewal import jobs
    from tenglong.apps.renewal.service import publishing

    assert jobs  # imported for the jobs it registers
    publishing.register()
    for verb, names in VERBS.items():
        access.register_all(verb, (f"renewal:{name}" for name in names))
    menu.register("renewal", _("整治方案"), "renewal:plans", "renewal.secret", 40)
    menu.register("renewal", _("选址"), "renewal:sites", "renewal.secret", 50)
