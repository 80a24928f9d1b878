"""Verbs, menu entries, words and tabs of projects."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from tenglong.apps.jobs import periodic
from tenglong.web import access, formats, menu, panels, tabs
from tenglong.web.listing import register_access

VERBS: Final = {
    "project.view": (
        "project", "project-json", "board", "path", "visit", "picture", "promise", "blocker", "blocker-json", "blocker-step",
        "solving", "meeting", "meeting-step", "minutes", "park", "park-json"),
    "project.work": (
        "new", "edit", "phases", "milestone", "months", "member", "stop", "visit-new", "photo", "promise-step", "blocker-new",
        "meeting-new"),
    "project.own": ("own-list", "own", "own-ask"),
}
LISTS: Final = ("projects", "visits", "promises", "blockers", "meetings")


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.projects.models import Field, Level, Stage
    from tenglong.apps.projects.service import blockers
    from tenglong.apps.projects.views import own, record

    formats.CHOICES["project_stage"], formats.CHOICES["blocker_level"] = dict(Stage.choices), dict(Level.choices)
    formats.CHOICES["blocker_field"] = dict(Field.choices)
    formats.CHOICES["promise_state"] = {"open": _("办理中"), "late": _("逾期"), "done": _("已办结")}
    formats.TONES["promise_state"] = {"open": "run", "late": "late", "done": "ok"}
    formats.TONES["blocker_level"] = {"team": "run", "park": "warn", "county": "late"}
    formats.TONES["project_stage"] = {
        **dict.fromkeys(("lead", "signed"), "wait"), **dict.fromkeys(("approved", "land", "permits"), "warn"),
        **dict.fromkeys(("started", "topped_out", "completed"), "run"),
        **dict.fromkeys(("producing", "above_scale", "full_output"), "ok")}
    for verb, names in VERBS.items():
        access.register_all(verb, (f"projects:{name}" for name in names))
    for name in LISTS:
        register_access("projects", name, "project.view")
    menu.register("projects", _("项目看板"), "projects:board", "project.view", 10)
    menu.register("projects", _("重大项目"), "projects:projects", "project.view", 20)
    menu.register("projects", _("走访"), "projects:visits", "project.view", 40)
    menu.register("projects", _("有事就联系"), "projects:promises", "project.view", 42)
    menu.register("projects", _("卡点"), "projects:blockers", "project.view", 44)
    menu.register("projects", _("专题会"), "projects:meetings", "project.view", 46)
    menu.register("projects", _("我的项目"), "projects:own-list", "project.own", 10)
    panels.register("own-projects", _("我的项目"), own.panel, "project.own", 3)
    tabs.register("project", "course", _("进展"), record.course, "project.view", 10)
    tabs.register("project", "figures", _("投资与产出"), record.figures, "project.view", 30)
    tabs.register("project", "phases", _("分期与用地"), record.land, "project.view", 35)
    tabs.register("project", "blockers", _("卡点"), record.stuck, "project.view", 40)
    tabs.register("project", "service", _("走访与专班"), record.served, "project.view", 45)
    tabs.register("project", "photos", _("照片"), record.pictures, "project.view", 50)
    tabs.register("enterprise", "projects", _("项目"), record.of_firm, "project.view", 57)
    tabs.register("plot", "projects", _("项目"), record.of_plot, "project.view", 57)
    tabs.register("listing", "projects", _("项目"), record.of_listing, "project.view", 10)
    tabs.register("covenant", "projects", _("项目"), record.of_covenant, "project.view", 10)
    tabs.register("park", "projects", _("项目"), record.of_park, "project.view", 30)
    periodic.every(blockers.OFTEN, "blocker.escalate", blockers.by_itself)
