"""What a solve hands back: the plan, its figures, and how far it can be from the best."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tenglong.domain.renewal.portfolio.parts import Aim, Measure, Part, Problem, amount_text
from tenglong.domain.renewal.portfolio.window import Pick
from tenglong.domain.renewal.portfolio.words import about_text, mu_text, share_text


class Status(StrEnum):
    """`PROVEN`: within the gap asked for; `STOPPED`: time or a person ended it, the gap is what was reached; `NONE`:
    no plan exists
    (proven); `UNKNOWN`: time ended before a plan was found."""

    PROVEN = "proven"
    STOPPED = "stopped"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Chosen:
    """One plot of the plan. `project` numbers the clusters; figures are those of its option."""

    key: str
    route: str
    year: int
    project: int
    land_cm2: int
    cost: int
    uplift: int
    jobs_gained: int
    jobs_lost: int

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Reached:
    """What the plan brings to one rule: `reached` in the unit of the part, `missing` above 0 for a target that is missed."""

    part: Part
    reached: int
    asked: int
    missing: int

    def words(self) -> str:
        state = f"差 {self._amount(self.missing)}" if self.missing else f"得 {self._amount(self.reached)}"
        return f"{self.part.words()}：{state}"

    def _amount(self, amount: int) -> str:
        measure = getattr(self.part, "measure", None)
        return amount_text(measure, amount) if isinstance(measure, Measure) else about_text(amount)

    def as_json(self) -> dict[str, Any]:
        return {"part": self.part.words(), "reached": self.reached, "asked": self.asked, "missing": self.missing}


@dataclass(frozen=True)
class Proof:
    """One objective: `value` of the plan, `bound` that no plan passes, `gap` between them as a share (of the value;
    of the targets for a
    shortfall). Shortfalls and costs are told as they are: the smaller the better."""

    what: str
    value: float
    bound: float
    gap: float

    def words(self) -> str:
        return f"{self.what} {self._told(self.value)}，界 {self._told(self.bound)}，已证明差距不超过 {share_text(self.gap)}"

    def _told(self, value: float) -> str:
        return share_text(value) if self.what == SHORTFALL else about_text(round(value))

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "value": self.value, "bound": self.bound, "gap": self.gap}


SHORTFALL = "目标缺口"
NAMES = {Aim.LEAST_SHORTFALL: "净增收", Aim.MOST_UPLIFT: "净增收", Aim.CHEAPEST: "净花费"}


@dataclass(frozen=True)
class Answer:
    """`proofs`: one per objective in their order (shortfall first where it is the aim). `choices`: places of the
    chosen choices."""

    problem: Problem
    status: Status
    chosen: tuple[Chosen, ...] = ()
    proofs: tuple[Proof, ...] = ()
    reached: tuple[Reached, ...] = ()
    totals: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    work: dict[str, int] = field(default_factory=dict)
    picks: tuple[Pick, ...] = ()
    conflict: tuple[Part, ...] = ()

    @property
    def gap(self) -> float | None:
        """The largest proven gap of the objectives, None without a plan."""
        return max((proof.gap for proof in self.proofs), default=None) if self.found else None

    @property
    def found(self) -> bool:
        return self.status in (Status.PROVEN, Status.STOPPED)

    @property
    def value(self) -> float:
        """Of the last objective: net uplift, or net cost."""
        return self.proofs[-1].value

    def words(self) -> str:
        """The answer in a few lines of Chinese."""
        if not self.found:
            return self._none()
        total = self.totals
        lines = [
            f"入选 {len(self.chosen)} 宗、{total['projects']} 个项目，用地 {mu_text(total['land'])}，"
            f"花费 {about_text(total['cost'])}，"
            f"年增收 {about_text(total['uplift'])}",
            f"减少岗位 {total['jobs_lost']:,} 个，新增岗位 {total['jobs_gained']:,} 个，安置面积 {total['relocation']:,} ㎡",
        ]
        lines += [proof.words() for proof in self.proofs]
        lines += [one.words() for one in self.reached]
        if self.status is Status.STOPPED:
            lines.append("求解在证明完成前停止，上面的差距是已经证明的")
        return "\n".join([*lines, *self.notes])

    def _none(self) -> str:
        if self.status is Status.UNKNOWN:
            return "时限内没有找到方案，也没有证明不存在；请延长时限"
        parts = "；".join(part.words() for part in self.conflict)
        return f"没有方案：下面这些要求互相冲突，去掉其中任何一条即不再冲突：{parts}" if parts else "没有方案"

    def as_json(self) -> dict[str, Any]:
        """Keys are stable; money 分, land cm²."""
        return {
            "status": str(self.status),
            "seconds": round(self.seconds, 3),
            "gap": self.gap,
            "proofs": [proof.as_json() for proof in self.proofs],
            "totals": self.totals,
            "chosen": [one.as_json() for one in self.chosen],
            "reached": [one.as_json() for one in self.reached],
            "conflict": [part.words() for part in self.conflict],
            "notes": list(self.notes),
            "work": self.work,
        }
