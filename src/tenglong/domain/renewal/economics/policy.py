"""`renewal_economics/<id>@<version>.yaml`: parameters with their sources and spans, and how each figure is worked per route."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from tenglong.domain.evaluation.sourced import Based, Part
from tenglong.domain.renewal.criteria.formula import Declared, Expression, Figure, Id, Parameter

KIND: Final = "renewal_economics"
MONEY, TIME, CHANCE = "wan_yuan", "month", "percent"
#: rows that the table adds
TOTALS: Final = ("months_total", "cost_total", "payback")
#: what every policy must say of each route, and in which unit
EFFECTS: Final[dict[str, str]] = {
    "tax_uplift": MONEY, "value_added_uplift": MONEY, "jobs_gained": "person", "jobs_lost": "person", "tenants_displaced": "",
    "households_displaced": "", "land_released": "mu", "relocation_m2": "m2", "energy_saved": "tce", "carbon_saved": "t",
}


class Way(Based):
    """How a figure is worked for some routes, or for all."""

    routes: tuple[Id, ...] | Literal["all"]
    value: Expression


class Item(Based):
    """A figure. Routes that no way names take `otherwise`, which must then be said (0 where there is nothing)."""

    label: str = Field(min_length=1)
    by: tuple[Way, ...] = ()
    otherwise: Expression | None = None
    shown: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _something(self) -> Item:
        if not self.by and self.otherwise is None:
            raise ValueError("须写明 by（各路径怎样算）或 otherwise（其余路径怎样算，没有就写 0）")
        return self

    def formula(self, route: str) -> tuple[str, Expression]:
        """Part of the path, and the text, that hold for a route. Raises LookupError."""
        for place, way in enumerate(self.by):
            if way.routes == "all" or route in way.routes:
                return f"by.{place}.value", way.value
        if self.otherwise is None:
            raise LookupError(f"“{self.label}”没有写明路径“{route}”怎样算")
        return "otherwise", self.otherwise


class Gate(Based):
    """Soil evidence stands before these routes for plots where `when` holds (office rules 7)."""

    label: str = Field(min_length=1)
    routes: tuple[Id, ...] = Field(min_length=1)
    when: Expression


class Groups(Based):
    """Fewest holders of a group whose chance of agreement may be shown; `unknown_chance`: percent that a plan counts with where
    the chance is hidden or not known (never as certain)."""

    least_holders: Annotated[int, Field(ge=2, le=100)]
    unknown_chance: Annotated[Decimal, Field(ge=0, le=100)]
    source: str = Field(min_length=1)


class RenewalEconomics(Part):
    """`renewal_economics/<id>@<version>.yaml` without its header. Expressions of `costs` may also name `months` (sum of the
    times) and `subtotal` (sum of the costs that do not name it)."""

    name: str = Field(min_length=1)
    routes: dict[Id, str] = Field(min_length=1)
    groups: Groups
    inputs: dict[Id, Declared] = Field(default_factory=dict)
    parameters: dict[Id, Parameter] = Field(min_length=1)
    figures: dict[Id, Figure] = Field(default_factory=dict)
    times: dict[Id, Item] = Field(min_length=1)
    costs: dict[Id, Item] = Field(min_length=1)
    effects: dict[Id, Item]
    chance: Item
    gates: dict[Id, Gate] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> RenewalEconomics:
        if lacking := [name for name in EFFECTS if name not in self.effects]:
            raise ValueError(f"effects 缺 {'、'.join(lacking)}")
        if strange := [name for name in self.effects if name not in EFFECTS]:
            raise ValueError(f"effects 里没有 {'、'.join(strange)} 这一项，可用：{'、'.join(EFFECTS)}")
        ids = [*self.times, *self.costs, *self.effects, *TOTALS]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"“{'、'.join(twice)}”在 times、costs、effects 里重名，测算表的每一行要有自己的名字")
        for name, one in self.parameters.items():
            _span(name, one.low, one.value, one.high)
            if not (one.source or one.basis):
                raise ValueError(f"参数“{name}”须写明 source")
        return self


def _span(name: str, low: Decimal | None, value: Decimal | None, high: Decimal | None) -> None:
    if (low is None) != (high is None):
        raise ValueError(f"参数“{name}”的 low 和 high 要一起写")
    if low is not None and high is not None and value is not None and not low <= value <= high:
        raise ValueError(f"参数“{name}”应满足 low ≤ value ≤ high")
