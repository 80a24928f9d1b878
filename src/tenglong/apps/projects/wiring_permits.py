"""Verbs, menu entries, words and tabs of permits; the worker keeps the outlooks of the day."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.apps.jobs import periodic
from tenglong.web import access, counters, menu, tabs

VERBS: Final = {
    "permit.view": ("permits", "permits-json", "permits-owed", "permit", "permit-json", "permit-step", "permit-papers",
                    "permit-receipt"),
    "permit.work": ("permit-new", "permit-move", "permit-flip", "permit-route", "permit-paper-void", "permit-owe"),
    "project.own": ("own-permit", "own-receipt"),
}


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.projects import permit_tab, permit_words
    from tenglong.apps.projects.queries import forecast
    from tenglong.apps.projects.service import permits_owed

    permit_words.register()
    for verb, names in VERBS.items():
        access.register_all(verb, (f"projects:{name}" for name in names))
    menu.register("projects", _("审批进度"), "projects:permits", "permit.view", 30)
    menu.register("projects", _("部门待办"), "projects:permits-owed", "permit.view", 31)
    tabs.register("project", "permits", _("审批"), permit_tab.of_project, "permit.view", 20)
    counters.register("permit-owed", _("容缺待补材料"), permit_tab.owed_counter, "permit.view", 70)
    periodic.every(forecast.OFTEN, "projects.permits", forecast.by_itself)
    periodic.every(permits_owed.OFTEN, "projects.permits_owed", permits_owed.by_itself)
