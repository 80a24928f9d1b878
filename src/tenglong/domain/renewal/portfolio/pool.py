"""Clusters worth looking at where they cannot all be listed: grown greedily at the prices of the moment, and met on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.clusters import Clusters
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.compiled import Compiled, cluster_bonus
from tenglong.domain.renewal.portfolio.joined import MU_CM2

LATER: Final = 6  # further steps that are kept after a cluster has become large enough
MOST: Final = 60_000


class Pool:
    """Clusters of a problem in the order they came, each once; numbers never change."""

    def __init__(self, problem: Compiled) -> None:
        given = problem.problem
        self.problem = problem
        self.graph = given.graph or Graph.of(problem.plots, [])
        self.most = given.max_members if given.graph is not None else 1
        self.land = [one.land_cm2 for one in given.candidates]
        assembly, compactness = given.assembly, given.compactness
        self._metre = 0 if compactness is None else compactness.weight
        self._joined = np.zeros(problem.plots)  # what a plot brings to a project beside its own worth
        if assembly is not None:
            land = np.array(self.land, dtype=np.float64)
            self._joined = assembly.premium / MU_CM2 * land - assembly.per_holder * np.array(
                [one.holders for one in given.candidates], dtype=np.float64)
        self._near: list[list[tuple[int, float]]] = [[] for _ in self.land]
        for (a, b), metres in zip(self.graph.edges.tolist(), self.graph.lengths.tolist(), strict=True):
            self._near[a].append((b, metres))
            self._near[b].append((a, metres))
        self._place: dict[tuple[int, ...], int] = {}
        for cluster in problem.clusters:
            self._place[tuple(cluster.tolist())] = len(self._place)
        self._members = list(self._place)

    def add(self, plots: Iterable[int], *, connected: bool = False) -> int | None:
        """Number of a connected set of plots; None where it is no project. `connected`: known to be."""
        key = tuple(sorted(plots))
        if key in self._place:
            return self._place[key]
        if not 0 < len(key) <= self.most or sum(self.land[one] for one in key) < self.problem.floor:
            return None
        if len(self._members) >= MOST or not (connected or self.graph.is_connected(key)):
            return None
        self._place[key] = len(self._members)
        self._members.append(key)
        return self._place[key]

    def __len__(self) -> int:
        return len(self._members)

    def compiled(self) -> Compiled:
        """The problem over what is in the pool."""
        sizes = np.array([0, *(len(one) for one in self._members)], dtype=np.int64)
        member = np.array([plot for one in self._members for plot in one], dtype=np.int32)
        clusters = Clusters(np.cumsum(sizes), member)
        return replace(self.problem, clusters=clusters, bonus=cluster_bonus(self.problem.problem, self.graph, clusters))

    def grow(self, worth: NDArray[np.float64], able: Collection[int], seeds: Iterable[int] | None = None) -> int:
        """From each seed by the neighbour that brings most, kept from the moment it is large enough; how many are new."""
        before, inside = len(self), set(able)
        value = (worth + self._joined).tolist()
        for seed in seeds if seeds is not None else sorted(inside):
            self._grow(seed, value, inside)
        return len(self) - before

    def _grow(self, seed: int, worth: Sequence[float], able: set[int]) -> None:
        taken, area, kept, metre = {seed}, self.land[seed], 0, self._metre
        front = {other: metres for other, metres in self._near[seed] if other in able}
        while True:
            if area >= self.problem.floor:
                self.add(taken, connected=True)
                kept += 1
            if kept > LATER or len(taken) >= self.most or not front:
                return
            best = max(front, key=lambda one: (worth[one] + metre * front[one], one))
            if area >= self.problem.floor and worth[best] + metre * front[best] < 0:
                return
            del front[best]
            taken.add(best)
            area += self.land[best]
            for other, shared in self._near[best]:
                if other in able and other not in taken:
                    front[other] = front.get(other, 0.0) + shared
