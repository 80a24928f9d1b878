"""`floor_prices/<id>@<version>.yaml`: lowest prices of industrial land by county or grade, with the days they hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field, model_validator

from tenglong.domain.evaluation.sourced import Based, Part

KIND: Final = "floor_prices"
Price = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


class Place(Based):
    """One county: `division` is its code as it is now; `named` how the document called it."""

    division: str = Field(pattern=r"^\d{2,9}$")
    name: str = Field(min_length=1)
    named: str = ""
    grade: str = ""
    yuan_per_m2: Price


class Grade(Based):
    """One grade (等别) of the document, by which a county is looked up."""

    grade: int = Field(ge=1, le=30)
    yuan_per_m2: Price


class Reduction(Based):
    """A case in which less is lawful. Nothing is taken off by itself: somebody declares the case with its document, another
    person approves. `share`: of the floor, below which not even the case goes (none: the price is brought to the full term
    outside); `above_cost`: not below what the land cost either; `under_years`: only for a term that is shorter."""

    id: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$")
    label: str = Field(min_length=1)
    share: Decimal | None = Field(default=None, gt=0, le=1)
    above_cost: bool = False
    under_years: int | None = Field(default=None, ge=2, le=100)

    @property
    def key(self) -> str:
        return self.id or self.label


class FloorPrices(Part):
    """Body without the header; `valid_from` and `valid_to` of the header say from when to when the prices hold."""

    name: str = Field(min_length=1)
    clause: str = Field(min_length=1)
    division: str = Field(default="", pattern=r"^\d{0,9}$")
    uses: tuple[str, ...] = Field(min_length=1)
    methods: tuple[str, ...] = Field(min_length=1)
    places: tuple[Place, ...] = ()
    grades: tuple[Grade, ...] = ()
    reductions: tuple[Reduction, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> FloorPrices:
        if not self.places and not self.grades:
            raise ValueError("places、grades 至少要有一项")
        divisions, grades = [one.division for one in self.places], [str(one.grade) for one in self.grades]
        for what, names in (("行政区代码", divisions), ("等别", grades)):
            if repeated := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what} {'、'.join(repeated)} 重复")
        return self
