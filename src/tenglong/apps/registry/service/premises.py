"""Parks and units to let: each call checks verb and scope, is one transaction and leaves an audit entry."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.models import BuildingVersion, LetUnit, LetUnitStep, LetUnitVersion, Park, ParkVersion
from tenglong.apps.registry.nouns import PARK, UNIT
from tenglong.apps.registry.service import versions
from tenglong.apps.registry.service.occupancies import create_occupancy, end_occupancy
from tenglong.apps.registry.service.records import change, correct, first
from tenglong.apps.registry.service.shapes import UNCHANGED
from tenglong.apps.registry.service.versions import Values
from tenglong.domain.delta import Delta

EDIT: Final = "premises.edit"
#: state → states that may follow it
FOLLOWS: Final[dict[str, tuple[str, ...]]] = {
    "available": ("talking", "let", "closed"),
    "talking": ("available", "let", "closed"),
    "let": ("available", "closed"),
    "closed": ("available",),
}
LOWEST, HIGHEST = -5, 60


@transaction.atomic
def create_park(actor: Any, values: Values, *, on: date, town: str, reason: str = "") -> ParkVersion:
    """Raises RegistryError, Refused."""
    versions.may_write(actor, EDIT, town)
    _park_checked(values)
    found: ParkVersion = first(PARK, Park.objects.create(), actor, values, None, on=on, town=town, reason=reason,
                               batch_id=None)
    return found


@transaction.atomic
def change_park(actor: Any, ulid: str, values: Values, *, on: date, lock_version: int | None, reason: str = "",
                base: Values | None = None) -> ParkVersion:
    _park_checked(values)
    found: ParkVersion = change(PARK, actor, ulid, values, UNCHANGED, on=on, lock_version=lock_version, reason=reason,
                                base=base)
    return found


@transaction.atomic
def correct_park(actor: Any, ulid: str, values: Values, *, lock_version: int | None, reason: str,
                 base: Values | None = None) -> ParkVersion:
    _park_checked(values)
    found: ParkVersion = correct(PARK, actor, ulid, values, UNCHANGED, on=None, lock_version=lock_version, reason=reason,
                                 base=base)
    return found


def _park_checked(values: Values) -> None:
    if "name" in values and not str(values["name"]).strip():
        raise RegistryError(_("请填园区名称。"))


@transaction.atomic
def create_unit(actor: Any, values: Values, *, on: date, reason: str = "", state: str = "available") -> LetUnitVersion:
    """`values`: columns of LetUnitVersion with `building_id`, `floor`, `unit_cm2`; the town is that of the building.

    Raises RegistryError, Refused.
    """
    if state not in FOLLOWS:
        raise RegistryError(_("没有“%(state)s”这种状态。") % {"state": state})
    building = _building(actor, values.get("building_id"))
    versions.may_write(actor, EDIT, building.division_code)
    fresh = _checked(actor, {"number": "", "name": "", **values}, building, None)
    unit = LetUnit.objects.create(state=state)
    LetUnitStep.objects.create(unit=unit, state=state, on=on, note=reason[:200], by_id=getattr(actor, "pk", None))
    found: LetUnitVersion = first(
        UNIT, unit, actor, fresh, None, on=on, town=building.division_code, reason=reason, batch_id=None)
    return found


@transaction.atomic
def change_unit(actor: Any, ulid: str, values: Values, *, on: date, lock_version: int | None, reason: str = "",
                base: Values | None = None) -> LetUnitVersion:
    """A new version from `on`. Raises Conflict, RegistryError, Refused."""
    fresh = _rewritten(actor, ulid, values)
    found: LetUnitVersion = change(UNIT, actor, ulid, fresh, UNCHANGED, on=on, lock_version=lock_version, reason=reason,
                                   base=base)
    return found


@transaction.atomic
def correct_unit(actor: Any, ulid: str, values: Values, *, lock_version: int | None, reason: str,
                 base: Values | None = None) -> LetUnitVersion:
    """Edits the latest version. Raises Conflict, RegistryError, Refused."""
    fresh = _rewritten(actor, ulid, values)
    found: LetUnitVersion = correct(UNIT, actor, ulid, fresh, UNCHANGED, on=None, lock_version=lock_version,
                                    reason=reason, base=base)
    return found


@transaction.atomic
def step_unit(
    actor: Any, ulid: str, state: str, *, on: date, lock_version: int | None, note: str, enterprise_id: int | None = None,
    contract: str = "",
) -> LetUnitStep:
    """The unit is in `state` from `on`. Let to an enterprise: its land-use relation begins, and ends when the unit is free
    again. Raises Conflict, RegistryError, Refused."""
    unit = versions.locked(actor, UNIT, ulid)
    latest = versions.versions_of(UNIT, unit)[-1]
    if lock_version is not None and latest.lock_version != lock_version:
        wanted = Delta("let_state", unit.state, state)
        raise Conflict([Delta("let_state", None, unit.state)], [wanted], latest.lock_version)
    last = unit.steps.last()
    _may_follow(unit, last, state, on)
    tenancy = None
    if last is not None and last.occupancy_id:
        end_occupancy(actor, last.occupancy_id, on=on, lock_version=None, reason=note)
    if state == "let" and enterprise_id:
        values = {"building_id": latest.building_id, "enterprise_id": enterprise_id, "role": "lessee",
                  "floor_cm2": latest.unit_cm2, "contract": contract[:64]}
        tenancy = create_occupancy(actor, values, on=on, reason=note)
    made = LetUnitStep.objects.create(unit=unit, state=state, on=on, note=note[:200], enterprise_id=enterprise_id,
                                      occupancy=tenancy, by_id=getattr(actor, "pk", None))
    LetUnit.objects.filter(pk=unit.pk).update(state=state)
    LetUnitVersion.objects.filter(pk=latest.pk).update(lock_version=latest.lock_version + 1)
    record(actor, "unit.step", "unit", ulid, deltas=[Delta("let_state", unit.state, state)], reason=note)
    return made


def _may_follow(unit: Any, last: Any, state: str, on: date) -> None:
    if state == unit.state or state not in FOLLOWS.get(unit.state, ()):
        raise RegistryError(_("房源现在的状态不能直接改成所选的状态。"))
    versions.not_future(on)
    if last is not None and on < last.on:
        raise RegistryError(_("日期 %(on)s 早于上一次变动的 %(last)s。") % {"on": on, "last": last.on})


def _building(actor: Any, building_id: Any) -> BuildingVersion:
    found = scoped(actor, BuildingVersion.objects.filter(building_id=building_id or 0, valid_to__isnull=True), EDIT).first()
    if found is None:
        raise RegistryError(_("没有这幢厂房，或者它不在您的管辖范围内。"))
    return found


def _rewritten(actor: Any, ulid: str, values: Values) -> dict[str, Any]:
    """Values with what follows from them, seen against what the unit holds."""
    unit = versions.locked(actor, UNIT, ulid)
    latest = versions.versions_of(UNIT, unit)[-1]
    held = {name: getattr(latest, name) for name in ("building_id", "floor", "number", "name", "unit_cm2", "park_id")}
    full = {**held, **values}
    building = _building(actor, full["building_id"])
    fresh = _checked(actor, full, building, unit.pk)
    more = {"division_code": building.division_code} if building.division_code != latest.division_code else {}
    return {**{name: value for name, value in fresh.items() if name in values or value != held.get(name)}, **more}


def _checked(actor: Any, values: Values, building: BuildingVersion, unit_id: int | None) -> dict[str, Any]:
    floor, number = values.get("floor"), str(values.get("number") or "").strip()
    if not isinstance(floor, int) or not LOWEST <= floor <= HIGHEST or floor == 0:
        told = {"low": LOWEST, "high": HIGHEST}
        raise RegistryError(_("楼层应是 %(low)s 到 %(high)s 之间的整数，地下写负数，没有 0 层。") % told)
    if building.floors and floor > building.floors:
        told = {"floors": building.floors, "floor": floor}
        raise RegistryError(_("这幢厂房登记为 %(floors)s 层，没有 %(floor)s 层。") % told)
    if not values.get("unit_cm2") or values["unit_cm2"] <= 0:
        raise RegistryError(_("请填可租面积（m²），应大于 0。"))
    twins = LetUnitVersion.objects.filter(building_id=building.building_id, floor=floor, number=number, valid_to__isnull=True)
    if twins.exclude(unit_id=unit_id).exists():
        raise RegistryError(_("这幢厂房的这一层已登记了同一房号，请换一个房号。"))
    if (park_id := values.get("park_id")) and not scoped(
        actor, ParkVersion.objects.filter(park_id=park_id, valid_to__isnull=True), EDIT
    ).exists():
        raise RegistryError(_("没有这个园区，或者它不在您的管辖范围内。"))
    name = str(values.get("name") or "").strip() or _named(building, floor, number)
    return {**values, "number": number, "name": name[:200]}


def _named(building: BuildingVersion, floor: int, number: str) -> str:
    place = f"{building.name or building.building.code} {floor}层"
    return f"{place} {number}".strip()
