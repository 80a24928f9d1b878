"""Who is whose neighbour: an undirected graph of plots in plain arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]
Offsets = NDArray[np.int64]
Metres = NDArray[np.float64]
Members = Sequence[int] | NDArray[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Csr:
    """Neighbours of plot i are index[start[i]:start[i + 1]], ascending."""

    start: Offsets
    index: Indices

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return iter((self.start, self.index))


@dataclass(frozen=True, eq=False)
class Graph:
    """n plots and their neighbour pairs.

    edges: int32 (m, 2), each pair once, smaller index first, sorted. lengths: float64 (m,), metres of shared edge, 0 where only
    a narrow road lies between. `Graph.of` brings pairs in any order into this shape. Raises ValueError for anything else.
    """

    n: int
    edges: Indices
    lengths: Metres

    def __post_init__(self) -> None:
        edges = np.ascontiguousarray(self.edges, dtype=np.int32).reshape(-1, 2)
        lengths = np.ascontiguousarray(self.lengths, dtype=np.float64)
        _refuse_wrong(self.n, edges, lengths)
        for name, value in (("edges", edges), ("lengths", lengths)):
            value = value.view()
            value.flags.writeable = False
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, n: int, pairs: Any, lengths: Any = None) -> Graph:
        """Pairs in any order; a pair told twice keeps its greatest length; a plot is no neighbour of its own."""
        given = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        metres = np.zeros(len(given)) if lengths is None else np.asarray(lengths, dtype=np.float64)
        if len(metres) != len(given):
            raise ValueError(f"相邻关系有 {len(given)} 对，长度却有 {len(metres)} 个")
        if given.size and (given.min() < 0 or given.max() >= n):
            raise ValueError(f"相邻关系中的序号超出 0 至 {n - 1}")
        other = given[:, 0] != given[:, 1]
        given, metres = np.sort(given[other], axis=1), metres[other]
        keys, inverse = np.unique(given[:, 0] * n + given[:, 1], return_inverse=True)
        longest = np.zeros(len(keys))
        np.maximum.at(longest, inverse, metres)
        edges = np.column_stack([keys // max(n, 1), keys % max(n, 1)]).astype(np.int32)
        return cls(n, edges, longest)

    def neighbours(self) -> Csr:
        """Both directions of every pair as CSR (start int64 n+1, index int32)."""
        return self._csr

    @cached_property
    def _csr(self) -> Csr:
        tail = np.concatenate([self.edges[:, 0], self.edges[:, 1]])
        head = np.concatenate([self.edges[:, 1], self.edges[:, 0]])
        order = np.lexsort((head, tail))
        start = np.zeros(self.n + 1, dtype=np.int64)
        np.cumsum(np.bincount(tail, minlength=self.n), out=start[1:])
        return Csr(start, np.ascontiguousarray(head[order], dtype=np.int32))

    def of_plot(self, plot: int) -> Indices:
        """Neighbours of one plot, ascending."""
        start, index = self._csr
        return index[start[plot]:start[plot + 1]]

    def subgraph(self, members: Members) -> Graph:
        """The graph among `members`, renumbered in the order given."""
        chosen = self._checked(members)
        place = np.full(self.n, -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        ends = place[self.edges]
        inside = (ends >= 0).all(axis=1)
        return Graph.of(len(chosen), ends[inside], self.lengths[inside])

    def components(self, members: Members | None = None) -> Indices:
        """One label per plot (or per member, in the order given); labels count from 0 in order of first appearance."""
        if members is not None:
            return self.subgraph(members).components()
        root = np.arange(self.n, dtype=np.int64)
        while True:
            ends = root[self.edges]
            apart = ends[:, 0] != ends[:, 1]
            if not apart.any():
                break
            ends = ends[apart]
            np.minimum.at(root, ends.max(axis=1), ends.min(axis=1))
            root = _flattened(root)
        return np.unique(root, return_inverse=True)[1].astype(np.int32)  # a root is the smallest of its component

    def is_connected(self, members: Members) -> bool:
        """Whether one can walk between any two members through members. Empty: False; one: True."""
        if len(members) <= 1:
            return len(members) == 1
        inside = {int(one) for one in members}
        start, index = self._csr
        first = next(iter(inside))
        reached, front = {first}, [first]
        while front:
            plot = front.pop()
            fresh = inside.intersection(index[start[plot]:start[plot + 1]].tolist()) - reached
            reached |= fresh
            front.extend(fresh)
        return len(reached) == len(inside)

    def _checked(self, members: Members) -> Offsets:
        chosen = np.asarray(members, dtype=np.int64).ravel()
        if chosen.size and (chosen.min() < 0 or chosen.max() >= self.n):
            raise ValueError(f"地块序号超出 0 至 {self.n - 1}")
        if len(np.unique(chosen)) != len(chosen):
            raise ValueError("同一地块在清单中出现两次")
        return chosen


def _flattened(root: Offsets) -> Offsets:
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root
        root = above


def _refuse_wrong(n: int, edges: Indices, lengths: Metres) -> None:
    if n < 0 or len(edges) != len(lengths):
        raise ValueError(f"相邻关系有 {len(edges)} 对，长度却有 {len(lengths)} 个（地块 {n} 个）")
    if not len(edges):
        return
    if edges.min() < 0 or edges.max() >= n:
        raise ValueError(f"相邻关系中的序号超出 0 至 {n - 1}")
    keys = edges[:, 0].astype(np.int64) * n + edges[:, 1]
    if (edges[:, 0] >= edges[:, 1]).any() or (np.diff(keys) <= 0).any():
        raise ValueError("相邻关系须每对一次、小号在前、依次排列；请用 Graph.of 建立")
    if not np.isfinite(lengths).all() or (lengths < 0).any():
        raise ValueError("共边长度须为不小于零的米数")
