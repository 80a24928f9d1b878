"""Merge neighbouring plots into one with a new code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import PlotVersion
from tenglong.apps.registry.nouns import PLOT
from tenglong.apps.registry.service import shapes, versions
from tenglong.apps.registry.service.carry import Child, carry
from tenglong.apps.registry.service.events import born, note, retire
from tenglong.domain.delta import Delta

#: digitised neighbours whose shared edge differs by less than about 10 cm are still neighbours
GAP_DEGREES = 1e-6


@transaction.atomic
def merge_plots(
    actor: Any, ulids: Sequence[str], *, on: date, lock_versions: Mapping[str, int], reason: str,
    values: Mapping[str, Any] | None = None,
) -> PlotVersion:
    """The child's version: columns of the largest parent, then `values`. Raises Conflict, RegistryError, Refused."""
    if len(set(ulids)) < 2:
        raise RegistryError(_("请选择至少两个地块。"))
    versions.not_future(on)
    # one order for everybody, so that two merges that share a plot wait instead of blocking each other
    plots = {ulid: versions.locked(actor, PLOT, ulid, "plot.split") for ulid in sorted(set(ulids))}
    latest = {ulid: versions.versions_of(PLOT, plot)[-1] for ulid, plot in plots.items()}
    for ulid, version in latest.items():
        versions.guard(PLOT, version, lock_versions.get(ulid), {}, None)
        if version.valid_to is not None:
            raise RegistryError(_("地块 %(code)s 已注销，不能合并。") % {"code": version.code})
    parents = [latest[ulid] for ulid in dict.fromkeys(ulids)]
    whole = _joined(parents)
    revision = counters.raise_revision("plots")
    for version in parents:
        retire(version.plot, version, on)
    area = _total(parents, whole)
    model = max(parents, key=lambda version: version.surveyed_cm2 or 0)
    (code,) = counters.plot_codes(model.division_code[:9], 1)
    made = born(actor, model, whole, area, code, on, revision, values)
    child = Child(made.plot_id, area, whole)
    carried = carry([version.plot_id for version in parents], [child], on)
    note("merge", on, [version.plot_id for version in parents], [child], carried,
         areas=[version.surveyed_cm2 for version in parents])
    record(actor, "plot.merge", "plot", made.plot.ulid, count=len(parents), reason=reason,
           deltas=[Delta("code", "、".join(version.code for version in parents), code)])
    return made


def _joined(parents: Sequence[PlotVersion]) -> BaseGeometry:
    """One polygon of all. Raises RegistryError for plots of two towns, without shape, or apart from each other."""
    if len({version.division_code[:9] for version in parents}) > 1:
        raise RegistryError(_("这些地块不在同一镇街，不能合并。"))
    drawn = [(version.code, shapes.of(version.shape_id)) for version in parents]
    if without := [code for code, shape in drawn if shape is None]:
        raise RegistryError(_("地块 %(codes)s 没有图形，不能合并。") % {"codes": "、".join(without)})
    _refuse_apart([(code, shape) for code, shape in drawn if shape is not None])
    whole = shapely.union_all([shape for _, shape in drawn])
    if whole.geom_type != "Polygon":
        whole = shapely.union_all([shape.buffer(GAP_DEGREES, join_style="mitre") for _, shape in drawn if shape is not None])
        whole = whole.buffer(-GAP_DEGREES, join_style="mitre")
    return shapes.polygon(whole)


def _refuse_apart(drawn: Sequence[tuple[str, BaseGeometry]]) -> None:
    """Neighbours share an edge, not a corner alone: walk from the first and see whether all are reached."""
    reached, waiting = {0}, [0]
    while waiting:
        here = drawn[waiting.pop()][1].buffer(GAP_DEGREES)
        for index, (_code, shape) in enumerate(drawn):
            if index not in reached and here.intersection(shape).area > (3 * GAP_DEGREES) ** 2 * 10:
                reached.add(index)
                waiting.append(index)
    apart = [code for index, (code, _) in enumerate(drawn) if index not in reached]
    if apart:
        raise RegistryError(_("地块 %(codes)s 与其余地块不相邻，不能合并。") % {"codes": "、".join(apart)})


def _total(parents: Sequence[PlotVersion], whole: BaseGeometry) -> int:
    """Sum of the surveyed areas; as drawn when one of them has none."""
    areas = [version.surveyed_cm2 for version in parents]
    return sum(area for area in areas if area) if all(areas) else shapes.area_cm2(whole)
