"""What casework puts into the registries of the shell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.roles import ROLE_VERBS, VERBS
from tenglong.apps.casework import panels as built
from tenglong.domain.casework.definition import know_powers
from tenglong.web import access, counters, menu, panels, tabs
from tenglong.web.listing import register_access


def register() -> None:
    """Called from `AppConfig.ready()`."""
    know_powers([*ROLE_VERBS, *VERBS])
    for name in ("inbox", "inbox-json", "case", "case-json", "move", "complete"):
        access.register(f"casework:{name}", "case.view")
    access.register("casework:take", "case.work")
    access.register("casework:evidence", "document.add")
    access.register("casework:assign", "case.assign")
    register_access("casework", "cases", "case.view")
    menu.register("workbench", _("我的任务"), "casework:inbox", "case.view", 10)
    menu.register("workbench", _("案件"), "casework:cases", "case.view", 20)
    tabs.register("plot", "cases", _("案件"), built.of_plot, "case.view", 55)
    tabs.register("enterprise", "cases", _("案件"), built.of_enterprise, "case.view", 55)
    panels.register("tasks", _("我的任务"), built.tasks, "case.view", 3)
    counters.register("tasks", _("我的任务"), built.counter, "case.view", 5)
