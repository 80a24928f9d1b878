"""用地关系 one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.models import BuildingVersion, Enterprise, Occupancy, PlotVersion
from tenglong.apps.registry.service.versions import not_future
from tenglong.domain.delta import diff

FIELDS = (
    "plot_id",
    "building_id",
    "enterprise_id",
    "role",
    "area_cm2",
    "floor_cm2",
    "contract",
    "landlord_link_id",
    "attributes",
    "needs_review",
)
ROLES = ("owner", "lessee", "sublessee", "idle")


@transaction.atomic
def create_occupancy(actor: Any, values: Mapping[str, Any], *, on: date, reason: str = "") -> Occupancy:
    """`values`: FIELDS; a plot or a building, and an enterprise unless idle. Raises RegistryError, Refused."""
    require(actor, "plot.edit")
    not_future(on)
    fresh = _checked(actor, values)
    town = _town(actor, fresh)
    try:
        with transaction.atomic():
            row = Occupancy.objects.create(**fresh, valid_from=on, division_code=town, created_by_id=getattr(actor, "pk", None),
                                           department_id=getattr(actor, "department_id", None))
    except IntegrityError as error:
        raise RegistryError(_("同一企业在这块地（楼）上已有同日起的相同关系。")) from error
    record(actor, "occupancy.create", "occupancy", row.pk, deltas=diff({}, fresh), reason=reason)
    counters.raise_revision("occupancies")
    return row


@transaction.atomic
def correct_occupancy(actor: Any, pk: int, values: Mapping[str, Any], *, lock_version: int | None, reason: str) -> Occupancy:
    """Edit in place; also confirms a row that a split carried over (`needs_review=False`)."""
    row = _locked(actor, pk)
    before = {name: getattr(row, name) for name in FIELDS}
    fresh = _checked(actor, {**before, **values})
    deltas = diff(before, fresh)
    _guard(row, lock_version, before, fresh)
    Occupancy.objects.filter(pk=pk).update(**fresh, lock_version=row.lock_version + 1)
    record(actor, "occupancy.correct", "occupancy", pk, deltas=deltas, reason=reason)
    counters.raise_revision("occupancies")
    return Occupancy.objects.get(pk=pk)


@transaction.atomic
def end_occupancy(actor: Any, pk: int, *, on: date, lock_version: int | None, reason: str) -> Occupancy:
    """The relation ended on that day."""
    row = _locked(actor, pk)
    not_future(on)
    if on <= row.valid_from:
        raise RegistryError(_("终止日期 %(on)s 不晚于起始日期 %(since)s。") % {"on": on, "since": row.valid_from})
    _guard(row, lock_version, {"valid_to": row.valid_to}, {"valid_to": on})
    Occupancy.objects.filter(pk=pk).update(valid_to=on, lock_version=row.lock_version + 1)
    record(actor, "occupancy.end", "occupancy", pk, deltas=diff({"valid_to": row.valid_to}, {"valid_to": on}), reason=reason)
    counters.raise_revision("occupancies")
    return Occupancy.objects.get(pk=pk)


def _locked(actor: Any, pk: int) -> Occupancy:
    require(actor, "plot.edit")
    row = scoped(actor, Occupancy.objects.select_for_update().filter(pk=pk), "plot.edit").first()
    if row is None:
        raise RegistryError(_("没有这条用地关系，或者它不在您的管辖范围内。"))
    return row


def _guard(row: Occupancy, lock_version: int | None, before: Mapping[str, Any], fresh: Mapping[str, Any]) -> None:
    if lock_version is not None and row.lock_version != lock_version:
        raise Conflict(diff(fresh, before), diff(before, fresh), row.lock_version)


def _checked(actor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(values) - set(FIELDS)):
        raise RegistryError(_("用地关系没有这些字段：%(names)s。") % {"names": "、".join(unknown)})
    fresh = dict(values)
    if fresh.get("role") not in ROLES:
        raise RegistryError(_("用地方式应为 %(roles)s 之一。") % {"roles": "、".join(ROLES)})
    if not fresh.get("plot_id") and not fresh.get("building_id"):
        raise RegistryError(_("用地关系要落在一块地或一栋楼上。"))
    if fresh["role"] != "idle" and not fresh.get("enterprise_id"):
        raise RegistryError(_("请选择企业；没有企业使用的，用地方式选“闲置”。"))
    firm = fresh.get("enterprise_id")
    if firm and not Enterprise.objects.filter(pk=firm).exists():
        raise RegistryError(_("没有这家企业。"))
    return fresh


def _towns_of(actor: Any, versions: QuerySet[Any]) -> Any:
    return scoped(actor, versions, "plot.edit").values_list("division_code", flat=True)


def _town(actor: Any, values: Mapping[str, Any]) -> str:
    """Town of the land, which must be the actor's."""
    if plot := values.get("plot_id"):
        towns = _towns_of(actor, PlotVersion.objects.filter(plot_id=plot, valid_to__isnull=True))
    else:
        towns = _towns_of(actor, BuildingVersion.objects.filter(building_id=values["building_id"], valid_to__isnull=True))
    town = towns.first()
    if town is None:
        raise RegistryError(_("没有这块地（楼），或者它不在您的管辖范围内。"))
    return str(town)
