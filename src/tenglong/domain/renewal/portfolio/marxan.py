"""Reading the four tables of the Marxan format and the problem they state: the cheapest set of units that keeps enough of every
feature, with a penalty for its boundary. Format: Marxan User Manual, "input files" (pu, spec, puvspr, bound).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FREE: Final = 0
LOCKED_IN: Final = 2
LOCKED_OUT: Final = 3
FILES: Final = ("pu", "spec", "puvspr", "bound")


class MarxanError(ValueError):
    """A table that cannot be read; the message is a Chinese sentence."""


@dataclass(frozen=True, eq=False)
class Reserve:
    """`cost`, `status` (0 or 1 free, 2 in, 3 out), `own` boundary (length to no other unit) per unit; `amount` as
    (unit, feature, value);
    `target` per feature; `edges` (m, 2) with `lengths`. Minimise Σ cost·x + penalty·(boundary of the set)."""

    names: tuple[str, ...]
    features: tuple[str, ...]
    cost: Floats
    status: Ints
    own: Floats
    unit: Ints
    feature: Ints
    value: Floats
    target: Floats
    edges: Ints
    lengths: Floats

    def totals(self) -> Floats:
        """Sum of each feature over all units."""
        return _added(self.feature, self.value, len(self.features))

    def held(self, chosen: NDArray[np.bool_]) -> Floats:
        """Sum of each feature over the chosen units."""
        return _added(self.feature, self.value * chosen[self.unit], len(self.features))

    def boundary(self, chosen: NDArray[np.bool_]) -> float:
        """Length of the outline of the chosen units."""
        cut = chosen[self.edges[:, 0]] != chosen[self.edges[:, 1]] if len(self.edges) else np.zeros(0, dtype=bool)
        return float(self.own[chosen].sum() + self.lengths[cut].sum())

    def worth(self, chosen: NDArray[np.bool_], penalty: float) -> float:
        """Cost and penalised boundary."""
        return float(self.cost[chosen].sum()) + penalty * self.boundary(chosen)


def read_reserve(texts: Mapping[str, str], target: float | None = None) -> Reserve:
    """`texts`: the files by name (`bound` may be missing). `target`: share of every feature, None takes `prop` or
    `target` of spec.

    Raises MarxanError.
    """
    if lost := [name for name in FILES[:3] if name not in texts]:
        raise MarxanError(f"缺少 {'、'.join(f'{name}.dat' for name in lost)}")
    pu, spec = _rows("pu", texts["pu"], ("id",)), _rows("spec", texts["spec"], ("id",))
    units = {row["id"]: at for at, row in enumerate(pu)}
    features = {row["id"]: at for at, row in enumerate(spec)}
    amounts = _rows("puvspr", texts["puvspr"], ("species", "pu", "amount"))
    unit, feature = _places("puvspr", amounts, "pu", units), _places("puvspr", amounts, "species", features)
    value = _numbers("puvspr", amounts, "amount")
    totals = _added(feature, value, len(features))
    own, edges, lengths = _edges(texts.get("bound", ""), units)
    return Reserve(
        tuple(units),
        tuple(row.get("name") or row["id"] for row in spec),
        _numbers("pu", pu, "cost", 1.0),
        _numbers("pu", pu, "status", 0.0).astype(np.int64),
        own,
        unit,
        feature,
        value,
        _targets(spec, totals, target),
        edges,
        lengths,
    )


def _added(place: Ints, value: Floats, count: int) -> Floats:
    return np.bincount(place, weights=value, minlength=count).astype(np.float64)


def _targets(spec: list[dict[str, str]], totals: Floats, share: float | None) -> Floats:
    if share is not None:
        return totals * share
    if spec and "prop" in spec[0]:
        return totals * _numbers("spec", spec, "prop")
    if spec and "target" in spec[0]:
        return _numbers("spec", spec, "target")
    raise MarxanError("spec.dat 没有 prop 或 target 列，请用 --target 给出份额")


def _rows(name: str, text: str, needed: Iterable[str]) -> list[dict[str, str]]:
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    mark = next((mark for mark in (",", "\t", ";") if mark in head), " ")
    reader = csv.DictReader(StringIO(text.lstrip("\ufeff")), delimiter=mark, skipinitialspace=True)
    names = [word.strip().strip('"').lower() for word in reader.fieldnames or []]
    reader.fieldnames = names
    if lost := [word for word in needed if word not in names]:
        raise MarxanError(f"{name}.dat 缺少列：{'、'.join(lost)}；有：{'、'.join(names)}")
    return [
        {key: (value or "").strip() for key, value in row.items() if key}
        for row in reader
        if any((value or "").strip() for value in row.values() if isinstance(value, str))
    ]


def _numbers(name: str, rows: list[dict[str, str]], column: str, default: float | None = None) -> Floats:
    out = np.empty(len(rows))
    for at, row in enumerate(rows):
        text = row.get(column, "") or ("" if default is None else str(default))
        try:
            out[at] = float(text)
        except ValueError as error:
            raise MarxanError(f"{name}.dat 第 {at + 2} 行的 {column} 是“{text}”，不是数") from error
    if not np.isfinite(out).all():
        raise MarxanError(f"{name}.dat 的 {column} 列里有不是有限数的值")
    return out


def _places(name: str, rows: list[dict[str, str]], column: str, known: dict[str, int]) -> Ints:
    lost = sorted({row[column] for row in rows if row[column] not in known})
    if lost:
        raise MarxanError(f"{name}.dat 的 {column} 里有不认识的编号：{'、'.join(lost[:5])}")
    return np.array([known[row[column]] for row in rows], dtype=np.int64)


def _edges(text: str, units: dict[str, int]) -> tuple[Floats, Ints, Floats]:
    """Own boundary per unit (id1 = id2), and shared edges, each pair once."""
    own = np.zeros(len(units))
    rows = _rows("bound", text, ("id1", "id2", "boundary")) if text.strip() else []
    first, second = _places("bound", rows, "id1", units), _places("bound", rows, "id2", units)
    length = _numbers("bound", rows, "boundary")
    if (length < 0).any():
        raise MarxanError("bound.dat 里有负的边界长度")
    same = first == second
    np.add.at(own, first[same], length[same])
    low, high = np.minimum(first, second)[~same], np.maximum(first, second)[~same]
    keys, inverse = np.unique(low * len(units) + high, return_inverse=True)
    # a pair told from both sides is one edge
    longest = np.zeros(len(keys))
    np.maximum.at(longest, inverse, length[~same])
    return own, np.column_stack([keys // max(len(units), 1), keys % max(len(units), 1)]), longest
