"""Which plots may be taken, what each weighs, and the sums over a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site.result import Plots, Site

Ints = NDArray[np.int64]
#: one household outweighs any land when households are made least
LAND_STEP_CM2 = 10_000


class Aim(StrEnum):
    """What is made least: cost (households only between equals, or at a price each), households (land between equals), land."""

    COST = "cost"
    OWNERS = "owners"
    LAND = "land"


@dataclass(frozen=True)
class Column:
    """Figures with a mask of the known ones."""

    value: Ints
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class Eligible:
    """`plots` may be taken; `left_out` tells how many were not, by reason (each counted once, first reason wins)."""

    plots: Plots
    land: Ints
    weight: Ints
    aim: Aim
    cost: Column | None
    owners: Column | None
    months: Column | None
    left_out: dict[str, int]


def eligible(graph: Graph, land_cm2: Any, cost: Any, owners: Any, months: Any, *, allowed: NDArray[np.bool_] | None,
             within: int | None, aim: Aim | None, owner_fen: int) -> Eligible:
    """Raises ValueError for columns of another length, negative figures, or an aim whose column is missing."""
    land = _column("面积", land_cm2, graph.n)
    columns = {name: None if given is None else _column(name, given, graph.n)
               for name, given in (("成本", cost), ("户数", owners), ("腾退时间", months))}
    aim = aim or (Aim.COST if cost is not None else Aim.OWNERS if owners is not None else Aim.LAND)
    needed = {Aim.COST: ["成本"], Aim.OWNERS: ["户数"], Aim.LAND: []}[aim] + (["户数"] if owner_fen and aim is Aim.COST else [])
    needed += ["腾退时间"] if within is not None else []
    for name in needed:
        if columns[name] is None:
            raise ValueError(f"没有{name}这一列，不能按它挑选")
    open_, left_out = _open(graph.n, land, columns, needed, allowed, within)
    weight = _weight(aim, land.value, columns["成本"], columns["户数"], owner_fen)
    known = (columns["成本"], columns["户数"], columns["腾退时间"])
    return Eligible(np.flatnonzero(open_), land.value, weight, aim, *known, left_out)


def _open(n: int, land: Column, columns: dict[str, Column | None], needed: Sequence[str], allowed: NDArray[np.bool_] | None,
          within: int | None) -> tuple[NDArray[np.bool_], dict[str, int]]:
    open_, left_out = np.ones(n, dtype=bool), dict[str, int]()

    def close(reason: str, kept: NDArray[np.bool_]) -> None:
        lost = int((open_ & ~kept).sum())
        if lost:
            left_out[reason] = lost
        np.logical_and(open_, kept, out=open_)

    if allowed is not None:
        close("不在选定范围内", np.asarray(allowed, dtype=bool))
    close("没有面积", land.known & (land.value > 0))
    for name in dict.fromkeys(needed):
        column = columns[name]
        if column is not None:
            close(f"没有{name}", column.known)
    time = columns["腾退时间"]
    if within is not None and time is not None:
        close(f"{within} 个月内腾不出", time.value <= within)
    return open_, left_out


def _weight(aim: Aim, land: Ints, cost: Column | None, owners: Column | None, owner_fen: int) -> Ints:
    if aim is Aim.COST and cost is not None:
        households = owners.value if owners is not None else np.zeros(len(land), dtype=np.int64)
        return cost.value + max(owner_fen, 1) * households
    if aim is Aim.OWNERS and owners is not None:
        small = land // LAND_STEP_CM2
        return owners.value * (int(small.sum()) + 1) + small
    return land


def _column(name: str, given: Any, n: int) -> Column:
    known = np.array([one is not None for one in given], dtype=bool)
    if len(known) != n:
        raise ValueError(f"{name}有 {len(known)} 个，地块有 {n} 个")
    value = np.array([0 if one is None else int(one) for one in given], dtype=np.int64)
    if (value < 0).any():
        raise ValueError(f"{name}不能是负数（第 {int(np.flatnonzero(value < 0)[0]) + 1} 个地块）")
    return Column(value, known)


def weighed(asked: Eligible, plots: Plots, phases: tuple[Plots, ...], weight: int, bound: float, seconds: float) -> Site:
    """Sums over the plots of a site; a sum with an unknown figure is not known."""
    months = asked.months
    return Site(plots, phases, int(asked.land[plots].sum()), _total(asked.cost, plots), _total(asked.owners, plots),
                int(months.value[plots].max()) if months is not None and months.known[plots].all() else None,
                weight, bound, seconds)


def _total(column: Column | None, plots: Plots) -> int | None:
    return int(column.value[plots].sum()) if column is not None and column.known[plots].all() else None
