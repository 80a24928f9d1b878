"""The dictionary of raw figures (`policies/measures.yaml`): unit, subject, period, synonyms, range, sensitivity."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from tenglong.domain.presets import preset
from tenglong.domain.units import AREA_UNITS, MONEY_UNITS, UnitError

#: unit → (dimension, size in the dimension's base unit)
SCALES: Final[dict[str, tuple[str, Fraction]]] = {
    **{unit: ("area", size) for unit, size in AREA_UNITS.items()},
    **{unit: ("money", size) for unit, size in MONEY_UNITS.items()},
    "kwh": ("power", Fraction(1)),
    "wan_kwh": ("power", Fraction(10_000)),
    "t": ("mass", Fraction(1)),
    "tce": ("coal", Fraction(1)),
    "person": ("person", Fraction(1)),
    "percent": ("share", Fraction(1, 100)),
    "year": ("time", Fraction(1)),
}


class Measure(BaseModel):
    """One raw figure; `min`/`max` (in `unit`) only warn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: str
    unit: str
    subject: tuple[Literal["enterprise", "plot", "zone"], ...]
    period: tuple[Literal["year", "quarter", "month"], ...]
    synonyms: tuple[str, ...] = ()
    min: Decimal | None = None
    max: Decimal | None = None
    sensitivity: Literal["public", "internal", "sensitive"] = "internal"
    note: str = ""


class _Dictionary(BaseModel):
    model_config = ConfigDict(extra="forbid")
    measures: list[Measure] = Field(min_length=1)


def load_measures(text: str) -> dict[str, Measure]:
    """Text of `measures.yaml` → measures by id, in file order. Raises pydantic.ValidationError, ValueError on a repeated id."""
    found = _Dictionary.model_validate(YAML(typ="safe", pure=True).load(text)).measures
    by_id = {measure.id: measure for measure in found}
    if len(by_id) != len(found):
        raise ValueError("measures.yaml 中有重复的指标 id")
    return by_id


@lru_cache(maxsize=1)
def packaged() -> dict[str, Measure]:
    """Measures of the packaged preset."""
    return load_measures(preset("measures.yaml"))


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """Exact change of unit inside one dimension (money, area, power…), to 12 decimals at most. Raises UnitError."""
    if unit == to:
        return value
    if unit not in SCALES or to not in SCALES or SCALES[unit][0] != SCALES[to][0]:
        raise UnitError(f"不能把“{unit}”换算成“{to}”")
    exact = Fraction(value) * SCALES[unit][1] / SCALES[to][1]
    return Decimal(round(exact * 10**12)).scaleb(-12).normalize() + 0
