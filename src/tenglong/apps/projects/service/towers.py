"""Towers: entered and changed, floors, tenants who come and go. Every step is audited; progress keeps who said it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Project, Tower, TowerFloor, TowerTenancy
from tenglong.apps.projects.service.base import guard, locked, not_ahead, said
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.domain.delta import diff

Values = Mapping[str, Any]
WORK: Final = "tower.work"
HEAD: Final = (
    "name", "division_code", "address", "operator", "building_id", "park_id", "project_id", "headquarters_id", "feature",
    "feature_codes", "investment_fen", "progress", "progress_on", "progress_source", "source",
)


@transaction.atomic
def create(actor: Any, values: Values) -> Tower:
    """Raises Refused, ProjectError."""
    require(actor, WORK)
    head = _head(actor, values)
    made: Tower = _kept(lambda: Tower.objects.create(created_by_id=actor.pk, **head))
    record(actor, "tower.create", "tower", made.ulid, deltas=diff({}, _told(head)))
    return made


@transaction.atomic
def change(actor: Any, tower: Tower, values: Values, *, lock_version: int | None) -> Tower:
    """Raises Refused, ProjectError."""
    row = locked(actor, tower, WORK)
    guard(row, lock_version)
    head = _head(actor, {**{name: getattr(row, name) for name in HEAD}, **values})
    before = {name: getattr(row, name) for name in HEAD}
    if changed := diff(_told(before), _told(head)):
        for name, value in head.items():
            setattr(row, name, value)
        row.lock_version += 1
        _kept(row.save)
        record(actor, "tower.edit", "tower", row.ulid, deltas=changed)
    return row


def _kept(write: Any) -> Any:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        raise ProjectError(_("这个镇街已有同名的楼宇，或者这幢厂房已经登记为楼宇。")) from error


def _head(actor: Any, values: Values) -> dict[str, Any]:
    head = {name: values[name] for name in HEAD if name in values}
    head["name"] = said(str(head.get("name") or ""), _("楼宇名称"))
    town = str(head.get("division_code") or "")
    if len(town) != 9 or not scope_of(actor, WORK).covers(town):
        raise ProjectError(_("请选择您管辖的镇街。"))
    _in_sight(actor, head)
    if head.get("progress") and not str(head.get("progress_source") or "").strip():
        raise ProjectError(_("请写明进度的出处：谁在哪份材料里说的。"))
    if head.get("progress_on"):
        not_ahead(head["progress_on"], _("进度截至"))
    return head


def _in_sight(actor: Any, head: Values) -> None:
    """What a tower points at is the actor's to see."""
    from tenglong.apps.accounts.scope import scoped

    asked = (
        ("building_id", registry.buildings(actor), "building_id"), ("park_id", premises.parks(actor), "park_id"),
        ("headquarters_id", registry.enterprises(actor), "enterprise_id"),
        ("project_id", scoped(actor, Project.objects.all(), "project.view"), "pk"),
    )
    for name, rows, column in asked:
        if head.get(name) is not None and not rows.filter(**{column: head[name]}).exists():
            raise ProjectError(_("楼宇所指的厂房、园区、项目或企业不存在，或者不在您的管辖范围内。"))


def _told(head: Values) -> dict[str, Any]:
    return {name: value for name, value in head.items() if value not in (None, "")}


# ---- floors


@transaction.atomic
def put_floor(actor: Any, tower: Tower, floor: int, *, lettable_cm2: int | None, use: str = "") -> TowerFloor:
    """A floor with its area; entered again it corrects the floor. Raises Refused, ProjectError."""
    row = locked(actor, tower, WORK)
    if floor == 0 or abs(floor) > 200:
        raise ProjectError(_("楼层写 1、2……，地下写 -1、-2……"))
    if not lettable_cm2:
        raise ProjectError(_("请写明可租面积；房源已在“载体房源”登记的，用“按载体房源”。"))
    if _units(actor, row, floor).exists():
        raise ProjectError(_("%(floor)s 层在载体房源里已有房源，请用“按载体房源”，不重复登记。") % {"floor": floor})
    held, _new = TowerFloor.objects.update_or_create(
        tower=row, floor=floor, defaults={"lettable_cm2": lettable_cm2, "use": use.strip()[:80], "from_units": False})
    record(actor, "tower.floor", "tower", row.ulid, deltas=diff({}, {"floor": floor, "lettable_cm2": lettable_cm2}))
    return held


