"""Expression tree → Ibis, with the meaning that `domain.evaluation.value` gives it.

A figure is a whole number × 10⁻⁶, so a number is carried as a double that holds a whole number (`exact`) and a count of
decimals, for as long as sums and products allow; one division then gives the correctly rounded quotient. That is why
`tax_paid / land_mu >= 3` is true for 0.3 ÷ 0.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import ibis

from tenglong.domain.evaluation.expression import Binary, Call, Expr, Flag, Member, Name, Number, Text, Unary, children
from tenglong.engine.exact import NUMBER, Column, all_known, double, larger, pick, smaller

#: decimals of a figure in the rows
DECIMALS: Final = 6
#: above this a product is no longer kept as a whole number
_MOST_DECIMALS: Final = 18


@dataclass(frozen=True)
class Quantity:
    """`column` ÷ 10^decimals; `exact`: the double holds a whole number."""

    column: Column
    decimals: int = 0
    exact: bool = False

    def plain(self) -> Column:
        """The number itself, as double."""
        return self.column / double(10**self.decimals) if self.decimals else self.column

    def at(self, decimals: int) -> Column:
        return self.column * double(10 ** (decimals - self.decimals)) if decimals != self.decimals else self.column


Compiled = Quantity | Column
Names = Mapping[str, Compiled]


def figure(column: Column) -> Quantity:
    """A figure of the rows: int64 × 10⁶."""
    return Quantity(column.cast("float64"), DECIMALS, exact=True)


def compile_number(expr: Expr, names: Names) -> Quantity:
    found = _compile(expr, names)
    assert isinstance(found, Quantity)
    return found


def compile_flag(expr: Expr, names: Names) -> Column:
    return _compile(expr, names)


def ordered_names(expr: Expr) -> tuple[str, ...]:
    """Names in reading order, each once."""
    if isinstance(expr, Name):
        return (expr.id,)
    return tuple(dict.fromkeys(name for child in children(expr) for name in ordered_names(child)))


def may_miss(expr: Expr, nullable: Callable[[str], bool]) -> bool:
    """Whether the value can be missing, judged by form alone; true when in doubt."""
    if isinstance(expr, Name):
        return nullable(expr.id)
    if isinstance(expr, Call) and expr.name in ("known", "or_zero"):
        return False
    if isinstance(expr, Binary) and expr.op == "/" and not (isinstance(expr.right, Number) and expr.right.value):
        return True
    return any(may_miss(child, nullable) for child in children(expr))


def _compile(expr: Expr, names: Names) -> Compiled:
    if isinstance(expr, Number):
        return _literal(expr.value)
    if isinstance(expr, Text | Flag):
        return ibis.literal(expr.value)
    if isinstance(expr, Name):
        return names[expr.id]
    if isinstance(expr, Unary):
        return _unary(expr, names)
    if isinstance(expr, Member):
        return _member(expr, names)
    if isinstance(expr, Call):
        return _call(expr, names)
    return _binary(expr, names)


def _literal(value: Fraction) -> Quantity:
    decimals = next((k for k in range(_MOST_DECIMALS) if 10**k % value.denominator == 0), None)
    if decimals is None:
        return Quantity(double(value))
    return Quantity(double(value * 10**decimals), decimals, exact=True)


def _unary(expr: Unary, names: Names) -> Compiled:
    inner = _compile(expr.operand, names)
    if isinstance(inner, Quantity):
        return Quantity(-inner.column, inner.decimals, inner.exact)
    # not `~inner`: it is written as NOT x, and NOT x IS NULL would be read as NOT (x IS NULL)
    return inner == ibis.literal(False)


def _aligned(parts: list[Quantity]) -> tuple[list[Column], int, bool]:
    """Columns with the same decimals; exact when all are."""
    if all(part.exact for part in parts):
        most = max(part.decimals for part in parts)
        return [part.at(most) for part in parts], most, True
    return [part.plain() for part in parts], 0, False


def _binary(expr: Binary, names: Names) -> Compiled:
    left: Column = _compile(expr.left, names)
    right: Column = _compile(expr.right, names)
    if expr.op in ("and", "or"):
        return left & right if expr.op == "and" else left | right
    if not isinstance(left, Quantity) or not isinstance(right, Quantity):
        return left == right if expr.op == "==" else left != right
    if expr.op == "*":
        return _product(left, right)
    if expr.op == "/":
        return _quotient(left, right)
    (a, b), decimals, exact = _aligned([left, right])
    if expr.op in "+-":
        return Quantity(a + b if expr.op == "+" else a - b, decimals, exact)
    return _COMPARE[expr.op](a, b)


_COMPARE: Final[dict[str, Callable[[Column, Column], Column]]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _product(left: Quantity, right: Quantity) -> Quantity:
    if left.exact and right.exact and left.decimals + right.decimals <= _MOST_DECIMALS:
        return Quantity(left.column * right.column, left.decimals + right.decimals, exact=True)
    return Quantity(left.plain() * right.plain())


def _quotient(left: Quantity, right: Quantity) -> Quantity:
    (a, b), _, _ = _aligned([left, right])
    return Quantity(a / b.nullif(double(0)))


def _member(expr: Member, names: Names) -> Column:
    operand = _compile(expr.operand, names)
    found = None
    for choice in expr.choices:
        same = _equal(operand, choice)
        found = same if found is None else found | same
    return found


def _equal(operand: Compiled, choice: Number | Text | Flag) -> Column:
    if isinstance(operand, Quantity) and isinstance(choice, Number):
        (a, b), _, _ = _aligned([operand, _literal(choice.value)])
        return a == b
    return operand == ibis.literal(choice.value)


def _call(expr: Call, names: Names) -> Compiled:
    args = [_compile(arg, names) for arg in expr.args]
    if expr.name == "known":
        first = args[0]
        return (first.column if isinstance(first, Quantity) else first).notnull()
    if expr.name == "if":
        return _chosen(args[0], args[1], args[2])
    quantities = [arg for arg in args if isinstance(arg, Quantity)]
    return _CALLS[expr.name](quantities)


def _chosen(condition: Column, yes: Compiled, no: Compiled) -> Compiled:
    """A missing condition chooses neither."""
    if isinstance(yes, Quantity) and isinstance(no, Quantity):
        (a, b), decimals, exact = _aligned([yes, no])
        return Quantity(pick([(condition, a), (~condition, b)], NUMBER), decimals, exact)
    chosen: Column = yes
    kind = "boolean" if chosen.type().is_boolean() else "string"
    return pick([(condition, yes), (~condition, no)], ibis.null(kind))


def _or_zero(args: list[Quantity]) -> Quantity:
    return Quantity(args[0].column.fill_null(double(0)), args[0].decimals, args[0].exact)


def _extreme(better: Callable[[Column, Column], Column]) -> Callable[[list[Quantity]], Quantity]:
    def of(args: list[Quantity]) -> Quantity:
        columns, decimals, exact = _aligned(args)
        best = columns[0]
        for column in columns[1:]:
            best = better(best, column)
        return Quantity(best, decimals, exact)

    return of


def _absolute(args: list[Quantity]) -> Quantity:
    return Quantity(args[0].column.abs(), args[0].decimals, args[0].exact)


def _floor(args: list[Quantity]) -> Quantity:
    return Quantity(args[0].plain().floor().cast("float64"), exact=True)


def _round_down(args: list[Quantity]) -> Quantity:
    """Towards zero."""
    value = args[0].plain()
    towards = pick([(value >= double(0), value.floor().cast("float64"))], value.ceil().cast("float64"))
    return Quantity(all_known([value], towards), exact=True)


_CALLS: Final[dict[str, Callable[[list[Quantity]], Quantity]]] = {
    "min": _extreme(smaller),
    "max": _extreme(larger),
    "abs": _absolute,
    "or_zero": _or_zero,
    "floor": _floor,
    "round_down": _round_down,
}
