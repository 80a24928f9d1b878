"""One connected piece of eligible land, in plain lists: what all steps of the search work on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph, Members

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Ban:
    """A site already listed: another one may share at most `most_cm2` with it."""

    plots: frozenset[int]
    most_cm2: int


@dataclass(frozen=True)
class Wish:
    """What a site must be: at least `least` cm², split into `phases` (at least so many cm² each, empty: one piece), touching
    one of the plots marked in `Ground.gate` where `gated`."""

    least: int
    phases: tuple[int, ...] = ()
    gated: bool = False


class Apart:
    """Which places lie too far from which: middles (n, 2) in metres farther apart than `span_m`; asked one place at a time."""

    def __init__(self, middles: NDArray[np.float64], span_m: float) -> None:
        self.middles, self.span_m = middles, span_m
        self._known: dict[int, frozenset[int]] = {}

    def of(self, place: int) -> frozenset[int]:
        if place not in self._known:
            metres = np.hypot(*(self.middles - self.middles[place]).T)
            self._known[place] = frozenset(np.flatnonzero(metres > self.span_m).tolist())
        return self._known[place]


@dataclass
class Ground:
    """`names[i]` is the plot of the whole graph that place i stands for; all else is by place."""

    names: Whole
    near: list[tuple[int, ...]]
    land: list[int]
    weight: list[int]
    gate: frozenset[int]
    bans: list[Ban] = field(default_factory=list)
    apart: Apart | None = None

    def far(self, place: int) -> frozenset[int]:
        """Places that may not be in one site with `place`."""
        return self.apart.of(place) if self.apart is not None else frozenset()

    def __len__(self) -> int:
        return len(self.land)

    def area(self, places: Iterable[int]) -> int:
        return sum(self.land[place] for place in places)

    def price(self, places: Iterable[int]) -> int:
        return sum(self.weight[place] for place in places)

    def fence(self, inside: Collection[int]) -> set[int]:
        """Places outside `inside` that are neighbours of it."""
        around = {other for place in inside for other in self.near[place]}
        return around.difference(inside)

    def pieces(self, chosen: Collection[int]) -> list[set[int]]:
        """Connected pieces of `chosen`, largest land first."""
        left, found = set(chosen), []
        while left:
            first = left.pop()
            piece, front = {first}, [first]
            while front:
                fresh = left.intersection(self.near[front.pop()])
                left -= fresh
                piece |= fresh
                front.extend(fresh)
            found.append(piece)
        return sorted(found, key=lambda piece: (-self.area(piece), min(piece)))

    def is_whole(self, chosen: Collection[int]) -> bool:
        return len(chosen) > 0 and len(self.pieces(chosen)) == 1

    def allows(self, chosen: Collection[int]) -> bool:
        """Different enough from every site already listed, and no two plots too far apart."""
        near = self.apart is None or all(self.far(place).isdisjoint(chosen) for place in chosen)
        return near and all(self.area(ban.plots.intersection(chosen)) <= ban.most_cm2 for ban in self.bans)

    def fulfils(self, chosen: Collection[int], wish: Wish) -> bool:
        """Connected, large enough, by a gate where one is needed, different from what is listed; phases are not looked at."""
        gated = not wish.gated or not self.gate.isdisjoint(chosen)
        return gated and self.area(chosen) >= wish.least and self.allows(chosen) and self.is_whole(chosen)


def grounds(graph: Graph, land: Whole, weight: Whole, eligible: Members, gate: Members | None,
            middles: NDArray[np.float64] | None = None, span_m: float | None = None) -> list[Ground]:
    """The connected pieces of the eligible plots, largest land first."""
    chosen = np.sort(np.asarray(eligible, dtype=np.int64))
    inner = graph.subgraph(chosen)
    labels = inner.components()
    gates = np.zeros(graph.n, dtype=bool)
    if gate is not None:
        gates[np.asarray(gate, dtype=np.int64)] = True
    order = np.argsort(labels, kind="stable")
    found = [_ground(inner, chosen, places, land, weight, gates)
             for places in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(places)]
    if middles is not None and span_m is not None:
        for one in found:
            one.apart = Apart(middles[one.names], span_m)
    return sorted(found, key=lambda one: -sum(one.land))


def _ground(inner: Graph, chosen: Whole, places: Whole, land: Whole, weight: Whole, gates: NDArray[np.bool_]) -> Ground:
    start, index = inner.neighbours()
    local = {place: at for at, place in enumerate(places.tolist())}
    near = [tuple(local[other] for other in index[start[place]:start[place + 1]].tolist()) for place in places.tolist()]
    names = chosen[places]
    return Ground(names, near, land[names].tolist(), weight[names].tolist(), frozenset(np.flatnonzero(gates[names]).tolist()))
