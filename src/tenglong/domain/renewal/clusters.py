"""Every connected group of candidates, once: the building blocks of land assembly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph, Indices, Members, Offsets

ROOTS_AT_ONCE = 2_000
WORD_BITS = 63


class TooManyClusters(ValueError):
    """More connected groups than the caller wants to hold; `reached` tells how many were counted before stopping."""

    def __init__(self, limit: int, reached: int) -> None:
        super().__init__(f"相连的组合已数到 {reached} 个，超过上限 {limit} 个；请减少候选地块，或减小每组地块数")
        self.limit = limit
        self.reached = reached


@dataclass(frozen=True, eq=False)
class Clusters:
    """Cluster c is member[start[c]:start[c + 1]], ascending plot indices. Ordered by size, then by members."""

    start: Offsets
    member: Indices

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, cluster: int) -> Indices:
        return self.member[self.start[cluster]:self.start[cluster + 1]]

    def __iter__(self) -> Iterator[Indices]:
        return (self[cluster] for cluster in range(len(self)))

    @property
    def sizes(self) -> Offsets:
        """Members of each cluster, int64 (k,)."""
        return np.diff(self.start)

    def owner(self) -> Offsets:
        """The cluster each entry of `member` belongs to, int64 (len(member),)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.sizes)

    def total(self, value: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum of `value` (int64, one per plot of the graph) over each cluster."""
        running = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(value[self.member], dtype=np.int64)])
        sums: NDArray[np.int64] = running[self.start[1:]] - running[self.start[:-1]]
        return sums


def connected_sets(graph: Graph, candidates: Members, *, max_members: int, limit: int | None = None) -> Clusters:
    """Every connected subset of `candidates` with 1…max_members members, exactly once.

    A set grows from its smallest member by larger neighbours only; a set reached along two ways is kept once by its packed key.
    Raises TooManyClusters beyond `limit`, ValueError for a candidate told twice or out of range, or max_members < 1.
    """
    if max_members < 1:
        raise ValueError(f"每组地块数须不小于 1，得到 {max_members}")
    chosen = np.sort(np.asarray(candidates, dtype=np.int64).ravel())
    inner = graph.subgraph(chosen)
    found: list[list[Indices]] = [[] for _ in range(max_members)]
    reached = 0
    for first in range(0, inner.n, ROOTS_AT_ONCE):
        sets = np.arange(first, min(first + ROOTS_AT_ONCE, inner.n), dtype=np.int32)[:, None]
        for size in range(max_members):
            reached += len(sets)
            if limit is not None and reached > limit:
                raise TooManyClusters(limit, reached)
            found[size].append(sets)
            if size + 1 == max_members or not len(sets):
                break
            sets = _grown(inner, sets)
    return _packed(found, chosen.astype(np.int32))


def _grown(graph: Graph, sets: Indices) -> Indices:
    """Sets (s, k) → all connected sets (t, k + 1) with the same smallest member, sorted inside and among themselves."""
    start, index = graph.neighbours()
    size = sets.shape[1]
    degree = np.diff(start)[sets]
    rows = np.repeat(np.arange(len(sets)), degree.sum(axis=1))
    flat = degree.ravel()
    ahead = np.cumsum(flat) - flat
    place = np.arange(int(flat.sum())) - np.repeat(ahead, flat) + np.repeat(start[sets.ravel()], flat)
    fresh = index[place]
    bases = sets[rows]
    keep = (fresh > bases[:, 0]) & (bases != fresh[:, None]).all(axis=1)
    grown = np.empty((int(keep.sum()), size + 1), dtype=np.int32)
    grown[:, :size], grown[:, size] = bases[keep], fresh[keep]
    grown.sort(axis=1)
    return _distinct(grown, graph.n)


def _distinct(sets: Indices, n: int) -> Indices:
    """Rows once each, in lexicographic order; members are packed into as few 63-bit words as they need."""
    bits = max(1, int(n).bit_length())
    per_word = WORD_BITS // bits
    words = []
    for column in range(0, sets.shape[1], per_word):
        word = np.zeros(len(sets), dtype=np.int64)
        for member in sets[:, column:column + per_word].T:
            word = (word << bits) | member
        words.append(word)
    if len(words) == 1:
        return np.ascontiguousarray(sets[np.unique(words[0], return_index=True)[1]])
    order = np.lexsort(words[::-1])
    ordered = sets[order]
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[first]


def _packed(found: list[list[Indices]], names: Indices) -> Clusters:
    sizes = [np.full(sum(len(part) for part in parts), size, dtype=np.int64) for size, parts in enumerate(found, 1)]
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate(sizes))])
    members = [part.ravel() for parts in found for part in parts]
    return Clusters(start, names[np.concatenate(members)] if members else np.zeros(0, dtype=np.int32))
