"""创新中心 + 智造组团: drafted with its parts, approved by a second person, completed phase by phase into units to let."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry import service as register
from tenglong.apps.registry.service.versions import may_write
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Conversion, ConversionPart, ConversionState, Finding, Use
from tenglong.apps.renewal.service.base import locked, said
from tenglong.apps.renewal.service.plants import LET_ROLES
from tenglong.domain.delta import diff
from tenglong.web import formats

EDIT, APPROVE = "premises.edit", "renewal.approve"
HEAD: Final = ("title", "park_name", "operator", "cost_fen", "jobs", "jobs_lost", "note")
PART: Final = ("building_id", "plot_id", "floor", "use", "area_cm2", "phase", "ready_on")
MOST_PARTS: Final = 60

Values = Mapping[str, Any]


@transaction.atomic
def draft(actor: Any, plot_ulid: str, values: Values, parts: Sequence[Values], *, finding: Finding | None = None) -> Conversion:
    """`values`: HEAD; `parts`: PART each, with a building or a plot. Raises RenewalError, Refused."""
    plot = registry.plots(actor).filter(plot__ulid=plot_ulid).first()
    if plot is None:
        raise RenewalError(_("没有这块地，或者它不在您的管辖范围内。"))
    _writable(actor, plot.division_code)
    if finding is not None and finding.plot_id != plot.plot_id:
        raise RenewalError(_("识别结果和地块不是同一块地。"))
    head = _head(values)
    made = Conversion.objects.create(**head, division_code=plot.division_code, plot_id=plot.plot_id, plot_code=plot.code,
                                     finding=finding, created_by_id=actor.pk)
    told = _write_parts(actor, made, parts)
    record(actor, "conversion.create", "conversion", made.ulid, deltas=diff({}, {**head, "parts": told}))
    return made


def _writable(actor: Any, town: str) -> None:
    """Raises RenewalError unless the town is the actor's to write in."""
    try:
        may_write(actor, EDIT, town)
    except register.RegistryError as refused:
        raise RenewalError(str(refused)) from refused


@transaction.atomic
def revise(actor: Any, row: Conversion, values: Values, parts: Sequence[Values], *, lock_version: int) -> Conversion:
    """Only while it is a draft. Raises RenewalError when somebody else was there first."""
    fresh = locked(actor, row, EDIT)
    _guard(fresh, lock_version)
    if fresh.state != ConversionState.DRAFT:
        raise RenewalError(_("只有草拟中的改造方案可以改；已报批的请先退回。"))
    head = _head(values)
    before = {name: getattr(fresh, name) for name in HEAD}
    old = [_said(part) for part in fresh.parts.all()]
    fresh.parts.all().delete()
    told = _write_parts(actor, fresh, parts)
    Conversion.objects.filter(pk=fresh.pk).update(**head, lock_version=fresh.lock_version + 1)
    record(actor, "conversion.revise", "conversion", fresh.ulid, deltas=diff({**before, "parts": old}, {**head, "parts": told}))
    return Conversion.objects.get(pk=fresh.pk)


@transaction.atomic
def submit(actor: Any, row: Conversion, *, lock_version: int) -> Conversion:
    fresh = locked(actor, row, EDIT)
    _guard(fresh, lock_version)
    _in_state(fresh, ConversionState.DRAFT)
    if not fresh.parts.filter(building__isnull=False).exists():
        raise RenewalError(_("创新中心至少要有一处现有厂房，请先填改造内容。"))
    return _move(actor, fresh, ConversionState.SUBMITTED, submitted_by_id=actor.pk)


@transaction.atomic
def approve(actor: Any, row: Conversion, *, lock_version: int) -> Conversion:
    """By a second person: neither who drafted it nor who handed it in."""
    fresh = locked(actor, row, APPROVE)
    _guard(fresh, lock_version)
    _in_state(fresh, ConversionState.SUBMITTED)
    if actor.pk in (fresh.created_by_id, fresh.submitted_by_id):
        raise RenewalError(_("草拟或报批的人不能自己批准，请另一位有批准权限的人办理。"))
    return _move(actor, fresh, ConversionState.APPROVED, approved_by_id=actor.pk, approved_on=timezone.localdate())


@transaction.atomic
def send_back(actor: Any, row: Conversion, *, reason: str, lock_version: int) -> Conversion:
    fresh = locked(actor, row, APPROVE, EDIT)
    _guard(fresh, lock_version)
    _in_state(fresh, ConversionState.SUBMITTED)
    return _move(actor, fresh, ConversionState.DRAFT, said(reason, _("退回的理由")))


