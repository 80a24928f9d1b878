"""One plot by one route: cost, time, effects as a small table, exact, each row with its working, its source and its gaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, Final, Literal

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.formula import Formula, in_order
from tenglong.domain.renewal.criteria.wording import filled, number_text, unit_text, value_text
from tenglong.domain.renewal.economics.checks import MONTHS, SUBTOTAL, Economics
from tenglong.domain.renewal.economics.policy import EFFECTS, MONEY, TIME
from tenglong.domain.units import AREA_UNITS, MONEY_UNITS

Section = Literal["time", "cost", "effect", "total"]
SECTIONS: Final[dict[Section, str]] = {"time": "时间", "cost": "成本", "effect": "效果", "total": "合计"}
FEN: Final = MONEY_UNITS[MONEY]


@dataclass(frozen=True)
class Row:
    """`value` exact in `unit`, None when a figure is missing (`missing` names it). `working`: the formula with its figures.

    `sources`: the parameters it rests on, with where each comes from; `verified`: all of them were compared with it.
    """

    section: Section
    id: str
    label: str
    value: Fraction | None
    unit: str
    missing: tuple[str, ...] = ()
    words: Callable[[], str] = field(default=str, repr=False, compare=False)
    basis: Callable[[], tuple[tuple[str, ...], bool]] = field(default=lambda: ((), False), repr=False, compare=False)

    @cached_property
    def working(self) -> str:
        """Made when somebody asks: a county has 100,000 rows."""
        return self.words()

    @property
    def sources(self) -> tuple[str, ...]:
        return self.basis()[0]

    @property
    def verified(self) -> bool:
        return self.basis()[1]

    @property
    def fen(self) -> int | None:
        """A cost in whole 分, half-even."""
        return None if self.value is None else round(self.value * FEN)

    @property
    def text(self) -> str:
        return "缺" if self.value is None else value_text(self.value, self.unit)

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section, "id": self.id, "label": self.label, "unit": self.unit, "text": self.text,
            "value": None if self.value is None else str(self.value), "working": self.working, "sources": list(self.sources),
            "verified": self.verified, "missing": list(self.missing),
        }


@dataclass(frozen=True)
class PlotEconomics:
    """The table of one plot and route. `gates`: what must be on file before the route may go on."""

    plot: str
    route: str
    policy: str
    rows: tuple[Row, ...]
    gates: tuple[str, ...] = ()

    def row(self, id_: str) -> Row:
        """Raises LookupError."""
        for one in self.rows:
            if one.id == id_:
                return one
        raise LookupError(f"测算表没有“{id_}”这一行")

    def value(self, id_: str) -> Fraction | None:
        return self.row(id_).value

    @property
    def cost_fen(self) -> int | None:
        """Sum of the costs as printed, 分; None while one of them is not known."""
        parts = [one.fen for one in self.rows if one.section == "cost"]
        return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.rows for name in one.missing))

    def option(self) -> dict[str, int] | None:
        """Whole figures for a plan: cost and uplift 分, released_cm2, relocation_m2, jobs, months (up); None while one is
        missing."""
        names = ("tax_uplift", "land_released", "relocation_m2", "jobs_gained", "jobs_lost", "months_total")
        found = [self.value(name) for name in names]
        cost = self.cost_fen
        if cost is None or any(value is None for value in found):
            return None
        uplift, land, moved, gained, lost, months = (value for value in found if value is not None)
        return {
            "cost": cost, "uplift": round(uplift * FEN), "released_cm2": round(land * AREA_UNITS["mu"]),
            "relocation_m2": math.ceil(moved), "jobs_gained": math.floor(gained), "jobs_lost": math.ceil(lost),
            "months": math.ceil(months),
        }

    def as_json(self) -> dict[str, Any]:
        return {"schema": "tenglong.economics/1", "plot": self.plot, "route": self.route, "policy": self.policy,
                "gates": list(self.gates), "rows": [one.as_json() for one in self.rows]}


def economics(
    model: Economics, plot: str, inputs: Mapping[str, Value], route: str, *, changed: Mapping[str, Fraction] | None = None
) -> PlotEconomics:
    """The table of `plot` (values by input id, numbers as Fraction in the input's unit) by `route`.

    `changed`: parameters at another value. A missing figure makes the rows that need it, and their totals, missing: nothing is
    taken for 0 unless the policy says so. Raises LookupError for an unknown route.
    """
    return _Plot(model, plot, inputs, route, changed or {}).table()


def cost_and_months(model: Economics, inputs: Mapping[str, Value], route: str) -> tuple[int | None, Fraction | None]:
    """The two totals of `economics` alone: 分, months; None while a figure is missing. For many plots."""
    _times, months, _costs, cost = _Plot(model, "", inputs, route, {}).bill()
    return cost.fen, months.value


class _Plot:
    def __init__(
        self, model: Economics, plot: str, inputs: Mapping[str, Value], route: str, changed: Mapping[str, Fraction]
    ) -> None:
        self.model, self.plot, self.route = model, plot, route
        self.values: dict[str, Value] = {**model.constants, **changed}
        self.below: dict[str, tuple[str, ...]] = {}
        for name in model.used:
            given = inputs.get(name)
            self.values[name] = model.absent.get(name) if given is None else given
        for name in in_order(list(model.figures), model.figures):
            self.values[name] = model.figures[name].value(self.values)

    def table(self) -> PlotEconomics:
        times, months, costs, cost = self.bill()
        effects = [self._effect(name) for name in EFFECTS]
        rows = (*times, months, *costs, cost, *effects, self._payback(cost, effects))
        return PlotEconomics(self.plot, self.route, self.model.name, rows, self._gates())

    def bill(self) -> tuple[list[Row], Row, list[Row], Row]:
        """Times with their total, costs with theirs."""
        times = [self._row("time", "times", name, item.label, TIME) for name, item in self.model.policy.times.items()]
        months = _total("months_total", "总时间", TIME, times)
        self.values[MONTHS], self.below[MONTHS] = months.value, months.missing
        costs = self._costs()
        return times, months, costs, _total("cost_total", "总成本", MONEY, costs, rounded=True)

    def _costs(self) -> list[Row]:
        items = self.model.policy.costs
        later = {name for name in items if SUBTOTAL in self.model.formula("costs", name, self.route).names}
        first = {name: self._row("cost", "costs", name, items[name].label, MONEY) for name in items if name not in later}
        subtotal = _total(SUBTOTAL, "", MONEY, first.values())
        self.values[SUBTOTAL], self.below[SUBTOTAL] = subtotal.value, subtotal.missing
        return [first.get(name) or self._row("cost", "costs", name, items[name].label, MONEY) for name in items]

    def _effect(self, name: str) -> Row:
        item = self.model.policy.effects[name]
        return self._row("effect", "effects", name, item.label, EFFECTS[name], item.shown)

    def _row(self, section: Section, part: str, name: str, label: str, unit: str, shown: str = "") -> Row:
        formula = self.model.formula(part, name, self.route)
        value = formula.value(self.values)
        exact = value if isinstance(value, Fraction) else None
        missing = () if exact is not None else self._missing(self._behind(formula))
        words, basis = partial(self._working, formula), partial(self._sources, formula)
        return Row(section, name, label, exact, shown or unit_text(unit), missing, words, basis)

    def _payback(self, cost: Row, effects: Iterable[Row]) -> Row:
        uplift = next(one for one in effects if one.id == "tax_uplift")
        label, unit = "税收增量回收期", "年"
        if cost.value is None or uplift.value is None:
            missing = tuple(dict.fromkeys((*cost.missing, *uplift.missing)))
            return Row("total", "payback", label, None, unit, missing)
        if uplift.value <= 0:
            return Row("total", "payback", label, None, unit, ("税收没有增加，收不回",))
        words = partial(_divided, cost, uplift)
        return Row("total", "payback", label, cost.value / uplift.value, unit, (), words)

    # ---- what stands behind a row

    def _behind(self, formula: Formula) -> list[str]:
        """Inputs and parameters, figures opened up."""
        found = set(formula.names)
        for name in in_order(sorted(found), self.model.figures):
            found |= self.model.figures[name].names
        return sorted(found)

    def _sources(self, formula: Formula) -> tuple[tuple[str, ...], bool]:
        read = self._behind(formula)
        used = [(name, self.model.policy.parameters[name]) for name in read if name in self.model.policy.parameters]
        header = self.model.document.header.verified in (True, "verified")
        told = tuple(f"{one.label}：{one.source or (one.basis.source if one.basis else '')}" for _name, one in used)
        return told, all(one.verified == "verified" or (one.verified is None and header) for _name, one in used)

    def _missing(self, read: Iterable[str]) -> tuple[str, ...]:
        names = [name for name in read if self.values.get(name) is None and name not in self.model.figures]
        gaps = [gap for name in names for gap in self.below.get(name, (self._label(name),))]
        return tuple(dict.fromkeys(gaps)) or ("除数为 0",)

    def _label(self, name: str) -> str:
        if name in self.model.inputs:
            return self.model.inputs[name].label
        policy = self.model.policy
        if name in policy.parameters:
            return policy.parameters[name].label
        return {MONTHS: "总时间", SUBTOTAL: "其他成本合计"}.get(name) or policy.figures[name].label

    def _said(self, name: str) -> str:
        value, label = self.values.get(name), self._label(name)
        inputs, policy = self.model.inputs, self.model.policy
        if name in inputs:
            text = value_text(value, inputs[name].unit_text, inputs[name].choices)
            return f"{label}（{text}）" if isinstance(value, str | bool) else f"{label} {text}"
        unit = {MONTHS: TIME, SUBTOTAL: MONEY}.get(name)
        if unit is None:
            unit = policy.parameters[name].unit if name in policy.parameters else policy.figures[name].unit
        return f"{label} {value_text(value, unit_text(unit))}"

    def _working(self, formula: Formula) -> str:
        return filled(formula.expr, {name: self._said(name) for name in formula.names}, self.model.inputs)

    def _gates(self) -> tuple[str, ...]:
        found = []
        for name, gate in self.model.policy.gates.items():
            if self.route not in gate.routes:
                continue
            formula = self.model.formulas[f"gates.{name}.when"]
            value = formula.value(self.values)
            if value is True:
                found.append(gate.label)
            elif value is None:
                found.append(f"{gate.label}（是否需要还不能判断：缺{'、'.join(self._missing(sorted(formula.names)))}）")
        return tuple(found)


def _divided(cost: Row, uplift: Row) -> str:
    return f"{cost.label} {cost.text} ÷ {uplift.label} {uplift.text}"


def _total(id_: str, label: str, unit: str, rows: Iterable[Row], *, rounded: bool = False) -> Row:
    """Sum of rows, of their rounded 分 where it is money that is printed; missing while one row is."""
    parts = list(rows)
    missing = tuple(dict.fromkeys(name for one in parts for name in one.missing))
    if any(one.value is None for one in parts):
        return Row("total", id_, label, None, unit_text(unit), missing)
    values = [Fraction(one.fen or 0) / FEN if rounded else one.value or Fraction(0) for one in parts]
    return Row("total", id_, label, sum(values, Fraction(0)), unit_text(unit), (), partial(_added, tuple(values)))


def _added(values: tuple[Fraction, ...]) -> str:
    return " + ".join(number_text(value) for value in values if value) or "0"
