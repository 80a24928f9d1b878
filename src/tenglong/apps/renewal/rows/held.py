"""A value with where it stands, and the small shapes that all parts of the rows share."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.units import AREA_UNITS

E6: Final = 10**6
MU: Final = AREA_UNITS["mu"]


@dataclass
class Held:
    """Values of one plot or owner by input id; `flaws`: why a value that should be there is missing."""

    values: dict[str, Value] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    flaws: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Value, source: str) -> None:
        if value is not None:
            self.values[name], self.sources[name] = value, source
            self.flaws.pop(name, None)

    def lack(self, name: str, why: str) -> None:
        if name not in self.values:
            self.flaws[name] = why


def mu(cm2: int) -> Fraction:
    return Fraction(cm2 * MU.denominator, MU.numerator)


def typed(value: Any, kind: str) -> Value:
    """What a record keeps as JSON, as a criterion reads it; None when it does not fit."""
    if kind == "flag":
        return value if isinstance(value, bool) else None
    if kind == "number":
        try:
            return None if isinstance(value, bool) else Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            return None
    return str(value) if value not in (None, "") else None
