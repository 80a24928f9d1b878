"""How figures of an evaluation are written: points to 4 decimals, values to 6 significant figures, inputs as given."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

from tenglong.domain.evaluation.expression import ExpressionError, Value
from tenglong.domain.evaluation.units import unit_label

#: an input column holds value × SCALE
SCALE: Final = 10**6
POINT_PLACES: Final = 4
SIGNIFICANT: Final = 6
_WIDE: Final = Context(prec=40)
_SIX: Final = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_UP)


def decimal_of(value: Fraction | Decimal | float | int) -> Decimal:
    """The figure as a decimal of at most 40 digits; a float by its shortest text."""
    if isinstance(value, Fraction):
        return _WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def plain(value: Fraction | Decimal | float | int) -> str:
    """Every digit, no exponent, no trailing zeros: 24.097, 0, -3."""
    text = f"{decimal_of(value):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def significant(value: Fraction | Decimal | float | int) -> str:
    """At most 6 significant figures, half up; whole numbers keep all their digits."""
    exact = decimal_of(value)
    if exact == exact.to_integral_value() and abs(exact) < 10**15:
        return plain(exact)
    rounded = exact.quantize(Decimal(1), ROUND_HALF_UP) if abs(exact) >= 10**SIGNIFICANT else _SIX.plus(exact)
    return plain(rounded)


def fixed(value: Fraction | Decimal | float | int, places: int = POINT_PLACES) -> str:
    """`places` decimals, half up: 37.3490."""
    rounded = decimal_of(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_WIDE)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


def total_text(total: int, decimals: int) -> str:
    """Rounded total × 10^decimals → its text: 9962 with 2 → 99.62."""
    return f"{Decimal(total).scaleb(-decimals):.{decimals}f}"


def unit_text(unit: str) -> str:
    """Chinese label of a unit, empty for a plain ratio or score; an unknown id stands as it is."""
    if unit in ("", "ratio", "score"):
        return ""
    try:
        return unit_label(unit)
    except ExpressionError:
        return unit


def value_text(value: Value) -> str | None:
    """An input as text; None when it is missing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, str) else plain(value)


def share_text(part: int, whole: int) -> str:
    """12/604（2.0 %）: a count never stands without its denominator."""
    return f"{part}/{whole}（{fixed(Fraction(100 * part, whole), 1)} %）" if whole else f"{part}/0"
