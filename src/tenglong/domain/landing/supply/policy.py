"""`land_clocks/<id>@<version>.yaml`: steps of replanning and supply with their clocks, signs of tailored conditions."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator

from tenglong.domain.casework.definition import Id
from tenglong.domain.evaluation.sourced import Based
from tenglong.domain.landing.clocks import Clock

KIND: Final = "land_clocks"
Subject = Literal["control_plan", "tender", "auction", "listing"]
#: what a step means for the record beside its date
Effect = Literal["", "announce", "amend", "open", "confirm", "contract", "finish"]
#: what a notice tells bidders
Fact = Literal["area_cm2", "land_use", "term_years", "start_price_fen", "deposit_fen", "closes_on", "conditions"]


class StepClock(Clock):
    """`start`: the step on whose day the clock begins."""

    start: Id = Field(alias="from")


class Step(Based):
    """`after`: steps that are done before it; `paper`: the document that shows it was done."""

    id: Id
    label: str = Field(min_length=1)
    paper: str = Field(min_length=1)
    after: tuple[Id, ...] = ()
    clocks: tuple[StepClock, ...] = ()
    effect: Effect = ""
    note: str = ""


class Supplement(Based):
    """补充公告: what was told in the notice (`after`) changes before the sale begins (`before`). When one of the `weighty`
    facts changes, `wait` runs anew from the day of the supplementary notice."""

    label: str = Field(min_length=1)
    paper: str = Field(min_length=1)
    after: Id
    before: Id
    clause: str = Field(min_length=1)
    wait: Clock
    weighty: tuple[Fact, ...] = Field(min_length=1)


class Procedure(Based):
    """Steps in the order in which a page shows them."""

    id: Id
    label: str = Field(min_length=1)
    subject: Subject
    steps: tuple[Step, ...] = Field(min_length=1)
    supplement: Supplement | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Procedure:
        seen: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f"流程“{self.label}”里步骤“{step.id}”重复")
            for name in (*step.after, *(clock.start for clock in step.clocks)):
                if name not in seen:
                    raise ValueError(f"步骤“{step.label}”提到的“{name}”不在它之前；after 和 from 只写前面的步骤")
            seen.add(step.id)
        if (more := self.supplement) is not None and (not {more.after, more.before} <= seen or more.wait.kind != "min_wait"):
            raise ValueError(f"流程“{self.label}”的补充公告：after、before 写已有的步骤，wait 是 min_wait")
        return self

    def step(self, name: str) -> Step:
        """Raises KeyError."""
        for step in self.steps:
            if step.id == name:
                return step
        raise KeyError(name)


class Sign(Based):
    """Words in a condition that commonly fit one firm only."""

    id: Id
    label: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)
    why: str = Field(min_length=1)


class Tailored(Based):
    """When a condition looks made for one firm: it raises a question and never decides.

    `few`: told when not more firms of the register than this meet all conditions; `exact_digits`: a figure with at least so
    many significant digits looks copied from one firm.
    """

    few: int = Field(ge=1, le=20)
    exact_digits: int = Field(ge=2, le=12)
    signs: tuple[Sign, ...] = ()


class LandClocks(Based):
    """Every clock id is used once, so that a notice names one rule."""

    name: str = Field(min_length=1)
    procedures: tuple[Procedure, ...] = Field(min_length=1)
    tailored: Tailored

    @model_validator(mode="after")
    def _once(self) -> LandClocks:
        ids = [one.id for one in self.procedures]
        clocks = [f"{one.id}.{clock.id}" for one in self.procedures for step in one.steps for clock in step.clocks]
        clocks += [f"{one.id}.{one.supplement.wait.id}" for one in self.procedures if one.supplement]
        for names, what in ((ids, "流程"), (clocks, "时限")):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}“{twice[0]}”重复")
        return self

    def procedure(self, name: str) -> Procedure:
        """Raises KeyError."""
        for one in self.procedures:
            if one.id == name:
                return one
        raise KeyError(name)

    def of_subject(self, subject: str) -> list[Procedure]:
        return [one for one in self.procedures if one.subject == subject]


__all__ = ["KIND", "LandClocks", "Procedure", "Sign", "Step", "StepClock", "Supplement", "Tailored"]
