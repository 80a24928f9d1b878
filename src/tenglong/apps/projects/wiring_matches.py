"""Verbs and tab of ready plants for a project."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.web import access, tabs


def register() -> None:
    """Called from `registration.register`."""
    from tenglong.apps.projects.views import matches

    access.register_all("project.view", ["projects:plants", "projects:plants-json"])
    access.register("projects:plants-ask", "project.work")
    tabs.register("project", "plants", _("厂房匹配"), matches.tab, "project.view", 60)
