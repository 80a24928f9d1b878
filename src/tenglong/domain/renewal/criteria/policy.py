"""`low_efficiency/<id>@<version>.yaml`: which plots a place calls low-efficiency, by which criteria, in which order.

What the place's text leaves open is named in the header's `unknown`: `scope`, `criteria.<id>` and `classes.<id>` that are
known by name only, `parameters.<id>.value`. With an unknown criterion a plot that meets none of the known ones is told so
(未命中已掌握的条件) and never called efficient.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tenglong.domain.evaluation.sourced import Based, Part
from tenglong.domain.renewal.criteria.formula import Declared, Expression, Figure, Id, Parameter


class Mean(Based):
    """A mean over declared rows: Σ `sum_of` ÷ Σ `divided_by`, or the mean of `average_of`; or `published` by industry prefix.

    `rows`: each owner once, or each plot once. `where`: which of them ("all" said aloud); a row that lacks a figure of the
    mean is left out and counted. Fewer than `least` rows: there is no mean, and what uses it cannot be judged.
    """

    label: str = Field(min_length=1)
    unit: str
    rows: Literal["owners", "plots"] | None = None
    where: Expression | None = None
    sum_of: Expression | None = None
    divided_by: Expression | None = None
    average_of: Expression | None = None
    per: Literal["all", "industry"]
    digits: Annotated[int, Field(ge=1, le=4)] = 2
    least: Annotated[int, Field(ge=1)] = 1
    published: dict[str, Decimal] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Mean:
        quotient = self.sum_of is not None and self.divided_by is not None
        half = (self.sum_of is None) != (self.divided_by is None)
        if half or (quotient + (self.average_of is not None) + bool(self.published)) != 1:
            raise ValueError("均值写 sum_of 和 divided_by（总量相除）、average_of（各户平均）、published（已公布的均值）之一")
        if not self.published and (self.rows is None or self.where is None):
            raise ValueError("均值须写明 rows（owners 每家一次，plots 每块一次）和 where（哪些算在内，全部写 all）")
        return self


class Criterion(Based):
    """One condition. `applies`: to which plots (others: 不适用). `unclear_when`: nobody may say yet, with its reason."""

    label: str = Field(min_length=1)
    when: Expression
    applies: Expression | None = None
    unclear_when: Expression | None = None
    unclear_note: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _note(self) -> Criterion:
        if (self.unclear_when is None) == bool(self.unclear_note):
            raise ValueError("unclear_when 和 unclear_note（为什么还不能判断）要一起写")
        return self


class Combination(Part):
    """any of · all of · at least k of: ids of criteria, or combinations again."""

    any: tuple[Id | Combination, ...] = ()
    all: tuple[Id | Combination, ...] = ()
    at_least: Annotated[int, Field(ge=1)] | None = None
    of: tuple[Id | Combination, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Combination:
        if sum(bool(part) for part in (self.any, self.all, self.of)) != 1 or bool(self.of) != (self.at_least is not None):
            raise ValueError("组合写 any（任一）、all（全部）、at_least 和 of（至少几项）之一")
        if self.at_least is not None and self.at_least > len(self.of):
            raise ValueError(f"at_least 是 {self.at_least}，of 里只有 {len(self.of)} 项")
        return self

    @property
    def parts(self) -> tuple[str | Combination, ...]:
        return self.any or self.all or self.of

    @property
    def needed(self) -> int:
        """How many of the parts must hold."""
        return 1 if self.any else len(self.all) if self.all else self.at_least or 0

    def ids(self) -> Iterator[str]:
        """Criteria named, in reading order, repeats included."""
        for part in self.parts:
            if isinstance(part, str):
                yield part
            else:
                yield from part.ids()


class Class(Based):
    """What a plot is then called; of several that hold the one with the smallest `priority` counts."""

    label: str = Field(min_length=1)
    priority: Annotated[int, Field(ge=1, le=99)]
    when: Combination
    note: str = ""


class Left(Based):
    """Plots the rule does not speak of."""

    label: str = Field(min_length=1)
    when: Expression


class Scope(Based):
    include: Expression
    exclude: dict[Id, Left] = Field(default_factory=dict)


class LowEfficiency(Part):
    """`low_efficiency/<id>@<version>.yaml` without its header."""

    name: str = Field(min_length=1)
    jurisdiction: str = Field(pattern=r"^\d{6}$|^$")
    note: str = ""
    scope: Scope | None = None
    inputs: dict[Id, Declared] = Field(default_factory=dict)
    parameters: dict[Id, Parameter] = Field(default_factory=dict)
    means: dict[Id, Mean] = Field(default_factory=dict)
    figures: dict[Id, Figure] = Field(default_factory=dict)
    criteria: dict[Id, Criterion] = Field(min_length=1)
    classes: dict[Id, Class] = Field(min_length=1)


Combination.model_rebuild()
