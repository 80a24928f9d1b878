"""The page of one project: what its head, its figures and its tabs tell."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from tenglong.apps.accounts.scope import can
from tenglong.apps.projects import policies
from tenglong.apps.projects.forms_projects import MemberForm, MilestoneForm, StopForm
from tenglong.apps.projects.forms_service import PhotoForm
from tenglong.apps.projects.models import FigureKind, Project, Stage
from tenglong.apps.projects.outlook import outlook
from tenglong.apps.projects.queries import money
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.projects.queries.blockers import standing
from tenglong.apps.projects.service.projects import WITH_EVERY_PHASE, contact
from tenglong.apps.projects.views.common import asked_day
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.places import enterprise_names, plot_labels, town_names
from tenglong.apps.registry.views._common import tab_context
from tenglong.apps.supply import queries as supply
from tenglong.apps.supply.queries import covenants

WORK = "project.work"
#: months of the expected curve on a project's page
AHEAD = 61


def context(request: HttpRequest, row: Project, today: date) -> dict[str, Any]:
    invest = money.months(row, FigureKind.INVEST)
    open_ = [(one, standing(one, today)) for one in queries.blockers(request.user).filter(project=row, solved_on__isnull=True)]
    ahead = queries.ahead(request.user, row, today)
    return {
        "row": row, "today": today, "past": today != timezone.localdate(),
        "firm": enterprise_names(request.user, [row.enterprise_id]).get(row.enterprise_id or 0, ("", "")),
        "town": town_names(request.user).get(row.division_code, row.division_code),
        "park": premises.parks(request.user).filter(park__ulid=row.park_key or "-").first(),
        **_tied(request.user, row),
        "stages": stages(row, today), "pairs": queries.pairs(row, today), "invest": invest, "open": open_,
        "next": ahead[0] if ahead else None, "owed": len(ahead), "contact": contact(row, today),
        "outlook": outlook(request.user, row, today), "works": can(request.user, WORK),
        "may_visit": can(request.user, WORK), "pin": policies.in_force().pin, "words": policies.labels(),
        "stop_form": StopForm() if can(request.user, WORK) and row.stopped_on is None else None,
        **tab_context(request, "project", row),
    }


def _tied(user: Any, row: Project) -> dict[str, Any]:
    """The land it was sold and what it promised, for those who see them."""
    return {
        "listing": supply.listings(user).filter(pk=row.listing_id or 0).first(),
        "covenant": covenants.covenants(user).filter(pk=row.covenant_id or 0).first(),
    }


def stages(row: Project, today: date) -> list[dict[str, Any]]:
    """The stages with their days: done, now, to come. What every phase has to reach is not done with the first."""
    told = queries.milestones(row)
    done, planned = queries.first_done(told), dict[str, date]()
    for one in told:
        if one.planned_on and one.done_on is None:
            planned[one.kind] = max(one.planned_on, planned.get(one.kind, one.planned_on))
    found = []
    for stage, label in Stage.choices:
        on = done.get(stage)
        held = on is not None and on <= today and not (stage in WITH_EVERY_PHASE and row.stage != stage)
        found.append({"id": stage, "label": label, "done": on if held else None, "planned": planned.get(stage),
                      "now": stage == row.stage})
    return found


# ---- tabs


def course(request: HttpRequest, row: Project) -> str:
    today = asked_day(request)
    return render_to_string("projects/tab_course.html", {
        "row": row, "today": today, "behind": queries.behind(request.user, row, today),
        "ahead": queries.ahead(request.user, row, today), "works": can(request.user, WORK),
        "form": MilestoneForm(row) if can(request.user, WORK) else None,
    }, request)


def figures(request: HttpRequest, row: Project) -> str:
    import json

    today = asked_day(request).replace(day=1)
    kinds = [(kind, label, money.months(row, kind)) for kind, label in FigureKind.choices]
    output, tax = money.outlook([row], "output", today, AHEAD), money.outlook([row], "tax", today, AHEAD)

    def dumped(body: Any) -> str:
        return json.dumps(body, ensure_ascii=False)

    return render_to_string("projects/tab_figures.html", {
        "row": row, "kinds": [(kind, label, sums, dumped(money.chart(sums))) for kind, label, sums in kinds],
        "output": output, "tax": tax, "band": dumped(money.band_chart(output)), "works": can(request.user, WORK),
    }, request)


def land(request: HttpRequest, row: Project) -> str:
    phases = queries.phases(row)
    plots = plot_labels(request.user, [plot.plot_id for phase in phases for plot in phase.plots.all()])
    return render_to_string("projects/tab_phases.html", {
        "row": row, "phases": [(one, [(plot, plots.get(plot.plot_id)) for plot in one.plots.all()]) for one in phases],
        "works": can(request.user, WORK),
    }, request)


def served(request: HttpRequest, row: Project) -> str:
    user = request.user
    return render_to_string("projects/tab_service.html", {
        "row": row, "visits": queries.visits(user).filter(project=row).prefetch_related("photos", "promises")[:100],
        "promises": queries.promises(user).filter(project=row).order_by("-asked_on", "-pk")[:100],
        "today": timezone.localdate(), "may_visit": can(user, WORK),
        "members": row.members.select_related("user__department").order_by("until", "duty"),
        "member_form": MemberForm(row) if can(user, WORK) else None, "works": can(user, WORK),
    }, request)


def stuck(request: HttpRequest, row: Project) -> str:
    rows = queries.blockers(request.user).filter(project=row).order_by("solved_on", "-opened_on")
    told = sorted(((one, standing(one)) for one in rows), key=lambda pair: (pair[0].solved_on is not None, -pair[1].open))
    return render_to_string("projects/tab_blockers.html", {
        "row": row, "rows": told, "may_visit": can(request.user, WORK)}, request)


def pictures(request: HttpRequest, row: Project) -> str:
    user = request.user
    return render_to_string("projects/tab_photos.html", {
        "row": row, "photos": queries.photos(user).filter(project=row).order_by("on", "pk"),
        "form": PhotoForm() if can(user, WORK) else None}, request)


def of_firm(request: HttpRequest, version: Any) -> str:
    """Projects on the page of an enterprise."""
    rows = queries.projects(request.user).filter(enterprise_id=version.enterprise_id)
    return render_to_string("projects/tab_of_record.html", {"rows": rows}, request)


def of_plot(request: HttpRequest, version: Any) -> str:
    rows = queries.projects(request.user).filter(phases__plots__plot_id=version.plot_id).distinct()
    return render_to_string("projects/tab_of_record.html", {"rows": rows}, request)


def of_listing(request: HttpRequest, sold: Any) -> str:
    """The project that the land was sold for; nothing where there is none in sight."""
    return _of_supply(request, listing_id=sold.pk)


def of_covenant(request: HttpRequest, held: Any) -> str:
    return _of_supply(request, covenant_id=held.pk)


def _of_supply(request: HttpRequest, **tied: int) -> str:
    rows = list(queries.projects(request.user).filter(**tied))
    return render_to_string("projects/tab_of_record.html", {"rows": rows}, request) if rows else ""


def of_park(request: HttpRequest, version: Any) -> str:
    from tenglong.apps.projects.queries import parks

    found = parks.figures(request.user, version.park.ulid, timezone.localdate())
    return render_to_string("projects/tab_of_park.html", {"found": found, "ulid": version.park.ulid}, request)


# ---- the twin


def told_as_json(user: Any, row: Project, today: date) -> dict[str, Any]:
    invest, expected = money.months(row, FigureKind.INVEST), money.outlook([row], "output", today.replace(day=1), AHEAD)
    found = outlook(user, row, today)
    return {
        "ulid": row.ulid, "code": row.code, "name": row.name, "division_code": row.division_code, "stage": row.stage,
        "total_investment_fen": _text(row.total_investment_fen), "land_cm2": _text(row.land_cm2), "on": today,
        "phases": [{"ordinal": one.ordinal, "land_cm2": _text(one.land_cm2), "investment_fen": _text(one.investment_fen),
                    "output_fen": _text(one.output_fen), "plots": [plot.plot_code for plot in one.plots.all()]}
                   for one in queries.phases(row)],
        "milestones": [{"kind": one.kind, "phase": one.phase.ordinal if one.phase else None, "planned_on": one.planned_on,
                        "done_on": one.done_on} for one in queries.milestones(row)],
        "pairs": [{"id": one.pair.id, "state": one.state, "from": one.start, "to": one.end, "days": one.days, "due": one.due,
                   "pledged_days": one.pair.days, "lawful_minimum_days": one.lawful} for one in queries.pairs(row, today)],
        "invested_fen": str(invest.actual), "planned_to_date_fen": str(invest.planned_to), "lock_version": row.lock_version,
        "expected_output_fen_per_year": [{"month": month, "low": str(low), "mid": str(mid), "high": str(high)}
                                         for month, band in expected.years for low, mid, high in [band.fen]],
        "forecast": found.as_json() if found else None,
    }


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