@transaction.atomic
def take_units(actor: Any, tower: Tower) -> list[TowerFloor]:
    """Floors of the tower's building that are let as units of the register; areas and tenants stay there."""
    row = locked(actor, tower, WORK)
    if row.building_id is None:
        raise ProjectError(_("先写明楼宇是哪幢厂房，才能按载体房源取楼层。"))
    floors = sorted(set(_units(actor, row).values_list("floor", flat=True)))
    if not floors:
        raise ProjectError(_("这幢厂房还没有登记房源。"))
    if TowerTenancy.objects.filter(floor__tower=row, floor__floor__in=floors).exists():
        raise ProjectError(_("这些楼层已经登记了租户；先结清，再改按载体房源。"))
    made = [TowerFloor.objects.update_or_create(tower=row, floor=floor, defaults={"lettable_cm2": None, "from_units": True})[0]
            for floor in floors if floor != 0]
    record(actor, "tower.units", "tower", row.ulid, count=len(made))
    return made


def _units(actor: Any, tower: Tower, floor: int | None = None) -> Any:
    """Units to let in the tower's building; none without one."""
    found = premises.units(actor).filter(building_id=tower.building_id or 0)
    return found if floor is None else found.filter(floor=floor)


# ---- tenants


@transaction.atomic
def let_floor(actor: Any, floor: TowerFloor, *, enterprise_id: int | None, name: str = "", area_cm2: int | None, since: date,
              until: date | None = None, source: str = "") -> TowerTenancy:
    """A tenant on [since, until). More than the floor has on any day is refused with the day. Raises Refused, ProjectError."""
    row = locked(actor, floor, WORK)
    if row.from_units:
        raise ProjectError(_("这一层按载体房源：租户在房源的出租登记里办。"))
    not_ahead(since, _("起租日期"))
    if until is not None and until <= since:
        raise ProjectError(_("止租日期应晚于起租日期。"))
    if not area_cm2:
        raise ProjectError(_("请写明承租面积。"))
    tenant = name.strip() if enterprise_id is None else ""
    if enterprise_id is None:
        said(tenant, _("租户名称"), 1)
    _room(row, area_cm2, since, until)
    made = TowerTenancy.objects.create(
        floor=row, enterprise_id=enterprise_id, name=tenant[:200], area_cm2=area_cm2, since=since, until=until,
        source=source.strip()[:200], entered_by=actor)
    told = {"floor": row.floor, "enterprise_id": enterprise_id, "name": tenant, "area_cm2": area_cm2, "since": since}
    record(actor, "tower.let", "tower", row.tower.ulid, deltas=diff({}, _told(told)))
    return made


def _room(floor: TowerFloor, area_cm2: int, since: date, until: date | None) -> None:
    """The most that is let at once only grows on a day when somebody comes."""
    held = list(TowerTenancy.objects.filter(floor=floor).filter(Q(until__isnull=True) | Q(until__gt=since))
                .values_list("area_cm2", "since", "until"))
    for day in sorted({since, *(begun for _area, begun, _end in held if begun > since)}):
        if until is not None and day >= until:
            return
        others = sum(area for area, begun, end in held if begun <= day and (end is None or end > day))
        if others + area_cm2 > (floor.lettable_cm2 or 0):
            raise ProjectError(_("%(day)s 这一层已租和要租的面积合计超过可租面积，请核对。") % {"day": day})


@transaction.atomic
def end_tenancy(actor: Any, tenancy: TowerTenancy, *, until: date) -> TowerTenancy:
    """Raises Refused, ProjectError."""
    row = locked(actor, tenancy, WORK)
    if row.until is not None:
        raise ProjectError(_("这户已经退租。"))
    if until <= row.since:
        raise ProjectError(_("止租日期应晚于起租日期。"))
    not_ahead(until, _("止租日期"))
    row.until, row.entered_by = until, actor
    row.save(update_fields=["until", "entered_by", "entered_at"])
    record(actor, "tower.end", "tower", row.floor.tower.ulid, deltas=diff({}, {"tenancy": row.pk, "until": until}))
    return row


