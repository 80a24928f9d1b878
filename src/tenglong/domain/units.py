"""Units of land, money and time: exact conversions, exact text.

Land is kept in the store as integer cm², money as integer 分; `Decimal` lives only at the edge.
1 mu = 10000/15 m² = 2000/3 m² exactly; 1 ha = 15 mu; 1 km² = 1500 mu (policy-facts head note).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

CM2_PER_M2: Final = 10_000
FEN_PER_YUAN: Final = 100
#: places before or behind the point; `1e9999999` is nine characters, and a fraction of ten million digits
MOST_DIGITS: Final = 60

#: area unit → cm² as an exact fraction
AREA_UNITS: Final[dict[str, Fraction]] = {
    "m2": Fraction(CM2_PER_M2),
    "mu": Fraction(2000 * CM2_PER_M2, 3),
    "ha": Fraction(10_000 * CM2_PER_M2),
    "km2": Fraction(1_000_000 * CM2_PER_M2),
}
#: money unit → 分
MONEY_UNITS: Final[dict[str, Fraction]] = {
    "yuan": Fraction(FEN_PER_YUAN),
    "wan_yuan": Fraction(10_000 * FEN_PER_YUAN),
    "yi_yuan": Fraction(100_000_000 * FEN_PER_YUAN),
}
#: how people write a unit → unit id, used for headings such as 面积(亩) or 成交价格（万元）
UNIT_NAMES: Final[dict[str, str]] = {
    "平方米": "m2", "平米": "m2", "㎡": "m2", "m²": "m2", "m2": "m2",
    "亩": "mu", "公顷": "ha", "ha": "ha", "平方公里": "km2", "km²": "km2", "km2": "km2",
    "元": "yuan", "万元": "wan_yuan", "亿元": "yi_yuan",
    "吨": "t", "吨标煤": "tce", "吨标准煤": "tce", "千瓦时": "kwh", "度": "kwh",
    "万千瓦时": "wan_kwh", "万度": "wan_kwh", "人": "person", "%": "percent", "年": "year",
}


class UnitError(ValueError):
    """A figure or a unit that cannot be read; the message is a Chinese sentence."""


def to_cm2(value: Decimal | int | str, unit: str) -> int:
    """Area in `unit` (m2, mu, ha, km2) → whole cm², half-even. Raises UnitError."""
    return _convert(value, unit, AREA_UNITS)


def to_fen(value: Decimal | int | str, unit: str) -> int:
    """Money in `unit` (yuan, wan_yuan, yi_yuan) → whole 分, half-even. Raises UnitError."""
    return _convert(value, unit, MONEY_UNITS)


def from_cm2(cm2: int, unit: str, places: int = 4) -> Decimal:
    """Whole cm² → area in `unit`, rounded half-even to `places`."""
    return _quantise(Fraction(cm2) / AREA_UNITS[unit], places)


def from_fen(fen: int, unit: str, places: int = 6) -> Decimal:
    """Whole 分 → money in `unit`, rounded half-even to `places`."""
    return _quantise(Fraction(fen) / MONEY_UNITS[unit], places)


def _convert(value: Decimal | int | str, unit: str, table: dict[str, Fraction]) -> int:
    if unit not in table:
        raise UnitError(f"不认识的单位“{unit}”，可用：{'、'.join(table)}")
    return round(exact(value) * table[unit])


def exact(value: Decimal | int | str) -> Fraction:
    """A decimal as people write it, as a fraction. Raises UnitError for what is no number or not of this world."""
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError) as error:
        raise UnitError(f"“{value}”不是数") from error
    if not number.is_finite():
        raise UnitError(f"“{value}”不是数")
    if abs(number.adjusted()) > MOST_DIGITS:
        raise UnitError(f"“{value}”大得或小得离谱")
    return Fraction(number)


def _quantise(value: Fraction, places: int) -> Decimal:
    scaled = Decimal(round(value * 10**places))
    return scaled.scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def area_text(cm2: int, unit: str = "mu") -> str:
    """Exact-as-needed text of an area, trailing zeros dropped: 168.348 for 11.2232 ha in mu."""
    text = f"{from_cm2(cm2, unit, 6):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_in_heading(heading: str) -> str | None:
    """Unit id named in a heading, e.g. 面积(公顷) → ha; None when it names none."""
    match = re.search(r"[（(\[【]\s*([^）)\]】]+?)\s*[）)\]】]", heading)
    return UNIT_NAMES.get(match.group(1).strip().lower()) if match else None


_PERIOD = re.compile(r"^(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?$")


@dataclass(frozen=True, order=True)
class Period:
    """A year `2023`, quarter `2023Q1` or month `2023-01`."""

    year: int
    quarter: int = 0
    month: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Raises UnitError with the forms that are understood."""
        match = _PERIOD.match(text.strip())
        if not match:
            raise UnitError(f"期间“{text}”应写成 2023、2023Q1 或 2023-01")
        year, quarter, month = match.groups()
        return cls(int(year), int(quarter or 0), int(month or 0))

    def __str__(self) -> str:
        if self.quarter:
            return f"{self.year}Q{self.quarter}"
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)
