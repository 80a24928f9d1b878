"""`clearance/<id>@<version>.yaml`: kinds of taking with their steps, items of compensation, reasons, limits, soil papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from pydantic import Field, model_validator

from tenglong.domain.casework.definition import Id, Ids
from tenglong.domain.evaluation.sourced import Based, Part
from tenglong.domain.landing.clocks import Clock

KIND: Final = "clearance"
Stage = Literal["signed", "funded", "vacated", "demolished", "delivered"]
STAGES: Final[tuple[Stage, ...]] = ("signed", "funded", "vacated", "demolished", "delivered")


class StepClock(Clock):
    """`start`: the step of the same kind from whose day the term is counted."""

    start: Id = Field(alias="from")


class TakingStep(Based):
    """`survey`: may be done while the matter is only surveyed; `starts`: the paper by which the taking begins; `decides`: the
    decision itself. `opens`: stages of holders that may not come before it. `optional`: only where it is called for. `money`:
    its paper tells amounts, so it is for those who may see them, and a second person decides a correction."""

    id: Id
    label: str = Field(min_length=1)
    document: str = ""
    after: Ids = ()
    survey: bool = False
    starts: bool = False
    decides: bool = False
    optional: bool = False
    money: bool = False
    opens: tuple[Stage, ...] = ()
    clocks: tuple[StepClock, ...] = ()


class Taking(Based):
    """One kind of taking. `decision_word`: what the screens call its decision."""

    label: str = Field(min_length=1)
    decision_word: str = Field(min_length=1)
    steps: tuple[TakingStep, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _steps(self) -> Taking:
        seen: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f"步骤“{step.id}”重复")
            if strange := sorted({*step.after, *(clock.start for clock in step.clocks)} - seen):
                raise ValueError(f"步骤“{step.id}”的 after、from 里没有排在它前面的 {'、'.join(strange)}")
            seen.add(step.id)
        for name in ("starts", "decides"):
            if sum(getattr(step, name) for step in self.steps) != 1:
                raise ValueError(f"每种方式要有且只有一个步骤写 {name}: true")
        if late := [step.id for step in self.steps[self._start :] if step.survey]:
            raise ValueError(f"步骤“{late[0]}”排在启动之后，不能写 survey")
        return self

    @property
    def _start(self) -> int:
        return next(at for at, step in enumerate(self.steps) if step.starts)

    def step(self, id_: str) -> TakingStep:
        """Raises LookupError with a sentence."""
        for one in self.steps:
            if one.id == id_:
                return one
        raise LookupError(f"“{self.label}”没有步骤“{id_}”，可用：{'、'.join(one.id for one in self.steps)}")

    @property
    def starting(self) -> TakingStep:
        return self.steps[self._start]

    @property
    def deciding(self) -> TakingStep:
        return next(step for step in self.steps if step.decides)


class ItemKind(Based):
    """An item of compensation. `low`, `high`: 元 per unit, both included; None where the policy sets no end."""

    label: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    low: Decimal | None = Field(default=None, ge=0)
    high: Decimal | None = Field(default=None, ge=0)
    note: str = ""

    @model_validator(mode="after")
    def _order(self) -> ItemKind:
        if self.low is not None and self.high is not None and self.high < self.low:
            raise ValueError(f"“{self.label}”的 high 小于 low")
        return self


class Reason(Based):
    """Why a holder has not signed: a matter of procedure, with the office's next step. Never of health, kin or petitions."""

    label: str = Field(min_length=1)
    next: str = Field(min_length=1)


class Limit(Based):
    """Payments of `limit` 元 or more need the second decision; several within `days` that each reach `near` of it and together
    reach it look split."""

    limit: Decimal = Field(gt=0)
    near: Decimal = Field(gt=0, lt=1)
    days: int = Field(gt=0)


class Consistency(Based):
    """`spread`: share by which a unit price may lie off the median of like items; `revalued`: change of a valuation to be told;
    `least`: like items from which a median means anything."""

    spread: Decimal = Field(gt=0, lt=1)
    revalued: Decimal = Field(ge=0, lt=1)
    least: int = Field(ge=3)
    split: Limit


class SoilGate(Based):
    """Labels of the papers that land of a key unit asks for; sentences name them."""

    demolition: str = Field(min_length=1)
    delivery: str = Field(min_length=1)


class ClearancePolicy(Part):
    """`clearance/<id>@<version>.yaml` without its header. `keep_years`: how long personal data stay after the end."""

    name: str = Field(min_length=1)
    kinds: dict[Id, Taking] = Field(min_length=1)
    items: dict[Id, ItemKind] = Field(min_length=1)
    reasons: dict[Id, Reason] = Field(min_length=1)
    consistency: Consistency
    soil: SoilGate
    keep_years: int = Field(gt=0, le=30)

    def kind(self, id_: str) -> Taking:
        """Raises LookupError with a sentence."""
        if id_ not in self.kinds:
            raise LookupError(f"没有“{id_}”这种征迁方式，可用：{'、'.join(self.kinds)}")
        return self.kinds[id_]
