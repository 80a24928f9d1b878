"""Which parameter moves the result most: each alone from the low to the high end of its span, the widest first (tornado)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.wording import unit_text
from tenglong.domain.renewal.economics.checks import Economics
from tenglong.domain.renewal.economics.work import economics


@dataclass(frozen=True)
class Bar:
    """One parameter: its span, and the result at either end; None where the result cannot be worked there."""

    parameter: str
    label: str
    unit: str
    low: Fraction
    high: Fraction
    at_low: Fraction | None
    at_high: Fraction | None

    @property
    def swing(self) -> Fraction:
        """How far the result moves; 0 while an end has none."""
        return abs(self.at_high - self.at_low) if self.at_low is not None and self.at_high is not None else Fraction(0)


@dataclass(frozen=True)
class Tornado:
    """`row`: the figure that is watched. Parameters that do not move it are left out of `bars` and counted in `still`."""

    row: str
    label: str
    unit: str
    base: Fraction | None
    bars: tuple[Bar, ...]
    still: int
    missing: tuple[str, ...] = ()


def tornado(model: Economics, plot: str, inputs: Mapping[str, Value], route: str, *, row: str = "cost_total") -> Tornado:
    """Bars over every parameter with a span, widest first (ties by id). `row`: any row of the table. Raises LookupError."""
    base = economics(model, plot, inputs, route).row(row)
    bars = []
    spans = {name: one for name, one in model.policy.parameters.items() if one.low is not None and one.high is not None}
    for name, one in spans.items():
        ends = [Fraction(one.low or 0), Fraction(one.high or 0)]
        at = [economics(model, plot, inputs, route, changed={name: end}).row(row).value for end in ends]
        if at[0] != at[1]:
            bars.append(Bar(name, one.label, unit_text(one.unit), ends[0], ends[1], at[0], at[1]))
    bars.sort(key=lambda bar: (bar.at_low is not None and bar.at_high is not None, -bar.swing, bar.parameter))
    return Tornado(row, base.label, base.unit, base.value, tuple(bars), len(spans) - len(bars), base.missing)
