"""Holders of a project read from the register: who holds the land of a plot, who rents on it, titles and buildings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, ClearedHolder, ClearedTarget, HolderKind, Role, State, What
from tenglong.apps.clearance.service.base import WORK, alive, locked, past, raised
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import enterprise_names

MOST_PLOTS: Final = 500
RENTS: Final = ("lessee", "sublessee")


@dataclass
class Found:
    """A holder to be: `land` plot → cm², with titles and buildings; `tenants` enterprise → name."""

    name: str
    enterprise_id: int | None
    land: dict[int, int] = field(default_factory=dict)
    parcels: dict[int, tuple[str, int]] = field(default_factory=dict)
    buildings: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    tenants: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def gather(actor: Any, row: Clearance, plot_ulids: Sequence[str], *, on: date | None = None) -> list[ClearedHolder]:
    """Holders and tenants of these plots as the register has them, added to the list. Plots already in a project that lives are
    refused. Raises ClearanceError, Refused."""
    fresh = locked(actor, row, WORK)
    alive(fresh)
    plots = _plots(actor, fresh, plot_ulids)
    found = found_on(actor, plots)
    made = write(actor, fresh, found, {plot.plot_id: plot.code for plot in plots}, past(on or fresh.surveyed_on))
    raised(fresh)
    told = [(one.number, one.name, one.land_cm2) for one in made]
    record(actor, "clearance.holders", "clearance", fresh.ulid, count=len(made), digest=digest_of(told))
    return made


def _plots(actor: Any, row: Clearance, ulids: Sequence[str]) -> list[Any]:
    wanted = list(dict.fromkeys(ulids))
    if not wanted or len(wanted) > MOST_PLOTS:
        raise ClearanceError(_("一次选 1 到 %(n)s 块地。") % {"n": MOST_PLOTS})
    plots = list(registry.plots(actor).filter(plot__ulid__in=wanted).order_by("code"))
    if len(plots) != len(wanted):
        raise ClearanceError(_("有的地块不存在，或者不在您的管辖范围内。"))
    if out := [plot.code for plot in plots if not plot.division_code.startswith(row.division_code)]:
        raise ClearanceError(_("地块 %(code)s 不在这个项目的镇街里。") % {"code": out[0]})
    ids = {plot.plot_id: plot.code for plot in plots}
    taken = ClearedTarget.objects.filter(plot_id__in=ids, what=What.PLOT, holder__dropped_on__isnull=True)
    held = taken.exclude(clearance__state=State.STOPPED).values_list("plot_id", flat=True).first()
    if held is not None:
        raise ClearanceError(_("地块 %(code)s 已在征迁项目里。") % {"code": ids[held]})
    return plots


def found_on(actor: Any, plots: Sequence[Any]) -> list[Found]:
    """One per holder, in the order of plot codes."""
    held: dict[tuple[int | None, str], Found] = {}
    ids = [plot.plot_id for plot in plots]
    uses: dict[int, list[Any]] = {}
    for use in registry.occupancies(actor).filter(plot_id__in=ids, enterprise__isnull=False).order_by("-area_cm2", "pk"):
        uses.setdefault(use.plot_id or 0, []).append(use)
    names = enterprise_names(actor, [use.enterprise_id for some in uses.values() for use in some])
    titles = _titles(actor, ids)
    for plot in plots:
        owners = _owners(plot, [use for use in uses.get(plot.plot_id, []) if use.role == "owner"], titles, names)
        some = [held.setdefault((one, name), Found(name, one)) for one, name, _area in owners]
        for holder, (_one, _name, area) in zip(some, owners, strict=True):
            holder.land[plot.plot_id] = holder.land.get(plot.plot_id, 0) + area
        some[0].parcels |= {pk: (code, plot.plot_id) for pk, code, *_rest in titles.get(plot.plot_id, [])}
        owning = {one for one, _name, _area in owners}
        some[0].tenants |= {use.enterprise_id: names[use.enterprise_id][1] for use in uses.get(plot.plot_id, [])
                            if use.role in RENTS and use.enterprise_id in names and use.enterprise_id not in owning}
    _buildings(actor, ids, held)
    return list(held.values())


def _titles(actor: Any, plot_ids: list[int]) -> dict[int, list[tuple[int, str, str]]]:
    """Plot → (title, code, right holder)."""
    links = list(registry.parcel_links(actor).filter(plot_id__in=plot_ids).values_list("plot_id", "parcel_id"))
    rows = registry.parcels(actor).filter(parcel_id__in={parcel for _plot, parcel in links})
    known = {pk: (code, holder) for pk, code, holder in rows.values_list("parcel_id", "parcel__code", "right_holder")}
    found: dict[int, list[tuple[int, str, str]]] = {}
    for plot, parcel in links:
        if parcel in known:
            found.setdefault(plot, []).append((parcel, *known[parcel]))
    return found


def _owners(
    plot: Any, owners: list[Any], titles: dict[int, list[tuple[int, str, str]]], names: dict[int, tuple[str, str]]
) -> list[tuple[int | None, str, int]]:
    """(enterprise, name, cm²): owner relations share the plot by their areas; else the holder of the first title."""
    whole = plot.surveyed_cm2 or plot.stated_cm2 or 0
    known = [use for use in owners if use.enterprise_id in names]
    if not known:
        listed = [holder for _pk, _code, holder in titles.get(plot.plot_id, []) if holder]
        return [(None, listed[0] if listed else _("权利人待查（%(code)s）") % {"code": plot.code}, whole)]
    given = [use.area_cm2 or 0 for use in known]
    parts = [whole * area // sum(given) for area in given] if all(given) else [whole // len(known)] * len(known)
    parts[0] += whole - sum(parts)
    return [(use.enterprise_id, names[use.enterprise_id][1], part) for use, part in zip(known, parts, strict=True)]


def _buildings(actor: Any, plot_ids: list[int], held: dict[tuple[int | None, str], Found]) -> None:
    """Each to the first holder of its plot."""
    first: dict[int, Found] = {}
    for one in held.values():
        for plot in one.land:
            first.setdefault(plot, one)
    rows = registry.buildings(actor).filter(plot_id__in=plot_ids).order_by("building__code")
    for pk, code, floor, plot in rows.values_list("building_id", "building__code", "floor_cm2", "plot_id"):
        first[plot].buildings[pk] = (code, floor or 0, plot)


def write(
    actor: Any, row: Clearance, found: Sequence[Found], codes: dict[int, str], listed_on: date
) -> list[ClearedHolder]:
    """Rows of holders, tenants and targets in three statements."""
    at = row.holders.aggregate(most=Max("number"))["most"] or 0
    made = []
    for one in found:
        at += 1
        made.append(ClearedHolder(
            clearance=row, number=at, name=one.name[:200], enterprise_id=one.enterprise_id, listed_on=listed_on,
            kind=HolderKind.ENTERPRISE if one.enterprise_id else HolderKind.COLLECTIVE, created_by_id=actor.pk,
            land_cm2=sum(one.land.values()), floor_cm2=sum(floor for _code, floor, _plot in one.buildings.values())))
    holders = ClearedHolder.objects.bulk_create(made)
    tenants = []
    for one, holder in zip(found, holders, strict=True):
        for firm, name in one.tenants.items():
            at += 1
            tenants.append(ClearedHolder(
                clearance=row, number=at, name=name[:200], enterprise_id=firm, listed_on=listed_on, role=Role.TENANT,
                landlord=holder, created_by_id=actor.pk))
    ClearedHolder.objects.bulk_create(tenants)
    ClearedTarget.objects.bulk_create(
        [target for one, holder in zip(found, holders, strict=True) for target in _targets(row, one, holder, codes)])
    return [*holders, *tenants]


def _targets(row: Clearance, one: Found, holder: ClearedHolder, codes: dict[int, str]) -> list[ClearedTarget]:
    land = [ClearedTarget(clearance=row, holder=holder, what=What.PLOT, code=codes[plot], plot_id=plot, area_cm2=area)
            for plot, area in one.land.items()]
    titles = [ClearedTarget(clearance=row, holder=holder, what=What.PARCEL, code=code, plot_id=plot, parcel_id=pk)
              for pk, (code, plot) in one.parcels.items()]
    houses = [ClearedTarget(clearance=row, holder=holder, what=What.BUILDING, code=code, plot_id=plot, building_id=pk,
                            floor_cm2=floor) for pk, (code, floor, plot) in one.buildings.items()]
    return [*land, *titles, *houses]
