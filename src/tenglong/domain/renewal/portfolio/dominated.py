"""Clusters that are never needed: some split of the same plots into other clusters is worth as much."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.clusters import Clusters

Whole = NDArray[np.int64]
Marks = NDArray[np.uint64]
NOTHING: Final = np.iinfo(np.int64).min // 4
SEED: Final = 20260101
MOST_SPLIT: Final = 9  # 255 splits of each; a larger cluster is kept unless a smaller split was asked for


def undominated(clusters: Clusters, bonus: Whole, plots: int) -> NDArray[np.bool_]:
    """True for the clusters to keep. Rows see members only, so equal members with no smaller bonus make a split as good.

    Clusters must come in order of size. A part is looked up by the sum of random marks of its members and then
    compared member by
    member, so that no collision can drop a cluster that is needed.
    """
    book = _Book(clusters, bonus, plots)
    keep = np.ones(len(clusters), dtype=bool)
    for size in np.unique(clusters.sizes).tolist():
        if 2 <= size <= MOST_SPLIT:
            ids = np.flatnonzero(clusters.sizes == size)
            best = _best_split(book, ids, size)
            keep[ids] = best < bonus[ids]
            book.best[ids] = np.maximum(book.best[ids], best)
    return keep


class _Book:
    """Where a set of plots stands among the clusters, and the best bonus its members can bring."""

    def __init__(self, clusters: Clusters, bonus: Whole, plots: int) -> None:
        self.clusters = clusters
        self.best = bonus.copy()
        self.marks: Marks = np.random.default_rng(SEED).integers(1, 2**63, plots, dtype=np.uint64)
        running = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(self.marks[clusters.member], dtype=np.uint64)])
        sums = running[clusters.start[1:]] - running[clusters.start[:-1]]
        self.order = np.argsort(sums, kind="stable")
        self.sums = sums[self.order]

    def value(self, members: Whole) -> Whole:
        """Best bonus of each row of plots, NOTHING where they are no cluster."""
        wanted = self.marks[members].sum(axis=1, dtype=np.uint64)
        place = np.minimum(np.searchsorted(self.sums, wanted), len(self.sums) - 1)
        found = self.order[place]
        size = members.shape[1]
        same = (self.sums[place] == wanted) & (self.clusters.sizes[found] == size)
        rows = np.flatnonzero(same)
        held = self.clusters.member[self.clusters.start[found[rows]][:, None] + np.arange(size)]
        same[rows] = (held == members[rows]).all(axis=1)
        return np.where(same, self.best[found], NOTHING)


def _best_split(book: _Book, ids: Whole, size: int) -> Whole:
    members = book.clusters.member[book.clusters.start[ids][:, None] + np.arange(size)].astype(np.int64)
    best = np.full(len(ids), NOTHING, dtype=np.int64)
    for mask in range(1, 2 ** (size - 1)):
        one = [at for at in range(size) if mask >> at & 1]
        other = [at for at in range(size) if not mask >> at & 1]
        best = np.maximum(best, book.value(members[:, one]) + book.value(members[:, other]))
    return best
