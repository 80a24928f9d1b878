"""Rooms of the register for a project that needs a ready plant; both sides as the user may see them."""

from __future__ import annotations

from typing import Any

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.projects.forms_matches import RECORD
from tenglong.apps.projects.models import PlantNeed, Project
from tenglong.apps.registry import queries_premises as premises
from tenglong.domain.landing.joined import Joints, join
from tenglong.domain.landing.matching import Matches, Need, Room, match


def need_of(user: Any, project: Project) -> PlantNeed | None:
    return scoped(user, PlantNeed.objects.filter(project=project), "project.view").first()


def matches(user: Any, need: PlantNeed) -> Matches:
    return match(Need(**{name: getattr(need, name) for name in RECORD}), rooms(user))


def joints(user: Any, need: PlantNeed) -> Joints:
    """Adjoining rooms that meet the need together; a room that is closed still lies between its neighbours."""
    return join(Need(**{name: getattr(need, name) for name in RECORD}), rooms(user, closed=True))


def rooms(user: Any, *, closed: bool = False) -> list[Room]:
    """Every room in sight, without those that are closed unless asked for; the key is its ulid."""
    rows = premises.units(user).select_related("building").order_by("pk")
    held = list(rows if closed else rows.exclude(state="closed"))
    parks = premises.parks(user).filter(park_id__in={row.park_id for row in held if row.park_id})
    names = dict(parks.values_list("park_id", "name"))
    return [_room(row, names.get(row.park_id, "")) for row in held]


def _room(row: Any, park: str) -> Room:
    return Room(
        row.ulid, row.name, row.unit_cm2, row.state, row.floor, park, row.height_mm, row.load_n_m2, row.power_va, row.crane_kg,
        row.lift_kg, row.rent_fen, row.fire_class, row.gas, row.permitted, row.free_from, str(row.building_id), row.number)
