"""Conversions in sight, and what their pages and twins tell."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.places import plot_labels
from tenglong.apps.renewal.models import Conversion, Use


def conversions(user: Any) -> QuerySet[Conversion]:
    rows = Conversion.objects.select_related("plot", "finding", "approved_by", "submitted_by")
    return scoped(user, rows) if can(user, "renewal.view") else rows.none()


def conversion(user: Any, ulid: str) -> Conversion:
    """Raises Conversion.DoesNotExist."""
    found: Conversion = conversions(user).get(ulid=ulid)
    return found


def shown(user: Any, row: Conversion) -> dict[str, Any]:
    """Parts by phase, area per use, and the units that they became."""
    parts = list(row.parts.select_related("building", "plot"))
    ids = [part.building_id for part in parts if part.building_id]
    houses = {one.building_id: one for one in registry.buildings(user).filter(building_id__in=ids)}
    plots = plot_labels(user, [part.plot_id for part in parts])
    units = {one.ulid: one for one in premises.units(user).filter(unit__ulid__in=[part.unit for part in parts if part.unit])}
    phases: dict[int, dict[str, Any]] = {}
    for part in parts:
        phase = phases.setdefault(part.phase, {"number": part.phase, "parts": [], "open": 0})
        phase["open"] += part.done_on is None
        phase["parts"].append({
            "part": part, "building": houses.get(part.building_id or 0), "plot": plots.get(part.plot_id or 0),
            "unit": units.get(part.unit)})
    return {"phases": list(phases.values()), "uses": by_use(parts), "parts": len(parts),
            "park": premises.parks(user).filter(park__ulid=row.park or "-").first()}


def by_use(parts: list[Any]) -> list[dict[str, Any]]:
    """Area per use, in buildings to be let and on plots of firms' own."""
    told = []
    for use, label in Use.choices:
        mine = [part for part in parts if part.use == use]
        if mine:
            told.append({"use": use, "label": label, "centre": sum(part.area_cm2 for part in mine if part.building_id),
                         "cluster": sum(part.area_cm2 for part in mine if part.plot_id)})
    return told


def as_json(user: Any, row: Conversion) -> dict[str, Any]:
    told = shown(user, row)
    parts = [{
        "phase": one["part"].phase, "use": one["part"].use, "area_cm2": one["part"].area_cm2, "floor": one["part"].floor,
        "building": one["part"].building.code if one["building"] else None, "plot": one["plot"][0] if one["plot"] else None,
        "ready_on": one["part"].ready_on, "done_on": one["part"].done_on, "unit": one["part"].unit or None,
    } for phase in told["phases"] for one in phase["parts"]]
    return {
        "ulid": row.ulid, "title": row.title, "state": row.state, "plot": row.plot_code, "division_code": row.division_code,
        "park_name": row.park_name, "operator": row.operator, "cost_fen": row.cost_fen, "jobs": row.jobs,
        "jobs_lost": row.jobs_lost, "approved_on": row.approved_on, "completed_on": row.completed_on, "parts": parts,
        "area_by_use": [{**one, "label": str(one["label"])} for one in told["uses"]], "lock_version": row.lock_version,
    }
