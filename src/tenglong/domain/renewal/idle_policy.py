"""`idle_land/<id>@<version>.yaml`: when land is idle, what follows, and the steps from a lead to a decision."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from tenglong.domain.casework.definition import Id, Ids, Term
from tenglong.domain.evaluation.sourced import Based, Part

KIND: Final = "idle_land"
#: what a step asks of the finding on the land
Only = Literal["", "idle", "not_idle", "fee", "take_back", "fee_or_take_back", "negotiate"]


def _fraction(given: Any) -> Any:
    try:
        return Fraction(str(given))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"“{given}”应写成整数、小数或 1/3 这样的分数") from error


Exact = Annotated[Fraction, BeforeValidator(_fraction)]


class Amount(Based):
    """An exact number of the rule; `shown` is its unit as printed where it is none of the known ones."""

    model_config = {**Based.model_config, "arbitrary_types_allowed": True}
    label: str = Field(min_length=1)
    value: Exact
    unit: str = ""
    shown: str = ""
    note: str = ""


class Parameters(Part):
    """Every number that the code uses; none has a value in the code."""

    full_year: Amount
    idle_years: Amount
    built_line: Amount
    invested_line: Amount
    fee_years: Amount
    fee_share: Amount
    take_back_years: Amount
    longest_extension: Amount

    @model_validator(mode="after")
    def _order(self) -> Parameters:
        if self.fee_years.value < self.idle_years.value or self.take_back_years.value <= self.fee_years.value:
            raise ValueError("年限应是：认定 ≤ 征缴闲置费 < 无偿收回")
        shares = (self.built_line.value, self.invested_line.value, self.fee_share.value)
        if any(not 0 < share <= 1 for share in shares) or self.full_year.value <= 0:
            raise ValueError("比例应在 0 到 1 之间，满一年的日数应大于 0")
        return self


class Cause(Based):
    """A reason that lies with the government, or force majeure treated alike."""

    label: str = Field(min_length=1)


class Choice(Based):
    """A way to deal with idle land by agreement."""

    label: str = Field(min_length=1)
    note: str = ""


class Clock(Term):
    """A term that begins when the state is entered."""

    what: str = Field(min_length=1)
    basis: dict[str, Any] = Field(default_factory=dict)


class State(Based):
    """`says`: what a screen may call the land; `document`: what must be on file to enter; `from`: the states before."""

    id: Id
    label: str = Field(min_length=1)
    says: str
    document: str
    sources: Ids = Field(default=(), alias="from")
    only: Only = ""
    term: Clock | None = None


class IdleLand(Part):
    """`idle_land/<id>@<version>.yaml` without its header."""

    name: str = Field(min_length=1)
    parameters: Parameters
    causes: dict[Id, Cause] = Field(min_length=1)
    options: dict[Id, Choice] = Field(min_length=1)
    states: tuple[State, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _states(self) -> IdleLand:
        ids = [state.id for state in self.states]
        if repeated := next((id_ for id_ in ids if ids.count(id_) > 1), ""):
            raise ValueError(f"状态“{repeated}”重复")
        for place, state in enumerate(self.states):
            if strange := sorted(set(state.sources) - set(ids)):
                raise ValueError(f"状态“{state.id}”的 from 里没有 {'、'.join(strange)}")
            if bool(place) != bool(state.sources):
                raise ValueError(f"状态“{state.id}”：第一个状态不写 from，其余都要写")
        return self

    @property
    def first(self) -> State:
        return self.states[0]

    def state(self, id_: str) -> State:
        """Raises LookupError with a sentence."""
        for one in self.states:
            if one.id == id_:
                return one
        raise LookupError(f"闲置土地处置没有状态“{id_}”，可用：{'、'.join(one.id for one in self.states)}")
