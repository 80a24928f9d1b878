"""What clearance puts into the registries of the shell: verbs, menu, tabs, words, the run that erases personal data."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu, panels, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "clearance.view": ("clearance", "clearance-json", "holder", "holder-json", "paper"),
    "clearance.work": ("new", "gather", "add", "step", "step-file", "plan", "asks", "reveal", "work"),
    "clearance.own": ("own-list", "own", "own-paper"),
    "clearance.money": ("agreement", "pay", "likeness", "likeness-json"),
    "clearance.decide": ("start", "end", "decide", "correction"),
    "export.make": ("export", "likeness-export"),
}
#: how often the worker looks for personal data whose time is over
DAY_SECONDS: Final = 24 * 3600


def register() -> None:
    """Called from `AppConfig.ready()`."""
    from tenglong.apps.clearance import tab, words
    from tenglong.apps.clearance.service import contacts, papers
    from tenglong.apps.clearance.views import own
    from tenglong.apps.jobs import periodic
    from tenglong.apps.registry import queries as registry

    words.register()
    registry.KEPT_APART.add(papers.KIND)
    for verb, names in VERBS.items():
        access.register_all(verb, (f"clearance:{name}" for name in names))
    for name in ("clearances", "holders", "plots"):
        register_access("clearance", name, "clearance.view")
    menu.register("clearance", _("我的腾退"), "clearance:own-list", "clearance.own", 5)
    panels.register("own-clearance", _("我的腾退"), own.panel, "clearance.own", 2)
    menu.register("clearance", _("征迁项目"), "clearance:clearances", "clearance.view", 10)
    menu.register("clearance", _("权利人"), "clearance:holders", "clearance.view", 20)
    menu.register("clearance", _("征迁地块"), "clearance:plots", "clearance.view", 30)
    tabs.register("plot", "clearance", _("征迁"), tab.of_plot, "clearance.view", 47)
    tabs.register("enterprise", "clearance", _("征迁"), tab.of_firm, "clearance.view", 57)
    periodic.every(DAY_SECONDS, "clearance-erase", contacts.erase_due)
