"""What is said to questions about a plan: a binding rule, the worth of a plot, a point of the frontier, a tornado's bar."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tenglong.domain.renewal.portfolio.answer import Answer
from tenglong.domain.renewal.portfolio.parts import Aim, Part, Target
from tenglong.domain.renewal.portfolio.words import about_text, fen_text, share_text


@dataclass(frozen=True)
class Binding:
    """A rule whose easing would better the plan: by about `brings` 分 for one more `unit` (a 万元, a 亩…), at the
    relaxed problem's
    price; whole plots move in jumps. `slack`: what is left unused."""

    part: Part
    brings: float
    unit: str
    slack: int

    def words(self) -> str:
        ease = "放低" if isinstance(self.part, Target) else "增加"
        return f"{self.part.words()}：每{ease} {self.unit}，按价格约改善 {fen_text(round(self.brings))}"

    def as_json(self) -> dict[str, Any]:
        return {"part": self.part.words(), "brings_fen": round(self.brings, 4), "unit": self.unit, "slack": self.slack}


@dataclass(frozen=True)
class Worth:
    """Without `key` the plan is worse by at least `at_least` and at most `at_most` 分 (None: unknown); `shortfall`:
    further unmet share
    of the targets. `solved`: solved again without the plot, else proven from prices alone."""

    key: str
    at_least: int
    at_most: int | None
    shortfall: float
    solved: bool
    lost: bool = False
    shortfall_most: float | None = None  # the plan less the plot misses the targets by at most so much more

    def words(self, aim: Aim) -> str:
        if self.lost:
            return f"{self.key}：没有它就没有方案"
        if self.shortfall > 0:
            return f"{self.key}：没有它，目标缺口增加 {share_text(self.shortfall)}"
        if self.at_most is None and self.shortfall_most is not None:
            return f"{self.key}：没有它，目标缺口至多增加 {share_text(self.shortfall_most)}"
        verb = "多花" if aim is Aim.CHEAPEST else "少得"
        low, high = about_text(self.at_least), about_text(self.at_most) if self.at_most is not None else "未知"
        return f"{self.key}：没有它{verb} {low}" + ("" if self.at_least == self.at_most else f" 至 {high}")

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Point:
    """One point of the frontier."""

    budget: int
    answer: Answer

    def as_json(self) -> dict[str, Any]:
        out = self.answer
        return {
            "budget": self.budget,
            "status": str(out.status),
            "gap": out.gap,
            "cost": out.totals.get("cost"),
            "uplift": out.totals.get("uplift"),
            "land": out.totals.get("land"),
            "proofs": [proof.as_json() for proof in out.proofs],
        }


@dataclass(frozen=True)
class End:
    """The plan at one end of a bar: `shortfall` of the targets, `value` net uplift or net cost in 分; `found` False: no plan
    there, or none in time (`solved` False)."""

    found: bool
    solved: bool
    shortfall: float = 0.0
    value: float = 0.0
    gap: float | None = None

    def words(self, aim: Aim) -> str:
        if not self.solved:
            return "没有算完"
        if not self.found:
            return "没有方案"
        noun = "净花费" if aim is Aim.CHEAPEST else "净增收"
        short = f"，目标缺口 {share_text(self.shortfall)}" if self.shortfall > 0 else ""
        return f"{noun} {about_text(round(self.value))}{short}"

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Bar:
    """One thing that was changed alone, by `share` down and up."""

    what: str
    share: Fraction
    low: End
    high: End

    @property
    def swing(self) -> tuple[float, float]:
        """How far the plan moves: first the shortfall, then the value; an end without a plan moves it most of all."""
        if not (self.low.found and self.high.found):
            known = self.low.solved and self.high.solved
            return (float("inf"), 0.0) if known else (-1.0, 0.0)
        return abs(self.high.shortfall - self.low.shortfall), abs(self.high.value - self.low.value)

    def words(self, aim: Aim) -> str:
        percent = f"{float(self.share) * 100:g}%"
        return f"{self.what}：低 {percent} {self.low.words(aim)}；高 {percent} {self.high.words(aim)}"

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "share": float(self.share), "low": self.low.as_json(), "high": self.high.as_json()}
