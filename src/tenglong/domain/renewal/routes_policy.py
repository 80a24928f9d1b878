"""`routes/<id>@<version>.yaml`: the routes of a plot, who may enter, what must be on file at the end, what they count."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator

from tenglong.domain.evaluation.sourced import Based, Part
from tenglong.domain.renewal.criteria.formula import Declared, Expression, Id

KIND: Final = "routes"


class Entry(Based):
    """A condition of entering; `when` must hold. A missing figure leaves it open."""

    label: str = Field(min_length=1)
    when: Expression


class Evidence(Based):
    """A kind of document that must be on file before a case of the route may close: `document`, or one of `any_of`.

    `when`: only for plots where it holds (a plot of which that is not known needs it too: nothing is waived by a gap).
    """

    label: str = Field(min_length=1)
    document: Id | None = None
    any_of: tuple[Id, ...] = ()
    when: Expression | None = None

    @model_validator(mode="after")
    def _one(self) -> Evidence:
        if (self.document is None) == (not self.any_of):
            raise ValueError("证据写 document（一种材料）或 any_of（几种之一）")
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.document,) if self.document else self.any_of


class Counter(Based):
    """A figure of its own scope over the closed cases of the routes that feed it; never reconciled with others."""

    label: str = Field(min_length=1)
    unit: Literal["case", "firm", "plot", "mu"]
    scope: str = Field(min_length=1)


class Target(Based):
    """A promise on one counter: `at_least` in its unit within `years` from `first` on; `repeats`: again in every span after."""

    label: str = Field(min_length=1)
    counter: Id
    at_least: int = Field(gt=0)
    first: int = Field(ge=2000, le=2100)
    years: int = Field(default=1, ge=1, le=30)
    repeats: bool = False


class Route(Based):
    """`code`: as the catalogue numbers it. `counters`: what its completion feeds."""

    label: str = Field(min_length=1)
    code: str = Field(pattern=r"^R\d{1,2}[a-z]?$")
    aliases: tuple[str, ...] = ()
    entry: dict[Id, Entry] = Field(default_factory=dict)
    evidence: dict[Id, Evidence] = Field(min_length=1)
    counters: tuple[Id, ...] = ()
    note: str = ""


class Routes(Part):
    """`routes/<id>@<version>.yaml` without its header. `documents`: kind → label of every material named."""

    name: str = Field(min_length=1)
    inputs: dict[Id, Declared] = Field(default_factory=dict)
    documents: dict[Id, str] = Field(min_length=1)
    counters: dict[Id, Counter] = Field(min_length=1)
    targets: dict[Id, Target] = Field(default_factory=dict)
    routes: dict[Id, Route] = Field(min_length=1)
