"""What a planner asks of a plan, as kept with it: years, money, targets, routes, and what is taken for granted."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any, Final

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.vocabulary import standard
from tenglong.domain.renewal.criteria.wording import value_text
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Assembly,
    Budget,
    Capacity,
    Compactness,
    Measure,
    MinContiguous,
    Objective,
    Problem,
    Share,
    Target,
    Where,
)

#: figures that a planner may take for granted where the record says nothing; each plot so filled is counted on the page
FILLS: Final[dict[str, Value]] = {
    "households": Fraction(0), "soil": "none", "soil_key_unit": False, "disputed": False, "leased_out_share": Fraction(0),
    "tenants": Fraction(0), "plot_energy_tce": Fraction(0),
}


@dataclass(frozen=True)
class Amount:
    """`amount`: 分 of a budget, cm² of a target, m² of a capacity, ten-thousandths of a share; `year` None: all together."""

    amount: int
    year: int | None = None
    where: str = "all"
    name: str = ""
    measure: str = "land"


@dataclass(frozen=True)
class Asked:
    """`premises`: yes-or-no inputs of the routes that hold for every plot of the plan; `fills`: keys of `FILLS`."""

    years: tuple[int, ...]
    routes: tuple[str, ...]
    premises: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    aim: str = Aim.LEAST_SHORTFALL.value
    budgets: tuple[Amount, ...] = ()
    targets: tuple[Amount, ...] = ()
    capacities: tuple[Amount, ...] = ()
    shares: tuple[Amount, ...] = ()
    expected: bool = False
    min_cm2: int = 0
    max_members: int = 4
    metre_fen: int = 0  # for each metre of boundary shared inside a project
    premium_fen: int = 0  # for each mu of a project above `above_cm2`
    above_cm2: int = 0
    holder_fen: int = 0  # coordination for each holder of a project of several plots
    road_m: int = 30
    shared_m: int = 5
    seconds: int = 60

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Asked:
        known = {one.name for one in fields(cls)}
        plain = {name: value for name, value in data.items() if name in known}
        for name in ("budgets", "targets", "capacities", "shares"):
            plain[name] = tuple(Amount(**one) for one in plain.get(name, ()))
        for name in ("years", "routes", "premises", "fills"):
            plain[name] = tuple(plain.get(name, ()))
        return cls(**plain)

    def parts(self) -> dict[str, Any]:
        """Typed parts of a `Problem`, by their names there."""
        return {
            "years": self.years, "objective": Objective(Aim(self.aim), expected=self.expected),
            "budgets": tuple(Budget(one.amount, one.year) for one in self.budgets),
            "targets": tuple(Target(one.amount, Measure(one.measure), Where(one.where), one.name, one.year)
                             for one in self.targets),
            "capacities": tuple(Capacity(one.amount, Measure(one.measure), Where(one.where), one.name, one.year)
                                for one in self.capacities),
            "shares": tuple(Share(one.name, one.amount, Where(one.where)) for one in self.shares),
            "min_contiguous": MinContiguous(self.min_cm2) if self.min_cm2 else None,
            "compactness": Compactness(self.metre_fen) if self.metre_fen else None,
            "assembly": Assembly(self.premium_fen, self.above_cm2, self.holder_fen)
            if self.premium_fen or self.holder_fen else None,
            "max_members": self.max_members,
        }


def fill_words() -> list[tuple[str, str]]:
    """Key → what is taken for granted, in words."""
    return [(name, f"{standard()[name].label}：{_told(name, value)}") for name, value in FILLS.items()]


def _told(name: str, value: Value) -> str:
    one = standard()[name]
    return value_text(value, one.unit_text, one.choices)


def scope_names(problem: Problem) -> dict[str, list[str]]:
    """Towns, zones and chains among the candidates."""
    return {where: sorted({str(getattr(one, where)) for one in problem.candidates if getattr(one, where)})
            for where in ("town", "zone", "chain")}
