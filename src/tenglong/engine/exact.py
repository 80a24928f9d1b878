"""Numbers that two engines must agree on to the last bit: literals, whole-number division, sums that no order can change.

Every operation here is one that IEEE 754 or integer arithmetic defines completely, so DuckDB and Spark cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import ibis

from tenglong.engine.symbols import Symbol, exact, ratio

#: an Ibis value; Ibis's own classes are too narrow for a column that is a number here and null there
Column = Any
Table = ibis.Table

NUMBER: Final = ibis.null("float64")


def double(value: Fraction | Decimal | int) -> Column:
    """A literal as double: numerator ÷ denominator, both whole.

    A bare `24.097` would be a decimal to one engine and not to the other."""
    if isinstance(value, Symbol):
        return whole(value.sheet.number(value, whole=False)).cast("float64")
    found = ratio(value)
    if isinstance(found, float):
        return ibis.literal(found, "float64")
    top = whole(found[0]).cast("float64")
    return top if found[1] == 1 else top / whole(found[1]).cast("float64")


def whole(value: int | Symbol) -> Column:
    if isinstance(value, Symbol):
        value = value.sheet.number(value, whole=True)
    return ibis.literal(value, "int64")


def int64(total: Column) -> Column:
    """A sum of whole numbers as int64: DuckDB's is wider than Ibis believes, so a direct cast would be dropped."""
    return total.cast("decimal(38, 0)").cast("int64")


def pick(branches: Iterable[tuple[Column, Column]], otherwise: Column) -> Column:
    """CASE WHEN …; without branches `otherwise` alone."""
    held = list(branches)
    return ibis.cases(*held, else_=otherwise) if held else otherwise


def divided(a: Column, b: int) -> Column:
    """⌊a ÷ b⌋ of whole numbers a ≥ 0, b > 0. The remainder goes first: the quotient is whole before it is a double."""
    return ((a - a % whole(b)) / whole(b)).cast("int64")


def share(n: Column, percent: Decimal, rounding: str) -> Column:
    """percent · n ÷ 100, rounded `floor`, `ceil` or `half_up`, in whole numbers."""
    part = exact(percent) / 100
    top, bottom = part.numerator, part.denominator
    if rounding == "half_up":
        return divided(n * whole(2 * top) + whole(bottom), 2 * bottom)
    return divided(n * whole(top) + whole(bottom - 1 if rounding == "ceil" else 0), bottom)


def all_known(values: Iterable[Column], result: Column, kind: str = "float64") -> Column:
    """`result`, or null when any of `values` is: `least` and `greatest` skip nulls on both engines."""
    missing = [value.isnull() for value in values]
    if not missing:
        return result
    any_missing = missing[0]
    for one in missing[1:]:
        any_missing = any_missing | one
    return ibis.ifelse(any_missing, ibis.null(kind), result)


def smaller(a: Column, b: Column) -> Column:
    """Null when either is."""
    return pick([(a <= b, a), (b < a, b)], NUMBER)


def larger(a: Column, b: Column) -> Column:
    """Null when either is."""
    return pick([(a >= b, a), (b > a, b)], NUMBER)


def steady_sum(value: Column, where: Column, *, integral: bool) -> Column:
    """Sum of doubles that does not depend on the order of rows: each is cut into two whole numbers, which add exactly.

    `integral`: the doubles hold whole numbers (figures × 10⁶). Otherwise what lies below 2⁻⁴⁸ (3.6e-15) is cut off, which
    is a function of the value alone. Null when no row has a value.
    """
    high, low = (2**20, 1) if integral else (Fraction(1, 2**10), Fraction(1, 2**48))
    upper = (value / double(high)).floor().cast("int64")
    rest = value - upper.cast("float64") * double(high)
    lower = (rest / double(low)).floor().cast("int64")
    return upper.sum(where=where).cast("float64") * double(high) + lower.sum(where=where).cast("float64") * double(low)


def steady_mean(value: Column, where: Column) -> Column:
    """Mean of the values that are known; null when none is."""
    return steady_sum(value, where, integral=False) / value.count(where=where).cast("float64").nullif(0)
