"""What hangs on a plot when the plot is split or merged: relations close on the parents and open on the children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, Q
from shapely.geometry.base import BaseGeometry

from tenglong.apps.registry.models import AccountLink, BuildingVersion, Occupancy, ParcelVersion, PlotParcel
from tenglong.apps.registry.queries import not_ended
from tenglong.apps.registry.service import shapes
from tenglong.domain.units import CM2_PER_M2

#: a title that touches a piece by less than a square metre does not lie in it
LEAST_CM2 = CM2_PER_M2
MODELS: dict[str, type[Model]] = {
    "Occupancy": Occupancy, "PlotParcel": PlotParcel, "AccountLink": AccountLink, "BuildingVersion": BuildingVersion,
}
#: two carried rows that agree in these are one relation
SAME: dict[str, tuple[str, ...]] = {
    "Occupancy": ("plot_id", "building_id", "enterprise_id", "role"), "PlotParcel": ("plot_id", "parcel_id"),
    "AccountLink": ("plot_id", "kind", "number", "enterprise_id"), "BuildingVersion": ("id",),
}


@dataclass(frozen=True)
class Child:
    """A new plot; `area_cm2` decides who gets what cannot be placed."""

    plot_id: int
    area_cm2: int
    shape: BaseGeometry | None


@dataclass
class Carried:
    """Keys of rows by model: closed on the parents, made on the children, or moved as they were ([key, old plot])."""

    closed: dict[str, list[int]] = field(default_factory=dict)
    #: [key, end] of closed rows that had an end of their own
    ends: dict[str, list[list[Any]]] = field(default_factory=dict)
    made: dict[str, list[int]] = field(default_factory=dict)
    moved: dict[str, list[list[int]]] = field(default_factory=dict)
    relinked: list[list[int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"closed": self.closed, "ends": self.ends, "made": self.made, "moved": self.moved, "relinked": self.relinked}


@dataclass(frozen=True)
class Target:
    child: Child
    area_cm2: int | None
    review: bool


def carry(parents: Sequence[int], children: Sequence[Child], on: date, assign: Mapping[int, int] | None = None) -> Carried:
    """Move everything that has not ended on `parents` to `children` from `on`. `assign`: occupancy key → index of its child."""
    done = Carried()
    links: dict[int, int] = {}
    for name, model in MODELS.items():
        lasting = Q(valid_to__isnull=True) if model is BuildingVersion else not_ended(on)
        rows: Any = model._default_manager.filter(lasting, plot_id__in=parents).order_by("id")
        for row in rows:
            targets = _targets(name, row, children, assign or {})
            if row.valid_from >= on:
                _move(name, row, targets[0], done)
            else:
                links.update(_reopen(name, row, targets, on, done))
    _relink(links, on, done)
    return done


def _largest(children: Sequence[Child]) -> Child:
    return max(children, key=lambda child: child.area_cm2)


def _targets(name: str, row: Any, children: Sequence[Child], assign: Mapping[int, int]) -> list[Target]:
    if len(children) == 1:
        return [Target(children[0], getattr(row, "area_cm2", None), False)]
    if name == "PlotParcel":
        return _by_title(row, children)
    if name == "BuildingVersion":
        return [_by_footprint(row, children)]
    if name == "Occupancy" and row.pk in assign:
        return [Target(children[assign[row.pk]], row.area_cm2, False)]
    return [Target(_largest(children), getattr(row, "area_cm2", None), True)]


def _by_title(row: PlotParcel, children: Sequence[Child]) -> list[Target]:
    """By overlay where both are drawn; else by the children's share of the area, to be looked at."""
    version = ParcelVersion.objects.filter(parcel_id=row.parcel_id, valid_to__isnull=True).first()
    drawn = shapes.of(version.shape_id) if version else None
    if drawn is not None and all(child.shape is not None for child in children):
        parts = [(child, shapes.area_cm2(child.shape.intersection(drawn))) for child in children if child.shape is not None]
        if found := [Target(child, area, True) for child, area in parts if area >= LEAST_CM2]:
            return found
    areas: Sequence[int | None] = [None] * len(children)
    if row.area_cm2 is not None:
        areas = apportion(row.area_cm2, [child.area_cm2 for child in children])
    return [Target(child, area, True) for child, area in zip(children, areas, strict=True)]


def _by_footprint(row: BuildingVersion, children: Sequence[Child]) -> Target:
    drawn = shapes.of(row.shape_id)
    if drawn is not None:
        inside = drawn.representative_point()
        for child in children:
            if child.shape is not None and child.shape.covers(inside):
                return Target(child, None, False)
    return Target(_largest(children), None, True)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `total` by `weights`; the largest remainders get the odd units, so the sum is exact."""
    whole = sum(weights) or 1
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def _move(name: str, row: Any, target: Target, done: Carried) -> None:
    """A relation that began on the day of the event or later has no past on the parent: it just moves."""
    done.moved.setdefault(name, []).append([row.pk, row.plot_id])
    changes = {"plot_id": target.child.plot_id}
    if hasattr(row, "needs_review"):
        changes["needs_review"] = target.review or row.needs_review
    type(row)._default_manager.filter(pk=row.pk).update(**changes)


def _reopen(name: str, row: Any, targets: Sequence[Target], on: date, done: Carried) -> dict[int, int]:
    """Close on the parent, open on the children; returns old key → new key where there is one successor."""
    model = type(row)
    model._default_manager.filter(pk=row.pk).update(valid_to=on)
    done.closed.setdefault(name, []).append(row.pk)
    if row.valid_to is not None:
        done.ends.setdefault(name, []).append([row.pk, row.valid_to.isoformat()])
    made = [_copy(name, row, target, on, done) for target in targets]
    return {row.pk: made[0]} if name == "Occupancy" else {}


def _copy(name: str, row: Any, target: Target, on: date, done: Carried) -> int:
    model = type(row)
    values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
    values.update(plot_id=target.child.plot_id, valid_from=on)
    if "lock_version" in values:
        values["lock_version"] = row.lock_version + 1 if name == "BuildingVersion" else 1
    if "needs_review" in values:
        values["needs_review"] = target.review or row.needs_review
    if name == "PlotParcel":
        values.update(area_cm2=target.area_cm2, basis="overlay" if target.review and target.area_cm2 is not None else row.basis)
    twin = model._default_manager.filter(
        pk__in=done.made.get(name, []), **{column: values[column] for column in SAME[name] if column != "id"},
    ).first() if name != "BuildingVersion" else None
    if twin is not None:
        _join(name, twin, row, values)
        return int(twin.pk)
    made = model._default_manager.create(**values)
    done.made.setdefault(name, []).append(made.pk)
    return int(made.pk)


def _join(name: str, twin: Any, row: Any, values: dict[str, Any]) -> None:
    """Two relations of one firm on merged plots are one; their areas add up and a person looks at it."""
    ends = (twin.valid_to, values["valid_to"])
    changes: dict[str, Any] = {"needs_review": True, "valid_to": None if None in ends else max(ends)}
    for column in ("area_cm2", "floor_cm2"):
        if column in values:
            mine, other = getattr(twin, column), values[column]
            changes[column] = other if mine is None else mine if other is None else mine + other
    type(row)._default_manager.filter(pk=twin.pk).update(**changes)


def _relink(links: Mapping[int, int], on: date, done: Carried) -> None:
    """Subleases hang on the landlord's new row."""
    for old, new in links.items():
        for tenant in Occupancy.objects.filter(not_ended(on), landlord_link_id=old):
            done.relinked.append([tenant.pk, old])
            Occupancy.objects.filter(pk=tenant.pk).update(landlord_link_id=new)
