"""Verbs, menu entries, tabs, hooks and the chore of 履约监管."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenglong.web import access, counters, menu, panels, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "covenant.view": ("covenant-five", "covenant-five-json", "covenant", "covenant-json", "covenant-check",
                      "covenant-check-json", "covenant-member"),
    "covenant.work": ("covenant-new", "covenant-paper", "covenant-node", "covenant-firm", "covenant-figure",
                      "covenant-extension", "covenant-check-new", "covenant-review"),
    "covenant.decide": ("covenant-void", "covenant-end"),
    "covenant.own": ("own-covenants", "own-covenant", "own-extension", "own-statement"),
    "export.make": ("covenant-check-export",),
}


def register() -> None:
    """Called from the registration of supply."""
    from tenglong.apps.jobs import periodic
    from tenglong.apps.supply import covenant_tab, scope_rules_covenants
    from tenglong.apps.supply.service import covenants_reminders
    from tenglong.apps.supply.views import covenant_own

    assert scope_rules_covenants  # imported for what it registers
    _cases()
    for verb, names in VERBS.items():
        access.register_all(verb, (f"supply:{name}" for name in names))
    register_access("supply", "covenants", "covenant.view")
    menu.register("supply", _("五未清单"), "supply:covenant-five", "covenant.view", 50)
    menu.register("supply", _("履约监管"), "supply:covenants", "covenant.view", 55)
    menu.register("supply", _("我的履约"), "supply:own-covenants", "covenant.own", 5)
    panels.register("own-covenants", _("我的履约"), covenant_own.panel, "covenant.own", 4)
    tabs.register("enterprise", "covenants", _("履约"), covenant_tab.of_firm, "enterprise.view", 66)
    tabs.register("plot", "covenants", _("履约"), covenant_tab.of_plot, "plot.view", 66)
    counters.register("covenants", _("五未逾期"), _late, "covenant.view", 70)
    periodic.every(covenants_reminders.OFTEN, "supply.covenants", covenants_reminders.by_itself)


def _cases() -> None:
    from tenglong.apps.casework import service as casework
    from tenglong.apps.supply import covenant_links
    from tenglong.apps.supply.service import covenants_checks, covenants_extensions

    casework.about(covenant_links.of_case)
    casework.on_move(covenants_checks.CASE, covenants_checks.follow)
    casework.on_move(covenants_extensions.CASE, covenants_extensions.follow)
    casework.guard("covenant_team", covenants_checks.guard)
    casework.guard("covenant_extension", covenants_extensions.guard)


def _late(user: Any) -> counters.Reading | None:
    """How many are past the agreed day, of how many; silent while nothing is agreed."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tenglong.apps.supply.queries import covenants as queries

    found = queries.five(user, timezone.localdate())
    if not found.total:
        return None
    late = sum(one.late for one in found.lacks)
    of = gettext("监管中的约定 %(n)s 份") % {"n": found.total}
    return counters.Reading(str(late), gettext("份"), of, reverse("supply:covenant-five"), "late" if late else "ok")
