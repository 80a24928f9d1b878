"""The tab 审批 on the page of a project: its networks with the next date of each; papers owed, on the workbench."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.projects.models import PermitNetwork, Project
from tenglong.apps.projects.queries import forecast, permits, permits_owed
from tenglong.web.counters import Reading


def owed_counter(user: Any) -> Reading | None:
    """容缺待补: papers still to come, and how many are past their day; silent while there is none."""
    found = permits_owed.owed(user)
    if not found:
        return None
    tone = "late" if any(one.state == "late" for one in found) else "warn"
    return Reading(str(len(found)), _("份"), permits_owed.told(found), reverse("projects:permits-owed"), tone)


def of_project(request: HttpRequest, row: Project) -> str:
    held: list[PermitNetwork] = list(permits.networks(request.user).filter(project=row).order_by("phase__ordinal", "pk"))
    told: list[dict[str, Any]] = [{"network": one, "found": forecast.worked_out(one)} for one in held]
    return render_to_string("projects/tab_permits.html", {
        "rows": told, "project": row, "works": can(request.user, "permit.work")}, request=request)
