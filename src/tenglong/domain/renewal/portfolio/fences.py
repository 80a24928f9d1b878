"""Inequalities that a choice of plots breaks where it is not of one piece large enough: found when broken, true of all others.

For a connected set C too small to be a project, and i in C: a project with i leaves C, so x_i ≤ Σ x over the neighbours of C.
Where a piece counts only once it has a root: x_i ≤ Σ x over the neighbours of C + Σ roots in C, for every connected C.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

VIOLATED: Final = 1e-3
NOTHING: Final = 1e-6
DEEPEST: Final = 200


@dataclass(frozen=True)
class Fence:
    """x(plots, each for itself) ≤ Σ x(around) [+ Σ roots(inside)]."""

    plots: tuple[int, ...]
    inside: tuple[int, ...]
    around: tuple[int, ...]


@dataclass(frozen=True)
class Field:
    """`near`: neighbours of each plot among those that may be taken; `value` per plot. `least`: land that a piece must have;
    with `root` (per plot) every piece must have a root instead."""

    near: Sequence[Sequence[int]]
    value: Sequence[float]
    land: Sequence[int]
    least: int
    root: Sequence[float] | None = None


def broken(field: Field) -> list[tuple[float, Fence]]:
    """What the choice breaks, most first; a set of plots is told once, with all its plots that break it."""
    found: dict[tuple[int, ...], tuple[float, Fence]] = {}
    for plot, value in enumerate(field.value):
        if value <= VIOLATED or (field.root is None and field.land[plot] >= field.least):
            continue
        for inside in _worst(field, plot):
            key = tuple(sorted(inside))
            if key not in found:
                found[key] = _fence(field, key, inside)
    return sorted(found.values(), key=lambda pair: (-pair[0], pair[1].inside))


def _fence(field: Field, key: tuple[int, ...], inside: set[int]) -> tuple[float, Fence]:
    around = tuple(sorted({one for each in inside for one in field.near[each]} - inside))
    side = sum(field.value[one] for one in around) + sum(field.root[one] for one in inside if field.root)
    plots = tuple(one for one in key if field.value[one] > side + VIOLATED)
    return max(field.value[one] for one in inside) - side, Fence(plots, key, around)


def _worst(field: Field, plot: int) -> list[set[int]]:
    """Of a greedy growth around `plot` the set whose fence it exceeds most, and the largest that it exceeds at all."""
    value, near, root = field.value, field.near, field.root
    inside, fence = {plot}, set(near[plot])
    area, around = field.land[plot], sum(value[one] for one in near[plot]) + (root[plot] if root else 0.0)
    best, worst, last = VIOLATED, set[int](), set[int]()
    while True:
        lack = value[plot] - around
        if lack > VIOLATED:
            last = set(inside)
        if lack > best:
            best, worst = lack, last
        step = _cheapest(field, inside, fence, field.least - area) if len(inside) < DEEPEST and around > NOTHING else None
        if step is None:
            return [one for one in (worst, last) if one]
        inside.add(step)
        fence.discard(step)
        area += field.land[step]
        fresh = [one for one in near[step] if one not in inside and one not in fence]
        around += sum(value[one] for one in fresh) - value[step] + (root[step] if root else 0.0)
        fence.update(fresh)


def _cheapest(field: Field, inside: set[int], fence: set[int], room: int) -> int | None:
    """The neighbour whose taking in leaves the lightest fence."""
    value, near, root = field.value, field.near, field.root
    best, least = None, float("inf")
    for one in sorted(fence):
        if value[one] <= NOTHING or (root is None and field.land[one] >= room):
            continue
        change = -value[one] + (root[one] if root else 0.0)
        change += sum(value[other] for other in near[one] if other not in inside and other not in fence)
        if change < least:
            best, least = one, change
    return best
