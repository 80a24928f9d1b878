"""A park with its projects: counts by cluster, invested, and output expected until full production."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenglong.apps.accounts.scope import requires
from tenglong.apps.projects.queries import money, parks
from tenglong.apps.projects.views.common import asked_day
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.places import enterprise_names
from tenglong.web.answers import CHINESE


@require_GET
@requires("project.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    found, name = _figures(request, ulid)
    firms = enterprise_names(request.user, [one["project"].enterprise_id for one in found.rows])
    rows = [{**one, "firm": firms.get(one["project"].enterprise_id or 0, ("", ""))[1]} for one in found.rows]
    return render(request, "projects/park.html", {
        "found": found, "rows": rows, "name": name, "ulid": ulid,
        "band": json.dumps(money.band_chart(found.output), ensure_ascii=False)})


@require_GET
@requires("project.view")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    found, name = _figures(request, ulid)

    def sums(one: parks.Group) -> dict[str, Any]:
        return {"projects": one.projects, "total_investment_fen": str(one.total_fen), "projects_with_investment": one.spent,
                "invested_fen": None if one.invested_fen is None else str(one.invested_fen)}

    def group(one: parks.Group) -> dict[str, Any]:
        """Who produces is counted by cluster alone."""
        return {"name": one.name, **sums(one), "producing": one.producing, "about_to_produce": one.soon, "others": one.rest}

    return JsonResponse({
        "park": name, "on": found.on, "whole": sums(found.whole), "clusters": [group(one) for one in found.clusters],
        "expected_output_fen_per_year": [{"month": month, "low": str(low), "mid": str(mid), "high": str(high)}
                                         for month, band in found.output.years for low, mid, high in [band.fen]],
        "expectation": True, "formula": found.output.formula, "phases_counted": found.output.counted,
        "phases_without_expectation": found.output.silent,
    }, json_dumps_params=CHINESE)


def _figures(request: HttpRequest, ulid: str) -> tuple[parks.ParkFigures, str]:
    """Raises Http404 for a park or projects out of sight."""
    park = premises.parks(request.user).filter(park__ulid=ulid).first()
    found = parks.figures(request.user, ulid, asked_day(request)) if park is not None else None
    if park is None or found is None:
        raise Http404(_("没有这个园区的项目，或它不在您的管辖范围内。"))
    return found, park.name
