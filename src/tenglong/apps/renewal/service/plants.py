"""A finding on an idle plant becomes units to let: what could be let is offered, one confirmation registers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.audit.service import record
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry import service as register
from tenglong.apps.renewal.criteria_sets import of_run
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Finding, PlantTurn, Verdict
from tenglong.apps.renewal.service.base import locked
from tenglong.domain.delta import Delta

#: inputs of the criteria that speak of a plant nobody, or somebody else, uses (`domain.renewal.criteria.vocabulary`)
IDLE_INPUTS: Final = frozenset({"idle", "idle_days", "stopped_months", "leased_out_share"})
LET_ROLES: Final = ("lessee", "sublessee")


@dataclass(frozen=True)
class Plant:
    """A building of the plot: `held` units it has already, `tenants` who rent in it today, `why_not` "" when it can be let."""

    building: Any
    held: int
    tenants: int
    why_not: str

    @property
    def state(self) -> str:
        return "let" if self.tenants else "available"


def speaks_of_idleness(finding: Finding) -> bool:
    """Whether one of its criteria looked at idle land, stopped production or leased-out area."""
    rule = of_run(finding.run)
    return finding.verdict == Verdict.HIT and any(rule.inputs(hit["criterion"]) & IDLE_INPUTS for hit in finding.hits)


def refusal(actor: Any, finding: Finding) -> str:
    """Why this finding cannot become premises, "" when it can."""
    if finding.verdict != Verdict.HIT:
        return _("只有列为疑似低效的地块可以转为载体房源。")
    if not speaks_of_idleness(finding):
        return _("这块地不是因为闲置、停产或出租列入的，没有空置的厂房可转。")
    if not any(not plant.why_not for plant in plants(actor, finding)):
        return _("这块地上没有可转的厂房：先登记厂房和建筑面积，或者都已经转过了。")
    return ""


def plants(actor: Any, finding: Finding) -> list[Plant]:
    """Buildings of the plot that the actor may see, in the order of their numbers."""
    found = registry.buildings(actor).filter(plot_id=finding.plot_id)
    houses = list(found.select_related("building").order_by("building__code"))
    units = premises.units(actor).filter(building_id__in=[row.building_id for row in houses])
    held = Counter(units.values_list("building_id", flat=True))
    return [_plant(actor, row, held[row.building_id]) for row in houses]


def _plant(actor: Any, row: Any, held: int) -> Plant:
    tenants = registry.occupancies(actor, building_id=row.building_id).filter(role__in=LET_ROLES).count()
    why_not = _("已登记 %(n)s 套房源") % {"n": held} if held else "" if row.floor_cm2 else _("没有登记建筑面积")
    return Plant(row, held, tenants, why_not)


@transaction.atomic
def turn(
    actor: Any, finding: Finding, buildings: Iterable[str], *, by_floor: bool = False, park_id: int | None = None, reason: str,
) -> PlantTurn:
    """One unit for each building (ulids), or one for each floor of it. Raises RenewalError, Refused."""
    fresh = locked(actor, finding, "premises.edit")
    if why := refusal(actor, fresh):
        raise RenewalError(why)
    wanted = set(buildings)
    chosen = [plant for plant in plants(actor, fresh) if plant.building.ulid in wanted and not plant.why_not]
    if not chosen:
        raise RenewalError(_("请至少选一幢可转的厂房。"))
    source = f"{fresh.run.year} 年低效用地识别 {fresh.plot_code}"
    made = []
    try:
        for plant in chosen:
            made += _units(actor, plant, by_floor, {"park_id": park_id, "source": source}, reason)
    except register.RegistryError as refused:
        raise RenewalError(str(refused)) from refused
    row = PlantTurn.objects.create(
        finding=fresh, plot_id=fresh.plot_id, division_code=fresh.division_code, units=made, reason=reason[:200],
        created_by_id=actor.pk)
    deltas = [Delta("units", None, made)]
    record(actor, "finding.premises", "finding", fresh.ulid, count=len(made), deltas=deltas, reason=reason)
    return row


def _units(actor: Any, plant: Plant, by_floor: bool, shared: dict[str, Any], reason: str) -> list[str]:
    """Ulids of the units of a building; its area is split evenly, the last floor takes what is left over."""
    row, today = plant.building, timezone.localdate()
    floors = max(1, row.floors or 1) if by_floor else 1
    each = row.floor_cm2 // floors
    made = []
    for floor in range(1, floors + 1):
        area = each if floor < floors else row.floor_cm2 - each * (floors - 1)
        number = "" if by_floor else "整幢"
        values = {"building_id": row.building_id, "floor": floor, "number": number, "unit_cm2": area, **shared}
        if plant.state == "available":
            values["free_from"] = today
        made.append(register.create_unit(actor, values, on=today, reason=reason, state=plant.state).unit.ulid)
    return made


def turns_of(actor: Any, finding: Finding) -> list[dict[str, Any]]:
    """Earlier turns of the finding with the units that the actor may see."""
    if not can(actor, "premises.view"):
        return []
    told = []
    for row in finding.turns.all():
        units = premises.units(actor).filter(unit__ulid__in=row.units).order_by("name")
        told.append({"row": row, "units": units, "day": timezone.localdate(row.created_at)})
    return told
