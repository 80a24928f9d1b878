"""Addresses with their verbs, and menu entries."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from tenglong.web import access, menu, panels


def register() -> None:
    """Called from `AppConfig.ready()`."""
    for name in ("list", "list-json", "show", "show-json", "card", "cancel", "again"):
        access.register(f"jobs:{name}", "job.view")
    panels.register("jobs", _("正在运行的作业"), running, "job.view", 8, side=True)
    menu.register("data", _("作业"), "jobs:list", "job.view", 30)


def running(request: HttpRequest) -> str:
    """The user's jobs that wait or run; silent when there are none."""
    from tenglong.apps.jobs import service

    found = service.jobs(request.user).filter(state__in=("queued", "running"))[:5]
    rows = [(row, service.label_of(row.kind)) for row in found]
    return render_to_string("jobs/panel.html", {"rows": rows}, request) if rows else ""
