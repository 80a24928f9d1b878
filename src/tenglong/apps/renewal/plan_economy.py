"""The economics of one candidate by each of its routes: a small table with workings and sources, and what it hangs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.models import Plan
from tenglong.apps.renewal.plan_ground import read_value
from tenglong.domain.renewal.criteria.wording import value_text
from tenglong.domain.renewal.economics.sensitivity import Tornado, tornado
from tenglong.domain.renewal.economics.work import PlotEconomics, economics

WATCHED: Final = ("cost_total", "tax_uplift")
BARS, WIDE = 10, 240.0


@dataclass(frozen=True)
class Economy:
    """One route. `same`: worked by the very parameters of the plan; `tornadoes`: cost and uplift, widest bars first."""

    route: str
    label: str
    table: PlotEconomics
    tornadoes: list[dict[str, Any]]


def routes_of(plan: Plan, code: str) -> list[str]:
    """Route ids of the options of a candidate, [] where it is none."""
    book = plan_policies.in_force().book
    options = plan.problem.get("problem", {}).get("options", [])
    return [book.named(one["route"]) for one in options if one["candidate"] == code]


def same_parameters(plan: Plan) -> bool:
    """Whether what is in force now is what the plan was worked by."""
    return bool(plan_policies.in_force().pins == plan.policy_pins)


def economy(plan: Plan, code: str, route: str) -> Economy:
    """Worked again from the figures kept with the plan. Raises LookupError where none were kept."""
    rules = plan_policies.in_force()
    inputs = {name: read_value(value) for name, value in plan.problem["inputs"][code].items()}
    drawn = [_drawn(tornado(rules.model, code, inputs, route, row=row)) for row in WATCHED]
    table = economics(rules.model, code, inputs, route)
    return Economy(route, _(rules.book.route(route).label), table, [one for one in drawn if one["rows"]])


def _drawn(found: Tornado) -> dict[str, Any]:
    """Bars as places on a line of `WIDE` points."""
    bars = [bar for bar in found.bars if bar.at_low is not None and bar.at_high is not None][:BARS]
    ends = [value for bar in bars for value in (bar.at_low, bar.at_high) if value is not None]
    held = [*ends, *([found.base] if found.base is not None else [])]
    least, most = (min(held), max(held)) if held else (Fraction(0), Fraction(1))
    place = _placed(least, most)
    return {
        "label": found.label, "unit": found.unit, "base": None if found.base is None else place(found.base), "wide": WIDE,
        "still": found.still + len(found.bars) - len(bars), "missing": list(found.missing),
        "rows": [{
            "label": bar.label, "span": f"{value_text(bar.low, bar.unit)} – {value_text(bar.high, bar.unit)}",
            "low": value_text(bar.at_low, found.unit), "high": value_text(bar.at_high, found.unit),
            "x": min(place(bar.at_low or Fraction(0)), place(bar.at_high or Fraction(0))),
            "w": max(1.0, abs(place(bar.at_high or Fraction(0)) - place(bar.at_low or Fraction(0)))),
        } for bar in bars],
    }


def _placed(least: Fraction, most: Fraction) -> Callable[[Fraction], float]:
    scale = WIDE / float(most - least) if most > least else 0.0
    return lambda value: round(float(value - least) * scale, 1)
