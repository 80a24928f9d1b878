"""From scores to grades: cuts by rank share, by score, or in two stages, with every border declared."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tenglong.domain.evaluation.sourced import Based, Part

Share = Annotated[Decimal, Field(gt=0, lt=100)]
Rounding = Literal["floor", "ceil", "half_up"]


class CountsInN(Part):
    """Who stands in the denominator n and holds a rank, besides those that simply are graded."""

    ungraded: bool
    vetoed: bool
    protected: bool = True


class SmallGroup(Part):
    """A group of fewer than `min` ranked members is not cut by share: `ungraded`, merged, or cut by `score_cut`."""

    min: Annotated[int, Field(ge=1)]
    below: Literal["ungraded", "merge", "score_cut", "as_usual"]
    merge_with: str = ""
    score_cut: dict[str, Decimal] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _what_below_needs(self) -> SmallGroup:
        if self.below == "merge" and not self.merge_with:
            raise ValueError("small_group 写了 merge，须写明 merge_with")
        if self.below == "score_cut" and not self.score_cut:
            raise ValueError("small_group 写了 score_cut，须给出各等级的分数线")
        return self


class Ordered(Based):
    #: best first
    order: tuple[str, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _no_repeat(self) -> Ordered:
        if len(set(self.order)) != len(self.order):
            raise ValueError("等级 order 里有重复")
        return self


def _falls(cuts: dict[str, Decimal], order: tuple[str, ...], rising: bool) -> None:
    """Every grade but the last has a cut, in order, strictly rising (shares) or falling (scores)."""
    if tuple(cuts) != order[:-1]:
        raise ValueError(f"cuts 须按 order 逐级给出：{'、'.join(order[:-1])}（最后一级 {order[-1]} 是其余）")
    values = list(cuts.values())
    for better, worse in zip(values, values[1:], strict=False):
        if (better >= worse) if rising else (better <= worse):
            raise ValueError("等级分界重叠：各级 cuts 须严格" + ("递增" if rising else "递减"))


class RankShare(Ordered):
    """`cuts`: cumulative share in percent from the best on. Counted from the top: grade g or better holds rank ≤ K, p·n/100
    rounded; from the bottom: the worse ones number (100 − p)·n/100 rounded. Ranks are by total, equal totals share a rank:
    `all_up` = the best of their places, `all_down` = the worst, `by` = by `tie_by` (an indicator's value, better first),
    then as `then`."""

    method: Literal["rank_share"]
    cuts: dict[str, Share]
    counted_from: Literal["top", "bottom"]
    rounding: Rounding
    ties: Literal["all_up", "all_down", "by"]
    tie_by: str = ""
    then: Literal["all_up", "all_down"] | None = None
    counts_in_n: CountsInN
    small_group: SmallGroup

    @model_validator(mode="after")
    def _whole(self) -> RankShare:
        _falls(dict(self.cuts), self.order, rising=True)
        if self.ties == "by" and not (self.tie_by and self.then):
            raise ValueError("ties: by 须写明 tie_by（哪项指标）和 then（仍相同时 all_up 或 all_down）")
        return self


class ScoreCut(Ordered):
    """`cuts`: the least total (inclusive) of each grade but the last."""

    method: Literal["score"]
    cuts: dict[str, Decimal]
    counts_in_n: CountsInN

    @model_validator(mode="after")
    def _whole(self) -> ScoreCut:
        _falls(self.cuts, self.order, rising=False)
        return self


class Stage(Part):
    """Members of one half in the order of `by` (an expression over points and measures, greater first)."""

    by: str
    grade: str
    share: Share
    rounding: Rounding


class TwoStage(Ordered):
    """F5: the better `half` by total is re-ordered by `top.by`, its first `top.share` % of all n become `top.grade`; the other
    half by `bottom.by`, its last `bottom.share` % of all n become `bottom.grade`; the rest are `rest`."""

    method: Literal["two_stage"]
    half: Share
    half_rounding: Rounding
    top: Stage
    bottom: Stage
    rest: str
    ties: Literal["all_up", "all_down"]
    counts_in_n: CountsInN

    @model_validator(mode="after")
    def _known_grades(self) -> TwoStage:
        for grade in (self.top.grade, self.bottom.grade, self.rest):
            if grade not in self.order:
                raise ValueError(f"等级 {grade} 不在 order 里")
        if self.top.share > self.half or self.bottom.share > 100 - self.half:
            raise ValueError("两段各自的比例不能超过该段的一半")
        return self


Grades = Annotated[RankShare | ScoreCut | TwoStage, Field(discriminator="method")]