@transaction.atomic
def retire(actor: Any, row: Conversion, *, reason: str, lock_version: int) -> Conversion:
    """What was finished stays to let; the rest is given up."""
    fresh = locked(actor, row, APPROVE)
    _guard(fresh, lock_version)
    if fresh.state in (ConversionState.COMPLETED, ConversionState.RETIRED):
        raise RenewalError(_("这个改造方案已经结束。"))
    return _move(actor, fresh, ConversionState.RETIRED, said(reason, _("停止的理由")))


@transaction.atomic
def complete_phase(actor: Any, row: Conversion, phase: int, *, on: date, lock_version: int) -> list[str]:
    """The parts of the phase are done: those in buildings become units to let in the park. Returns their ulids."""
    fresh = locked(actor, row, EDIT)
    _guard(fresh, lock_version)
    _in_state(fresh, ConversionState.APPROVED)
    parts = list(fresh.parts.filter(phase=phase, done_on__isnull=True).select_related("building"))
    if not parts:
        raise RenewalError(_("第 %(phase)s 期没有未完成的内容。") % {"phase": phase})
    try:
        made = _let(actor, fresh, parts, on)
    except register.RegistryError as refused:
        raise RenewalError(str(refused)) from refused
    left = fresh.parts.filter(done_on__isnull=True).exists()
    if left:
        Conversion.objects.filter(pk=fresh.pk).update(lock_version=fresh.lock_version + 1)
    record(actor, "conversion.phase", "conversion", fresh.ulid, count=len(made),
           deltas=diff({}, {"phase": phase, "units": made, "done_on": on}))
    if not left:
        _move(actor, fresh, ConversionState.COMPLETED, completed_on=on)
    return made


def _let(actor: Any, row: Conversion, parts: list[ConversionPart], on: date) -> list[str]:
    park = _park(actor, row, on) if any(part.building_id for part in parts) else None
    _empty(actor, row, {part.building_id for part in parts if part.building_id}, on)
    words, made = dict(Use.choices), []
    order = list(row.parts.values_list("pk", flat=True))
    for part in parts:
        unit = ""
        if part.building_id and park is not None:
            number = f"{words[part.use]}-{row.ulid[-4:]}-{order.index(part.pk) + 1}"
            values = {"building_id": part.building_id, "park_id": park, "floor": part.floor or 1, "number": number,
                      "unit_cm2": part.area_cm2, "free_from": on, "source": f"改造方案 {row.title}"}
            unit = register.create_unit(actor, values, on=on, reason=row.title).unit.ulid
            made.append(unit)
        ConversionPart.objects.filter(pk=part.pk).update(done_on=on, unit=unit)
    return made


def _empty(actor: Any, row: Conversion, buildings: set[Any], on: date) -> None:
    """Units that the buildings had before are closed; one that is let stands in the way."""
    mine = [ulid for ulid in row.parts.values_list("unit", flat=True) if ulid]
    rented = registry.occupancies(actor).filter(building_id__in=buildings, role__in=LET_ROLES)
    if others := rented.exclude(pk__in=premises.tenancies(actor, mine)).count():
        raise RenewalError(_("要改造的厂房里还有 %(n)s 户在租，先终止它们的用地关系再完成改造。") % {"n": others})
    for unit in premises.units(actor).filter(building_id__in=buildings).exclude(unit__ulid__in=mine):
        if unit.state == "let":
            raise RenewalError(_("房源“%(name)s”还在租，先办退租再完成改造。") % {"name": unit.name})
        if unit.state != "closed":
            register.step_unit(actor, unit.ulid, "closed", on=on, lock_version=None, note="改造后另行登记")


def _park(actor: Any, row: Conversion, on: date) -> int:
    """The park of the conversion, made with its first phase."""
    held = premises.parks(actor).filter(park__ulid=row.park or "-").values_list("park_id", flat=True).first()
    if held is not None:
        return int(held)
    values = {"name": row.park_name, "operator": row.operator, "plot_id": row.plot_id,
              "source": f"改造方案 {row.title}"}
    made = register.create_park(actor, values, on=on, town=row.division_code, reason=row.title)
    row.park = made.park.ulid
    Conversion.objects.filter(pk=row.pk).update(park=row.park)
    return int(made.park_id)


# ---- checks


def _guard(row: Conversion, lock_version: int) -> None:
    if row.lock_version != lock_version:
        raise RenewalError(_("您打开页面之后，已有人改动了这个方案，请看过最新内容再办。"))


