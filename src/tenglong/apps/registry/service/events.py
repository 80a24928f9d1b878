"""What split and merge share: retiring parents, children, lineage, and taking the event back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.registry.bulk_versions import drop_unused
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import DocumentLink, Fact, Lineage, Occupancy, Plot, PlotCode, PlotEvent, PlotVersion
from tenglong.apps.registry.nouns import PLOT
from tenglong.apps.registry.service import shapes, versions
from tenglong.apps.registry.service.carry import MODELS, Carried, Child
from tenglong.domain.delta import Delta


def retire(plot: Plot, latest: PlotVersion, on: date) -> None:
    """Close the plot and its codes. Raises RegistryError when it did not exist before that day."""
    if on <= latest.valid_from:
        told = _("生效日期 %(on)s 不晚于地块 %(code)s 现行版本的起始日期 %(since)s。")
        raise RegistryError(told % {"on": on, "code": latest.code, "since": latest.valid_from})
    PlotVersion.objects.filter(pk=latest.pk).update(valid_to=on, lock_version=latest.lock_version + 1)
    PlotCode.objects.filter(plot=plot, valid_to__isnull=True).update(valid_to=on)


def born(
    actor: Any, model: PlotVersion, shape: BaseGeometry, area_cm2: int, code: str, on: date, revision: int,
    values: Mapping[str, Any] | None = None,
) -> PlotVersion:
    """A child: columns of `model`, its own shape, area and code; the stated area stays with the titles."""
    plot = Plot.objects.create()
    PlotCode.objects.create(plot=plot, system="tenglong", code=code, valid_from=on)
    fresh = {**versions.values_of(PLOT, model), "surveyed_cm2": area_cm2, "stated_cm2": None, "stated_text": "",
             **versions.checked(PLOT, values or {})}
    shape_id, cell = shapes.keep("plots", shape, revision)
    made: PlotVersion = versions.insert(PLOT, plot, actor, fresh, on=on, to=None, code=code, shape_id=shape_id, cell=cell)
    return made


def note(
    kind: str, on: date, parents: Sequence[int], children: Sequence[Child], carried: Carried,
    areas: Sequence[int | None] | None = None,
) -> PlotEvent:
    """Lineage with areas, and what the event did."""
    for place, parent in enumerate(parents):
        for child in children:
            area = areas[place] if areas is not None else child.area_cm2
            Lineage.objects.create(parent_id=parent, child_id=child.plot_id, event=kind, date=on, area_cm2=area)
    detail = {"parents": list(parents), "children": [child.plot_id for child in children], **carried.as_json()}
    return PlotEvent.objects.create(kind=kind, date=on, detail=detail)


@transaction.atomic
def undo_event(actor: Any, ulid: str, *, reason: str) -> list[PlotVersion]:
    """Take back the latest split or merge of a parent or child, if nothing was built on it; returns the parents' versions.

    The children's codes stay given for ever and lead to the parents. Raises RegistryError, Refused.
    """
    if not reason.strip():
        raise RegistryError(_("请写明撤销的原因。"))
    plot = versions.locked(actor, PLOT, ulid, "plot.split")
    event = event_of(plot)
    family = sorted([*event.detail["parents"], *event.detail["children"]])
    list(Plot.objects.select_for_update().filter(pk__in=family).order_by("pk"))
    for member in Plot.objects.filter(pk__in=family):
        versions.locked(actor, PLOT, member.ulid, "plot.split")
    _refuse_if_built_on(event)
    _put_back(event)
    counters.raise_revision("plots")
    PlotEvent.objects.filter(pk=event.pk).update(undone=True)
    record(actor, "plot.undo", "plot", plot.ulid, reason=reason, deltas=[Delta("event", event.kind, None)])
    return list(PlotVersion.objects.filter(plot_id__in=event.detail["parents"], valid_to__isnull=True).order_by("plot_id"))


def event_of(plot: Plot) -> PlotEvent:
    """The latest split or merge that has not been taken back. Raises RegistryError when there is none."""
    for event in PlotEvent.objects.filter(undone=False).order_by("-pk").iterator():
        if plot.pk in event.detail["parents"] or plot.pk in event.detail["children"]:
            return event
    raise RegistryError(_("这个地块没有可以撤销的分割或合并。"))


def _refuse_if_built_on(event: PlotEvent) -> None:
    children, detail = event.detail["children"], event.detail
    why = []
    if PlotVersion.objects.filter(plot_id__in=children).exclude(lock_version=1, valid_to=None).exists():
        why.append(_("新地块已被修改"))
    if Lineage.objects.filter(parent_id__in=children).exists():
        why.append(_("新地块又被分割或合并"))
    for name, model in MODELS.items():
        own = [*detail["made"].get(name, []), *(pk for pk, _ in detail["moved"].get(name, []))]
        rows = model._default_manager.filter(plot_id__in=children)
        if rows.exclude(pk__in=own).exists() or _touched(name, rows.filter(pk__in=detail["made"].get(name, [])), detail):
            why.append(_("新地块上登记了新的关系"))
    subjects = Q(subject_type="plot", subject_id__in=children)
    if Fact.objects.filter(subjects).exists() or DocumentLink.objects.filter(subjects).exists():
        why.append(_("新地块上有了数据或材料"))
    if why:
        raise RegistryError(_("不能撤销：%(why)s。请用新的分割或合并来改正。") % {"why": "；".join(dict.fromkeys(why))})


def _touched(name: str, rows: Any, detail: Any) -> bool:
    """A carried relation that somebody ended or edited; an end that came with it is not somebody's."""
    carried = [end for _, end in detail.get("ends", {}).get(name, [])]
    if rows.filter(valid_to__isnull=False).exclude(valid_to__in=carried).exists():
        return True
    return bool(name == "Occupancy" and rows.filter(lock_version__gt=1).exists())


def _put_back(event: PlotEvent) -> None:
    detail, on = event.detail, event.date
    for tenant, landlord in detail["relinked"]:
        Occupancy.objects.filter(pk=tenant).update(landlord_link_id=landlord)
    for name, model in MODELS.items():
        manager = model._default_manager
        if name == "Occupancy":
            Occupancy.objects.filter(pk__in=detail["made"].get(name, [])).update(landlord_link=None)
        manager.filter(pk__in=detail["made"].get(name, [])).delete()
        manager.filter(pk__in=detail["closed"].get(name, [])).update(valid_to=None)
        for pk, end in detail.get("ends", {}).get(name, []):
            manager.filter(pk=pk).update(valid_to=end)
        for pk, plot_id in detail["moved"].get(name, []):
            manager.filter(pk=pk).update(plot_id=plot_id)
    drawn = list(PlotVersion.objects.filter(plot_id__in=detail["children"]).values_list("shape_id", flat=True))
    PlotVersion.objects.filter(plot_id__in=detail["children"]).delete()
    PlotCode.objects.filter(plot_id__in=detail["children"]).update(valid_to=on)
    Lineage.objects.filter(parent_id__in=detail["parents"], child_id__in=detail["children"]).delete()
    for child in detail["children"]:
        for parent in detail["parents"]:
            Lineage.objects.create(parent_id=child, child_id=parent, event="undo", date=on)
    for parent in detail["parents"]:
        last = PlotVersion.objects.filter(plot_id=parent).latest("valid_from")
        PlotVersion.objects.filter(pk=last.pk).update(valid_to=None, lock_version=last.lock_version + 1)
    PlotCode.objects.filter(plot_id__in=detail["parents"], valid_to=on).update(valid_to=None)
    drop_unused(PLOT, [pk for pk in drawn if pk])
