"""`milestones/<id>@<version>.yaml`: what a county counts of a project.

Dated events, pairs of them that are counted in days, lawful waits between them, days that a blocker may stay at a level, and
how output grows from the first product to full output.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from tenglong.domain.casework.definition import Term
from tenglong.domain.evaluation.sourced import Based, Part
from tenglong.domain.landing.clocks import Clock

KIND: Final = "milestones"
#: stages of a project in their order; every policy names each of them
STAGES: Final = (
    "lead", "signed", "approved", "land", "permits", "started", "topped_out", "completed", "producing", "above_scale",
    "full_output",
)
LEVELS: Final = ("team", "park", "county")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]


def _fraction(given: Any) -> Any:
    try:
        return Fraction(str(given))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"“{given}”应写成整数、小数或 1/3 这样的分数") from error


class Exact(Part):
    model_config = {**Part.model_config, "arbitrary_types_allowed": True}


Share = Annotated[Fraction, BeforeValidator(_fraction)]


class Event(Based):
    """A dated event. `of`: of the project as a whole, or also of one phase."""

    label: str = Field(min_length=1)
    per_phase: bool = False
    paper: str = ""  # what proves the day


class Pair(Based):
    """So many days from one event to another: a pledge of the county, never a rule of law."""

    id: Name
    label: str = Field(min_length=1)
    start: Name = Field(alias="from")
    end: Name = Field(alias="to")
    days: int = Field(ge=1, le=3660)
    count: Literal["calendar", "working"] = "calendar"


class Wait(Based):
    """The event `before` may not be dated before the wait that began with the event `after` is over."""

    after: Name
    before: Name
    clock: Clock

    @model_validator(mode="after")
    def _lawful(self) -> Wait:
        if self.clock.kind != "min_wait":
            raise ValueError(f"{self.clock.label}：这里只写法定最短时限（min_wait）")
        return self


class LevelTerm(Based):
    """`escalate` after so many days at the level; `usual` days that it takes there when nobody has said a day."""

    label: str = Field(min_length=1)
    escalate: Term | None = None
    usual: Term


class RampPoint(Exact):
    """At `at` of the time from the first product to full output, the yearly rate is this share of the full output."""

    at: Share
    low: Share
    mid: Share
    high: Share

    @model_validator(mode="after")
    def _order(self) -> RampPoint:
        if not 0 <= self.at <= 1:
            raise ValueError("爬坡点的位置应在 0 到 1 之间")
        if not 0 <= self.low <= self.mid <= self.high <= 2:
            raise ValueError("爬坡比例应是 0 ≤ 低 ≤ 中 ≤ 高 ≤ 2")
        return self


class Ramp(Based):
    """Quantiles (P10, P50, P90) of the share of full output, linear between the points; after the last point it stays."""

    formula: str = Field(min_length=4)
    least: int = Field(ge=1)  # projects with figures before the zone's own history replaces the points
    points: tuple[RampPoint, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _rises(self) -> Ramp:
        places = [point.at for point in self.points]
        if places != sorted(set(places)) or places[0] != 0 or places[-1] != 1:
            raise ValueError("爬坡点应从 0 到 1 依次排列，不能重复")
        return self


class Milestones(Part):
    """The body of the policy."""

    name: str = Field(min_length=1)
    events: dict[Name, Event]
    pairs: tuple[Pair, ...] = ()
    waits: tuple[Wait, ...] = ()
    levels: dict[Literal["team", "park", "county"], LevelTerm]
    answer: Term  # until when a question of a firm is answered
    ramp: Ramp

    @model_validator(mode="after")
    def _whole(self) -> Milestones:
        if lacking := [stage for stage in STAGES if stage not in self.events]:
            raise ValueError(f"缺少阶段：{'、'.join(lacking)}")
        if lacking := [level for level in LEVELS if level not in self.levels]:
            raise ValueError(f"缺少卡点层级：{'、'.join(lacking)}")
        if self.levels[LEVELS[-1]].escalate is not None:
            raise ValueError("最高一级没有再往上的层级，不写 escalate")
        return self

    @model_validator(mode="after")
    def _known(self) -> Milestones:
        asked = {name for pair in self.pairs for name in (pair.start, pair.end)}
        asked |= {name for wait in self.waits for name in (wait.after, wait.before)}
        if unknown := sorted(asked - set(self.events)):
            raise ValueError(f"events 里没有：{'、'.join(unknown)}")
        if len({pair.id for pair in self.pairs}) < len(self.pairs):
            raise ValueError("节点对的 id 重复")
        return self

    @property
    def order(self) -> dict[str, int]:
        """Event → its place in the list, which is the order of the course."""
        return {name: at for at, name in enumerate(self.events)}


def stage_of(done: frozenset[str] | set[str]) -> str:
    """The last stage among the events that happened; the lead when none did."""
    return next((stage for stage in reversed(STAGES) if stage in done), STAGES[0])
