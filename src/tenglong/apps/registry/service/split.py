"""Split a plot: by a line or into given pieces. The parent retires with its code; the children get codes of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry
from shapely.ops import split as cut

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import PlotVersion
from tenglong.apps.registry.nouns import PLOT
from tenglong.apps.registry.service import shapes, versions
from tenglong.apps.registry.service.carry import Child, apportion, carry
from tenglong.apps.registry.service.events import born, note, retire
from tenglong.domain.delta import Delta
from tenglong.domain.units import CM2_PER_M2

#: pieces must make up the parent to 0.02 %: what two surveys of one outline may differ by through rounding
TOLERANCE = 0.0002
#: a piece smaller than this is a slip of the hand, not a plot
LEAST_CM2 = 10 * CM2_PER_M2


@dataclass(frozen=True)
class Piece:
    geometry: BaseGeometry
    area_cm2: int


def preview_split(actor: Any, ulid: str, *, line: Any = None, polygons: Sequence[Any] | None = None) -> list[Piece]:
    """What a split would give; nothing is written. Raises RegistryError saying why it cannot be done."""
    found = scoped(actor, PlotVersion.objects.filter(plot__ulid=ulid, valid_to__isnull=True), "plot.split").first()
    if found is None:
        raise RegistryError(_("没有这个地块，或者它已注销，或者不在您的管辖范围内。"))
    return _pieces(found, line, polygons)


@transaction.atomic
def split_plot(
    actor: Any, ulid: str, *, on: date, lock_version: int | None, reason: str, line: Any = None,
    polygons: Sequence[Any] | None = None, assign: Mapping[int, int] | None = None,
) -> list[PlotVersion]:
    """Children's versions, largest first for a cut by line, in the given order for pieces.

    `assign`: occupancy key → index of its child; what is not assigned goes to the largest, marked for review.
    Raises Conflict, RegistryError, Refused.
    """
    plot = versions.locked(actor, PLOT, ulid, "plot.split")
    versions.not_future(on)
    latest = versions.versions_of(PLOT, plot)[-1]
    versions.guard(PLOT, latest, lock_version, {}, None)
    pieces = _pieces(latest, line, polygons)
    _check_assign(assign or {}, len(pieces))
    revision = counters.raise_revision("plots")
    retire(plot, latest, on)
    codes = counters.plot_codes(_birth_town(latest), len(pieces))
    made = [
        born(actor, latest, piece.geometry, piece.area_cm2, code, on, revision)
        for piece, code in zip(pieces, codes, strict=True)
    ]
    children = [Child(version.plot_id, piece.area_cm2, piece.geometry) for version, piece in zip(made, pieces, strict=True)]
    carried = carry([plot.pk], children, on, assign)
    note("split", on, [plot.pk], children, carried)
    record(
        actor,
        "plot.split",
        "plot",
        plot.ulid,
        count=len(made),
        reason=reason,
        deltas=[
            Delta("code", latest.code, "、".join(codes)),
            Delta("surveyed_cm2", latest.surveyed_cm2, [p.area_cm2 for p in pieces]),
        ],
    )
    return made


def _birth_town(version: PlotVersion) -> str:
    return version.division_code[:9]


def _check_assign(assign: Mapping[int, int], count: int) -> None:
    if any(not 0 <= index < count for index in assign.values()):
        raise RegistryError(_("用地关系的归属序号超出了分割后的块数。"))


def _pieces(version: PlotVersion, line: Any, polygons: Sequence[Any] | None) -> list[Piece]:
    if version.valid_to is not None:
        raise RegistryError(_("这个地块已注销，不能分割。"))
    parent = shapes.of(version.shape_id)
    if parent is None:
        raise RegistryError(_("这个地块没有图形，不能分割。请先补画边界。"))
    if (line is None) == (polygons is None):
        raise RegistryError(_("请画一条分割线，或者给出分割后的各块，两者选一。"))
    parts = _by_line(parent, line) if polygons is None else _given(parent, polygons)
    areas = [shapes.area_cm2(part) for part in parts]
    small = [area for area in areas if area < LEAST_CM2]
    if small:
        raise RegistryError(_("分割后有 %(n)s 块不足 10 平方米，请调整分割线。") % {"n": len(small)})
    return [Piece(part, area) for part, area in zip(parts, _settled(version, parent, areas), strict=True)]


def _settled(version: PlotVersion, parent: BaseGeometry, areas: list[int]) -> list[int]:
    """Children's areas: the surveyed area apportioned exactly where it agrees with the drawing, else as drawn."""
    drawn = shapes.area_cm2(parent)
    if abs(sum(areas) - drawn) > max(TOLERANCE * drawn, 1):
        off = f"{abs(sum(areas) - drawn) / CM2_PER_M2:.2f}"
        raise RegistryError(_("各块面积之和与原地块相差 %(area)s 平方米，超出万分之二。") % {"area": off})
    surveyed = version.surveyed_cm2
    if surveyed and abs(surveyed - drawn) <= TOLERANCE * drawn:
        return apportion(surveyed, areas)
    return apportion(drawn, areas)


def _by_line(parent: BaseGeometry, line: Any) -> list[BaseGeometry]:
    blade = shapely.LineString(line) if not isinstance(line, BaseGeometry) else line
    if blade.is_empty or not blade.is_simple:
        raise RegistryError(_("分割线是空的，或者自己相交。"))
    parts: list[BaseGeometry] = []
    for part in shapely.get_parts(parent):
        parts.extend(shapely.get_parts(cut(part, blade)))
    if len(parts) == len(shapely.get_parts(parent)):
        raise RegistryError(_("分割线没有把地块切开：两端都要伸到地块外面。"))
    return sorted((shapes.polygon(part) for part in parts), key=lambda part: -part.area)


def _given(parent: BaseGeometry, polygons: Sequence[Any]) -> list[BaseGeometry]:
    if len(polygons) < 2:
        raise RegistryError(_("分割后至少要有两块。"))
    parts = [shapes.polygon(part) for part in polygons]
    slack = TOLERANCE * parent.area
    for number, part in enumerate(parts, 1):
        if part.difference(parent).area > slack:
            raise RegistryError(_("第 %(number)s 块超出了原地块的边界。") % {"number": number})
        for other, later in enumerate(parts[number:], number + 1):
            if part.intersection(later).area > slack:
                raise RegistryError(_("第 %(number)s 块与第 %(other)s 块重叠。") % {"number": number, "other": other})
    return parts


