"""What casework puts into the registries of the shell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.roles import ROLE_VERBS, VERBS
from tenglong.apps.casework import escalation, hooks, subjects
from tenglong.apps.casework import panels as built
from tenglong.apps.jobs import periodic
from tenglong.domain.casework.definition import know_powers
from tenglong.web import access, counters, menu, panels, tabs
from tenglong.web.listing import register_access

#: verb → names of addresses
ADDRESSES = {
    "case.view": ("inbox", "inbox-json", "case", "case-json", "move", "complete", "pause", "resume"),
    "case.work": ("take", "comment", "escalate", "escalations", "escalations-json", "board", "board-json", "supervision",
                  "supervision-json", "supervision-reply", "supervision-letter", "bulletins", "bulletin", "bulletin-json"),
    "case.assign": ("assign", "hand-over", "escalations-note"),
    "case.supervise": ("supervise", "supervision-close", "supervision-return"),
    "document.add": ("evidence",), "export.make": ("bulletin-file",),
    "policy.edit": ("migrate",), "policy.approve": ("migrate-apply",),
}


def register() -> None:
    """Called from `AppConfig.ready()`."""
    know_powers([*ROLE_VERBS, *VERBS])
    for verb, names in ADDRESSES.items():
        for name in names:
            access.register(f"casework:{name}", verb)
    register_access("casework", "cases", "case.view")
    register_access("casework", "supervisions", "case.work")
    menu.register("workbench", _("我的任务"), "casework:inbox", "case.view", 10)
    menu.register("workbench", _("案件"), "casework:cases", "case.view", 20)
    menu.register("workbench", _("案件看板"), "casework:board", "case.work", 21)
    menu.register("workbench", _("提请领导"), "casework:escalations", "case.work", 22)
    menu.register("workbench", _("督办单"), "casework:supervisions", "case.work", 23)
    menu.register("workbench", _("周报与半月清单"), "casework:bulletins", "case.work", 24)
    tabs.register("plot", "cases", _("案件"), built.of_plot, "case.view", 55)
    tabs.register("enterprise", "cases", _("案件"), built.of_enterprise, "case.view", 55)
    panels.register("tasks", _("我的任务"), built.tasks, "case.view", 3)
    counters.register("tasks", _("我的任务"), built.counter, "case.view", 5)
    counters.register("escalated", _("提请领导"), built.before_leader, "case.supervise", 6)
    hooks.about(subjects.of_register)
    periodic.every(escalation.OFTEN, "case.escalate", escalation.by_itself)
