"""Where the borders lie: last rank of each grade for n ranked members, and the grade of a rank or a total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.figures import plain
from tenglong.domain.evaluation.grading import Grades, RankShare, Rounding, ScoreCut, TwoStage


@dataclass(frozen=True)
class Cut:
    """A grade, what bounds it (cumulative share in percent, or least total), and the last rank it takes (None: not known)."""

    grade: str
    upto: str | None
    last_rank: int | None


def rounded(value: Fraction, how: Rounding) -> int:
    """Whole number of places; `half_up` counts ½ upwards."""
    if how == "half_up":
        return (value + Fraction(1, 2)).__floor__()
    return value.__ceil__() if how == "ceil" else value.__floor__()


def last_ranks(grades: RankShare, n: int) -> dict[str, int]:
    """Last rank of every grade among `n`: from the top K = p·n/100, from the bottom n − (100 − p)·n/100, each rounded."""
    found: dict[str, int] = {}
    for grade, share in grades.cuts.items():
        exact = Fraction(share) * n / 100
        top = grades.counted_from == "top"
        found[grade] = rounded(exact, grades.rounding) if top else n - rounded(n - exact, grades.rounding)
    return {**found, grades.order[-1]: n}


def by_rank(grades: RankShare, rank: int, n: int) -> str:
    """Grade of a rank among n."""
    return next(grade for grade, last in last_ranks(grades, n).items() if rank <= last or grade == grades.order[-1])


def by_score(order: tuple[str, ...], cuts: Mapping[str, Decimal], total: Fraction) -> str:
    """Grade of a rounded total; the least total of a grade belongs to it."""
    return next((grade for grade, least in cuts.items() if total >= Fraction(least)), order[-1])


def small(grades: Grades, n: int) -> bool:
    """Whether the group is too small to be cut by share."""
    return isinstance(grades, RankShare) and n < grades.small_group.min and grades.small_group.below != "as_usual"


def cuts_of(grades: Grades, n: int | None, counted: Mapping[str, int] | None = None) -> list[Cut]:
    """Every grade with its border; `counted`: last rank of each grade where only the field itself can tell (cuts by score)."""
    if isinstance(grades, TwoStage):
        return _two_stage(grades)
    if isinstance(grades, RankShare) and not (n is not None and small(grades, n)):
        lasts: Mapping[str, int] = {} if n is None else last_ranks(grades, n)
        shares = {**{grade: plain(share) for grade, share in grades.cuts.items()}, grades.order[-1]: "100"}
        return [Cut(grade, shares[grade], lasts.get(grade)) for grade in grades.order]
    scores = grades.cuts if isinstance(grades, ScoreCut) else _small_scores(grades)
    known = counted or {}
    if not scores:
        return []
    return [Cut(grade, plain(scores[grade]) if grade in scores else None, known.get(grade)) for grade in grades.order]


def _small_scores(grades: RankShare) -> Mapping[str, Decimal]:
    return grades.small_group.score_cut if grades.small_group.below == "score_cut" else {}


def stage_counts(grades: TwoStage, n: int) -> tuple[int, int, int]:
    """Members of the better half, of the top grade, of the bottom grade, among n."""
    half = rounded(Fraction(grades.half) * n / 100, grades.half_rounding)
    top = rounded(Fraction(grades.top.share) * n / 100, grades.top.rounding)
    return half, top, rounded(Fraction(grades.bottom.share) * n / 100, grades.bottom.rounding)


def _two_stage(grades: TwoStage) -> list[Cut]:
    """Shares only: each half has its own order, so no rank by total bounds a grade."""
    rest = plain(100 - grades.bottom.share)
    upto = {grades.top.grade: plain(grades.top.share), grades.rest: rest, grades.bottom.grade: "100"}
    return [Cut(grade, share, None) for grade, share in upto.items()]
