"""What each department holds for each year: one table per department and year, as it would send it.

Based on the county's yearly facts; adds what the departments know beyond the survey, firms that stand still or were
founded late, and the gaps that real tables have. Values are in the measure's own unit (policies/measures.yaml).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from tenglong.demo.county import YEARS, County, YearFacts
from tenglong.demo.figures import DOCUMENTS, MONEY, SOURCES
from tenglong.demo.land_use import LandUse, land_use
from tenglong.demo.lives import Life, lives
from tenglong.demo.streams import stream

#: who else sends what; figures of the land are worked out from the land-use relations
MORE_SOURCES: dict[str, tuple[str, str]] = {
    "technical_investment": ("经信局", "declared"), "land_mu": ("自然资源和规划分局", "shared"),
    "floor_area_m2": ("自然资源和规划分局", "shared"), "leased_in_mu": ("企业申报", "declared"),
    "leased_out_mu": ("企业申报", "declared"),
}
#: 规下 firms state these themselves
STATED = frozenset({"output", "profit"})
STATEMENT = ("企业申报", "declared")
#: how often a department lacks a figure that it should have
GAPS = {"tax_paid": 0.004, "revenue": 0.006, "employees": 0.012, "electricity_kwh": 0.02, "water_t": 0.05, "energy_tce": 0.03,
        "rd_expense": 0.07, "value_added": 0.01, "output": 0.01, "profit": 0.015, "cod_t": 0.02, "nh3n_t": 0.02}
#: what a firm that stands still goes on paying and using
STILL = {"tax_paid": 0.06, "electricity_kwh": 0.03, "water_t": 0.05, "employees": 0.08}
FLOW_WHOLE = frozenset({"employees"})
PLACES = {"electricity_kwh": 0, "water_t": 0, "employees": 0, "energy_tce": 2, **dict.fromkeys(MONEY, 2)}
Values = dict[str, Decimal]


@dataclass
class Sheet:
    """One table; `rows`: credit code → figures."""

    department: str
    year: int
    basis: str
    rows: dict[str, Values] = field(default_factory=lambda: defaultdict(dict))

    @property
    def document(self) -> str:
        return DOCUMENTS[self.basis]

    @property
    def measures(self) -> list[str]:
        """Columns, in the order in which they first occur."""
        return list(dict.fromkeys(name for values in self.rows.values() for name in values))


@dataclass
class Ledger:
    sheets: list[Sheet]
    lives: dict[str, Life]

    def sheet(self, department: str, year: int) -> Sheet:
        return next(one for one in self.sheets if (one.department, one.year) == (department, year))


def build_ledger(county: County) -> Ledger:
    """Every department's table of every year, without slips."""
    told = lives(county.seed, county.enterprises, county.facts)
    sheets: dict[tuple[str, int, str], Sheet] = {}
    draws = _Draws(county.seed)
    land = land_use(county)
    for row in county.facts:
        above = told[row.uscc].above[row.year]
        for measure, value in _kept(_figures(row, told[row.uscc], land, draws), draws):
            department, basis = _source(measure, above)
            sheet = sheets.setdefault((department, row.year, basis), Sheet(department, row.year, basis))
            sheet.rows[row.uscc][measure] = value
    return Ledger([sheets[key] for key in sorted(sheets)], told)


def _source(measure: str, above: bool) -> tuple[str, str]:
    if measure in STATED and not above:
        return STATEMENT
    return MORE_SOURCES.get(measure) or SOURCES[measure]


def _kept(values: Values, draws: _Draws) -> Iterator[tuple[str, Decimal]]:
    """All but the gaps."""
    for measure, value in values.items():
        if draws.gap() >= GAPS.get(measure, 0.0):
            yield measure, value


class _Draws:
    """Streams of the ledger: rates once per firm, noise per year, gaps."""

    def __init__(self, seed: int) -> None:
        self._rates, self._noise, self._gaps = (stream(seed, name) for name in ("ledger-rates", "ledger", "gaps"))
        self._known: dict[str, dict[str, float]] = {}
        self._pool: list[float] = []

    def gap(self) -> float:
        if not self._pool:
            self._pool = self._gaps.random(65_536).tolist()
        return self._pool.pop()

    def noise(self) -> Any:
        """Six normal draws."""
        return self._noise.normal(0, 1, 6).tolist()

    def rates(self, uscc: str) -> dict[str, float]:
        if uscc not in self._known:
            a, b, c, d = self._rates.random(4).tolist()
            self._known[uscc] = {"value_added": 0.15 + 0.13 * a, "profit": 0.09 * b - 0.02,
                                 "rd": 0.04 * c if c > 0.65 else 0.0, "boiler": float(d < 0.15)}
        return self._known[uscc]


def _figures(row: YearFacts, life: Life, land: LandUse, draws: _Draws) -> Values:
    """Figures of one firm in one year, in the units of the dictionary."""
    noise, rates = draws.noise(), draws.rates(row.uscc)
    base = {name: value.scaleb(-4) if name in MONEY else value for name, value in row.values.items()}
    more = _above(base, rates, noise) if life.above[row.year] else _below(base, rates, noise)
    part = life.share(row.year)
    values = {**base, **more}
    if life.idle(row.year):
        values = {name: _round(name, float(values[name]) * share) for name, share in STILL.items()}
    elif part < 1:
        values = {name: value if name in FLOW_WHOLE else _round(name, float(value) * part) for name, value in values.items()}
    return values | land.of(row.uscc, row.year)


def _above(base: Values, rates: dict[str, float], noise: list[float]) -> Values:
    """What departments know of a 规上 firm besides: a little waste water from everybody, an investment from some."""
    people, revenue = float(base["employees"]), float(base["revenue"])
    found: Values = {}
    if "cod_t" not in base:
        cod = people * 0.004 * float(np.exp(noise[0] * 0.3))
        found |= {"cod_t": _round("cod_t", cod), "nh3n_t": _round("nh3n_t", cod * 0.07)}
        found |= {name: _round(name, revenue * rate * rates["boiler"]) for name, rate in (("so2_t", 4e-6), ("nox_t", 9e-6))}
    if noise[1] > 0.6:
        found["technical_investment"] = _round("technical_investment", revenue * 0.02 * noise[1])
    return found


def _below(base: Values, rates: dict[str, float], noise: list[float]) -> Values:
    revenue = float(base["revenue"])
    found = {
        "energy_tce": _round("energy_tce", float(base["electricity_kwh"]) * 1.229e-4 * 1.1),
        "value_added": _round("value_added", revenue * rates["value_added"] * (1 + 0.05 * noise[2])),
        "output": _round("output", revenue * 1.02), "profit": _round("profit", revenue * (rates["profit"] + 0.01 * noise[3])),
    }
    if rates["rd"]:
        found["rd_expense"] = _round("rd_expense", revenue * rates["rd"])
    return found


def _round(measure: str, value: float) -> Decimal:
    return Decimal(f"{value:.{PLACES.get(measure, 3)}f}")


__all__ = ["YEARS", "Ledger", "Sheet", "build_ledger"]
