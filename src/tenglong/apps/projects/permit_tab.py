"""The tab 审批 on the page of a project: its networks with the next date of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from tenglong.apps.accounts.scope import can
from tenglong.apps.projects.models import PermitNetwork, Project
from tenglong.apps.projects.queries import forecast, permits


def of_project(request: HttpRequest, row: Project) -> str:
    held: list[PermitNetwork] = list(permits.networks(request.user).filter(project=row).order_by("phase__ordinal", "pk"))
    told: list[dict[str, Any]] = [{"network": one, "found": forecast.worked_out(one)} for one in held]
    return render_to_string("projects/tab_permits.html", {
        "rows": told, "project": row, "works": can(request.user, "permit.work")}, request=request)
