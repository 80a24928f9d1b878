"""Two result tables side by side: who moved and why, the matrix of grades, flows, summaries with their denominators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.evaluation.figures import fixed, share_text, total_text
from tenglong.domain.evaluation.vector import Rows, doubles_in, names_of, values_in

#: what stands for “not graded” among grades
NONE: Final = "—"
#: label of an item, points before, points after
Shift = tuple[str, NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Side:
    """One result table: label (办法或年份) and, for the words, the labels of its indicators and its decimals."""

    label: str
    results: Rows
    decimals: int = 2
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Pair:
    """Both tables over the keys of either; index −1 = not in that table. Grades are places in `grades`, last = none."""

    keys: list[str]
    grades: tuple[str, ...]
    at: tuple[NDArray[np.intp], NDArray[np.intp]]
    codes: tuple[NDArray[np.intp], NDArray[np.intp]]


def compare(before: Side, after: Side, order: Sequence[str], *, movers: int | None = None, reasons: int = 2) -> dict[str, Any]:
    """Difference of two schemes over one year, or of two years, as JSON.

    order: grades, best first. movers: how many to list (None: all), the largest moves first; each names the `reasons` items
    whose points changed most. Keys that only one table has stand as “—” and are counted in `n`.
    """
    both = pair(before, after, order)
    moved = np.flatnonzero(both.codes[0] != both.codes[1])
    return {
        "schema": "tenglong.comparison/1", "from": before.label, "to": after.label, "n": _counts(both),
        "moved": share_text(len(moved), len(both.keys)), "matrix": matrix(both),
        "sankey": sankey(both, before.label, after.label),
        "movers": _movers(both, before, after, moved, movers, reasons),
    }


def pair(before: Side, after: Side, order: Sequence[str]) -> Pair:
    """Rows of both tables joined by key."""
    listed = [values_in(side.results, "key") for side in (before, after)]
    known = [{key: index for index, key in enumerate(keys)} for keys in listed]
    keys = listed[0] if listed[0] == listed[1] else sorted(known[0].keys() | known[1].keys())
    grades = (*order, NONE)
    at = tuple(np.array([places.get(key, -1) for key in keys], dtype=np.intp) for places in known)
    codes = tuple(_codes(side.results, grades)[places] for side, places in zip((before, after), at, strict=True))
    return Pair(keys, grades, (at[0], at[1]), (codes[0], codes[1]))


def _codes(results: Rows, grades: Sequence[str]) -> NDArray[np.intp]:
    """Place of every grade in `grades`, then one more for rows that are not there (index −1)."""
    place = {grade: index for index, grade in enumerate(grades)}
    none = len(grades) - 1
    found = [none if grade is None else place.get(grade, none) for grade in values_in(results, "grade")]
    return np.array([*found, none], dtype=np.intp)


def _counts(both: Pair) -> dict[str, int]:
    here, there = both.at[0] >= 0, both.at[1] >= 0
    none = len(both.grades) - 1
    graded = (both.codes[0] < none) & (both.codes[1] < none)
    return {"all": len(both.keys), "both": int((here & there).sum()), "only_from": int((here & ~there).sum()),
            "only_to": int((~here & there).sum()), "graded_in_both": int(graded.sum()),
            "better": int((graded & (both.codes[1] < both.codes[0])).sum()),
            "worse": int((graded & (both.codes[1] > both.codes[0])).sum())}


def _table(both: Pair) -> NDArray[np.intp]:
    size = len(both.grades)
    return np.bincount(both.codes[0] * size + both.codes[1], minlength=size * size).reshape(size, size)


def matrix(both: Pair) -> dict[str, Any]:
    """Rows: grade before, columns: grade after, with the sums of both and of all."""
    counts = _table(both)
    return {"grades": list(both.grades), "counts": counts.tolist(), "from_totals": counts.sum(axis=1).tolist(),
            "to_totals": counts.sum(axis=0).tolist(), "n": int(counts.sum())}


def sankey(both: Pair, before: str, after: str) -> dict[str, Any]:
    """Nodes (one per grade and side, with their number of enterprises) and links; empty ones are left out."""
    counts = _table(both)
    sums, nodes = (counts.sum(axis=1), counts.sum(axis=0)), list[dict[str, Any]]()
    for side, label in enumerate((before, after)):
        held = [(grade, int(n)) for grade, n in zip(both.grades, sums[side], strict=True) if n]
        nodes += [{"id": f"{side}:{grade}", "side": side, "label": f"{label} {grade}", "grade": grade, "n": n}
                  for grade, n in held]
    links = [{"source": f"0:{both.grades[i]}", "target": f"1:{both.grades[j]}", "value": int(counts[i, j])}
             for i, j in zip(*np.nonzero(counts), strict=True)]
    return {"nodes": nodes, "links": links, "n": int(counts.sum())}


# ---- movers


def _movers(
    both: Pair, before: Side, after: Side, moved: NDArray[np.intp], most: int | None, reasons: int
) -> list[dict[str, Any]]:
    columns = [_Columns(side, places) for side, places in zip((before, after), both.at, strict=True)]
    steps = np.abs(both.codes[1][moved] - both.codes[0][moved])
    change = np.abs(np.nan_to_num(columns[1].points("total")[moved] - columns[0].points("total")[moved]))
    chosen = moved[np.lexsort((moved, -change, -steps))][:most]
    shifts = _shifts(columns[0], columns[1], chosen)
    return [_mover(both, columns, index, _main(shifts, place, reasons)) for place, index in enumerate(chosen)]


class _Columns:
    """Columns of one side in the order of the pair; NaN or None where a key is not there."""

    def __init__(self, side: Side, at: NDArray[np.intp]) -> None:
        self.side, self.at = side, at
        self.names = [name[2:] for name in names_of(side.results) if name.startswith("s_")]
        self.ranks, self.groups = self.points("rank"), values_in(side.results, "group")

    def points(self, name: str) -> NDArray[np.float64]:
        found = np.append(doubles_in(self.side.results, name), np.nan)
        scale = 10.0**self.side.decimals if name == "total" else 1.0
        return found[self.at] / scale

    def told(self, index: int) -> dict[str, Any]:
        place, rank = int(self.at[index]), self.ranks[index]
        if place < 0:
            return {"total": None, "rank": None, "group": None}
        total = self.total(index)
        return {"total": total, "rank": None if np.isnan(rank) else int(rank), "group": self.groups[place]}

    def total(self, index: int) -> str | None:
        value = self._totals[index]
        return None if np.isnan(value) else total_text(round(value * 10**self.side.decimals), self.side.decimals)

    @property
    def _totals(self) -> NDArray[np.float64]:
        if not hasattr(self, "_held"):
            self._held = self.points("total")
        return self._held


def _shifts(before: _Columns, after: _Columns, chosen: NDArray[np.intp]) -> list[Shift]:
    """Points before and after of every item, bonus and deduction, of the chosen rows; what is not there counts 0."""
    labels = {**(before.side.labels or {}), **(after.side.labels or {}), "bonus": "加分", "deduction": "扣分"}
    found = []
    for name in dict.fromkeys([*before.names, *after.names, "bonus", "deduction"]):
        column = name if name in ("bonus", "deduction") else f"s_{name}"
        sides = [np.nan_to_num(one.points(column)[chosen]) if column in names_of(one.side.results) else np.zeros(len(chosen))
                 for one in (before, after)]
        found.append((labels.get(name, name), sides[0], sides[1]))
    return found


def _main(shifts: list[Shift], place: int, most: int) -> list[dict[str, str]]:
    """Items whose points changed most."""
    changed = sorted(((abs(b[place] - a[place]), label, a[place], b[place]) for label, a, b in shifts), key=lambda one: -one[0])
    return [{"label": label, "from": fixed(float(a)), "to": fixed(float(b)), "change": fixed(float(b - a))}
            for size, label, a, b in changed[:most] if size > 0.00005]


def _mover(both: Pair, columns: list[_Columns], index: int, main: list[dict[str, str]]) -> dict[str, Any]:
    old, new = (both.grades[int(codes[index])] for codes in both.codes)
    none = len(both.grades) - 1
    graded = both.codes[0][index] < none and both.codes[1][index] < none
    return {"key": both.keys[index], "from": old, "to": new,
            "steps": int(both.codes[0][index] - both.codes[1][index]) if graded else None,
            "before": columns[0].told(index), "after": columns[1].told(index), "reasons": main,
            "note": "" if main else "各项得分未变，等级变动来自位次、分界、保护或否决"}


# ---- summaries


def summary(results: Rows, by: Sequence[str | None], order: Sequence[str], decimals: int = 2) -> list[dict[str, Any]]:
    """Grades by town, zone or industry: `by` holds the label of every result row. Each row prints its denominators.

    n: all rows of the label · graded: those with a grade, the denominator of every share. The last row is the whole."""
    codes = _codes(results, (*order, NONE))[:-1]
    totals = doubles_in(results, "total") / 10.0**decimals
    labels = sorted({label or "未登记" for label in by})
    place = {label: index for index, label in enumerate(labels)}
    at = np.array([place[label or "未登记"] for label in by], dtype=np.intp)
    size = len(order) + 1
    counts = np.bincount(at * size + codes, minlength=len(labels) * size).reshape(-1, size)
    known = ~np.isnan(totals)
    sums = np.bincount(at[known], weights=totals[known], minlength=len(labels))
    scored = np.bincount(at[known], minlength=len(labels))
    rows = [_summed(label, counts[i], order, float(sums[i]), int(scored[i])) for i, label in enumerate(labels)]
    return [*rows, _summed("合计", counts.sum(axis=0), order, float(sums.sum()), int(scored.sum()))]


def _summed(label: str, counts: NDArray[Any], order: Sequence[str], total: float, scored: int) -> dict[str, Any]:
    graded = int(counts[:-1].sum())
    return {"label": label, "n": int(counts.sum()), "graded": graded, "scored": scored,
            "mean_total": fixed(total / scored) if scored else None,
            "grades": {grade: _share(int(counts[i]), graded) for i, grade in enumerate(order)}}


def _share(part: int, whole: int) -> dict[str, Any]:
    return {"n": part, "share": share_text(part, whole)}
