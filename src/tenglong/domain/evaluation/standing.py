"""Rank and grade of one enterprise among the totals of its group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.evaluation.grading import Grades, RankShare, ScoreCut, Stage, TwoStage
from tenglong.domain.evaluation.placing import by_rank, by_score, small, stage_counts

Doubles = NDArray[np.float64]
Known = NDArray[np.bool_]
#: tie_by or a stage's expression → what everyone is ordered by, greater first
Order = Callable[[str], Doubles]


@dataclass(frozen=True)
class Place:
    """Competition rank among n; `grade` None: the group is not divided."""

    rank: int
    n: int
    grade: str | None


def rank_of(values: Doubles, at: int, worst: bool) -> int:
    """Rank of `values[at]`, greater first; `worst`: equals share the worst of their places."""
    mine = values[at]
    return int((values >= mine).sum()) if worst else int((values > mine).sum()) + 1


def place_of(grades: Grades, totals: Doubles, ranked: Known, at: int, decimals: int, order: Order) -> Place:
    """Where `at` stands among `ranked` (it is counted with them) when totals × 10^decimals are `totals`."""
    inside = ranked.copy()
    inside[at] = True
    held, here, n = totals[inside], int(inside[:at].sum()), int(inside.sum())
    worst = isinstance(grades, RankShare | TwoStage) and grades.ties == "all_down"
    rank = rank_of(held, here, worst)
    if isinstance(grades, RankShare) and grades.ties == "by":
        rank = _tied(grades, held, order(grades.tie_by)[inside], here)
    if isinstance(grades, TwoStage):
        return Place(rank, n, _two_stage(grades, inside, held, here, order))
    return Place(rank, n, _grade(grades, rank, n, Fraction(int(held[here]), 10**decimals)))


def _tied(grades: RankShare, totals: Doubles, by: Doubles, at: int) -> int:
    """Equal totals are told apart by `by`, then by `then`; a missing one comes last."""
    filled = np.where(np.isnan(by), -np.inf, by)
    equal = totals == totals[at]
    above = int((totals > totals[at]).sum()) + int((equal & (filled > filled[at])).sum())
    return above + (int((equal & (filled == filled[at])).sum()) if grades.then == "all_down" else 1)


def _grade(grades: RankShare | ScoreCut, rank: int, n: int, total: Fraction) -> str | None:
    if isinstance(grades, ScoreCut):
        return by_score(grades.order, grades.cuts, total)
    if not small(grades, n):
        return by_rank(grades, rank, n)
    few = grades.small_group
    return by_score(grades.order, few.score_cut, total) if few.below == "score_cut" else None


def _two_stage(grades: TwoStage, inside: Known, totals: Doubles, at: int, order: Order) -> str:
    half, top, bottom = stage_counts(grades, len(totals))
    worst = grades.ties == "all_down"
    ranks = _ranks(totals, worst)
    better = ranks <= half
    chosen: Any = better if better[at] else ~better
    stage: Stage = grades.top if better[at] else grades.bottom
    values = order(stage.by)[inside][chosen]
    values = np.where(np.isnan(values), -np.inf, values)
    rank = rank_of(values, int(chosen[:at].sum()), worst)
    if better[at]:
        return grades.top.grade if rank <= top else grades.rest
    return grades.bottom.grade if rank > len(values) - bottom else grades.rest


def _ranks(totals: Doubles, worst: bool) -> NDArray[Any]:
    """Competition ranks, greater first; `worst`: equals at the worst of their places."""
    ordered = np.sort(-totals)
    return np.searchsorted(ordered, -totals, side="right") if worst else np.searchsorted(ordered, -totals, side="left") + 1
