"""`covenant/<id>@<version>.yaml`: papers of the chain, indicators and their measures, nodes, clauses, who sees an amount."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from tenglong.domain.casework.definition import Id, Ids
from tenglong.domain.evaluation.sourced import Based, Part

KIND: Final = "covenant"
#: what an indicator divides by when it is the land of the parcel, not a measure
LAND_MU: Final = "land_in_mu"
LAND_M2: Final = "land_in_m2"
LANDS: Final = (LAND_MU, LAND_M2)
#: of the register on a day, not of a year
FLOOR: Final = "floor_m2"
Mode = Literal["single", "average", "cumulative"]
Formula = Literal["price_share", "daily", "gap"]
Reader = Literal["team", "firm", "office"]


def _fraction(given: Any) -> Any:
    try:
        return Fraction(str(given))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"“{given}”应写成整数、小数或 1/3 这样的分数") from error


Exact = Annotated[Fraction, BeforeValidator(_fraction)]


class _Exact(Based):
    model_config = {**Based.model_config, "arbitrary_types_allowed": True}


class PaperKind(Based):
    """`rank`: of papers that stand together the highest is used; `supersedes`: it ends what was agreed before its day."""

    label: str = Field(min_length=1)
    rank: int = Field(ge=1)
    supersedes: bool = False


class Indicator(_Exact):
    """Sum of `top` ÷ sum of `bottom` × `times`. `span`: figures of one year, of all years so far, or of the register on a day.

    `adds`: values of several years may be added up (亩均税收 may, a ratio such as R&D may not).
    """

    label: str = Field(min_length=1)
    unit: str
    top: Ids = Field(min_length=1)
    bottom: Ids = Field(min_length=1)
    times: Exact = Fraction(1)
    span: Literal["year", "so_far", "on_day"] = "year"
    adds: bool = False
    note: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of the register that it needs."""
        return tuple(name for name in (*self.top, *self.bottom) if name not in (*LANDS, FLOOR))


class Node(Based):
    """`lacks`: the word of the 五未 list while it is not reached. `remind`: days ahead on which the people are told."""

    label: str = Field(min_length=1)
    lacks: str = Field(min_length=1)
    remind: tuple[int, ...] = ()
    longest_extension: int = Field(default=0, ge=0)  # days after the date agreed; 0: the policy states none
    note: str = ""


class Clause(_Exact):
    """`price_share`: price × shortfall ÷ agreed · `daily`: price × ‰ × days late · `gap`: shortfall × land, as tax is."""

    label: str = Field(min_length=1)
    article: str = Field(min_length=1)
    formula: Formula
    indicator: str = ""
    node: str = ""
    permille: Exact | None = None  # None: what the contract itself states

    @model_validator(mode="after")
    def _about(self) -> Clause:
        if bool(self.indicator) == bool(self.node) or bool(self.node) != (self.formula == "daily"):
            raise ValueError("按日计的条款写 node，其余写 indicator，二者取一")
        return self


class Stage(Part):
    """A state of the review; `readers`: who may see an amount in it."""

    label: str = Field(min_length=1)
    readers: tuple[Reader, ...]


class CovenantPolicy(Part):
    """`covenant/<id>@<version>.yaml` without its header."""

    name: str = Field(min_length=1)
    papers: dict[Id, PaperKind] = Field(min_length=1)
    indicators: dict[Id, Indicator] = Field(min_length=1)
    nodes: dict[Id, Node] = Field(min_length=1)
    clauses: dict[Id, Clause] = Field(default_factory=dict)
    stages: dict[Id, Stage] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> CovenantPolicy:
        for name, clause in self.clauses.items():
            if clause.indicator and clause.indicator not in self.indicators:
                raise ValueError(f"条款“{name}”的指标 {clause.indicator} 不在 indicators 里")
            if clause.node and clause.node not in self.nodes:
                raise ValueError(f"条款“{name}”的节点 {clause.node} 不在 nodes 里")
        return self

    @model_validator(mode="after")
    def _gap_over_land(self) -> CovenantPolicy:
        for name, clause in self.clauses.items():
            if clause.formula == "gap" and self.indicators[clause.indicator].bottom != (LAND_MU,):
                raise ValueError(f"条款“{name}”按差额补足，只用于按亩计的指标")
        return self

    @model_validator(mode="after")
    def _firm_after_team(self) -> CovenantPolicy:
        if any("team" not in stage.readers for stage in self.stages.values()):
            raise ValueError("stages：办案组在每个阶段都应看得到金额")
        return self