def _in_state(row: Conversion, state: ConversionState) -> None:
    if row.state != state:
        raise RenewalError(_("方案现在是“%(state)s”，不能办这一步。") % {"state": row.get_state_display()})


def _move(actor: Any, row: Conversion, state: ConversionState, reason: str = "", **more: Any) -> Conversion:
    Conversion.objects.filter(pk=row.pk).update(state=state, lock_version=row.lock_version + 1, **more)
    record(actor, f"conversion.{state}", "conversion", row.ulid, deltas=diff({"state": row.state}, {"state": str(state)}),
           reason=reason)
    return Conversion.objects.get(pk=row.pk)


def _head(values: Values) -> dict[str, Any]:
    head = {name: values.get(name) for name in HEAD}
    head |= {name: str(head[name] or "").strip() for name in ("title", "park_name", "operator", "note")}
    if not head["title"] or not head["park_name"]:
        raise RenewalError(_("请填方案名称和建成后的园区。"))
    return head


def _write_parts(actor: Any, row: Conversion, parts: Sequence[Values]) -> list[str]:
    if not parts:
        raise RenewalError(_("请至少填一处改造内容。"))
    if len(parts) > MOST_PARTS:
        raise RenewalError(_("改造内容最多 %(n)s 处。") % {"n": MOST_PARTS})
    used: dict[tuple[str, int], int] = {}
    top: dict[tuple[str, int], int] = {}
    for at, part in enumerate(parts, 1):
        place = _place(at, part)
        used[place] = used.get(place, 0) + part["area_cm2"]
        top[place] = max(top.get(place, 1), part.get("floor") or 1)
    for (kind, key), total in used.items():
        if kind == "building":
            _fits_building(actor, row, key, total, top[kind, key])
        else:
            _fits_plot(actor, row, key, total)
    made = [ConversionPart(conversion=row, **{name: part.get(name) for name in PART}) for part in parts]
    ConversionPart.objects.bulk_create(made)
    return [_said(part) for part in made]


def _place(at: int, part: Values) -> tuple[str, int]:
    """What the part stands on. Raises RenewalError naming the line."""
    building, plot = part.get("building_id"), part.get("plot_id")
    if bool(building) == bool(plot):
        raise RenewalError(_("第 %(at)s 处：填一幢厂房（创新中心）或一块地（智造组团），只填一样。") % {"at": at})
    if not part.get("area_cm2") or part["area_cm2"] <= 0:
        raise RenewalError(_("第 %(at)s 处：请填面积，应大于 0。") % {"at": at})
    if part.get("use") not in Use.values or not 1 <= (part.get("phase") or 0) <= 20:
        raise RenewalError(_("第 %(at)s 处：请选用途，期次是 1 到 20。") % {"at": at})
    return ("building", int(building)) if building else ("plot", int(plot or 0))


def _fits_building(actor: Any, row: Conversion, building_id: int, total: int, top: int) -> None:
    house = registry.buildings(actor).filter(building_id=building_id).select_related("building").first()
    if house is None or house.division_code != row.division_code:
        raise RenewalError(_("没有这幢厂房，或者它不在这个方案的镇街内。"))
    if house.floors and top > house.floors:
        told = {"code": house.building.code, "floors": house.floors, "floor": top}
        raise RenewalError(_("厂房 %(code)s 登记为 %(floors)s 层，没有 %(floor)s 层。") % told)
    if house.floor_cm2 and total > house.floor_cm2:
        sizes = formats.square_metres(total), formats.square_metres(house.floor_cm2)
        told = {"code": house.building.code, "total": sizes[0], "floor": sizes[1]}
        raise RenewalError(_("厂房 %(code)s 各处面积合计 %(total)s m²，超过登记的建筑面积 %(floor)s m²。") % told)


def _fits_plot(actor: Any, row: Conversion, plot_id: int, total: int) -> None:
    plot = registry.plots(actor).filter(plot_id=plot_id).first()
    if plot is None or plot.division_code != row.division_code:
        raise RenewalError(_("没有这块地，或者它不在这个方案的镇街内。"))
    if plot.surveyed_cm2 and total > plot.surveyed_cm2:
        told = {"code": plot.code, "total": formats.square_metres(total), "land": formats.square_metres(plot.surveyed_cm2)}
        raise RenewalError(_("地块 %(code)s 各处面积合计 %(total)s m²，超过实测面积 %(land)s m²。") % told)


def _said(part: ConversionPart) -> str:
    """A part in the audit: what, where, how much, which phase."""
    place = f"building {part.building_id}" if part.building_id else f"plot {part.plot_id}"
    return f"{part.phase}: {place} {part.use} {part.area_cm2}"
