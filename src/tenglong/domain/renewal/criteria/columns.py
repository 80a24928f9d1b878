"""Formulas over all plots at once: doubles with a proven bound of their error, three-valued flags, coded texts.

A comparison that the bound does not settle leaves its row in doubt, and whoever asked works that row exactly; so every
answer equals that of `evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from tenglong.domain.evaluation.expression import Binary, Call, Expr, Flag, Member, Name, Number, Text, Unary, Value

Array = np.ndarray[Any, Any]
#: relative error of one operation on doubles, doubled for the operations on the bounds themselves
ULP: Final = 2.0**-51
NO, YES, OPEN = 0, 1, -1
_EXACT: Final = 2**53


@dataclass(frozen=True)
class Numbers:
    """`error`: how far a value may be from the exact one; 0 is exact. Unknown where `known` is False."""

    value: Array
    error: Array
    known: Array

    def rounded(self, value: Array, error: Array, known: Array) -> Numbers:
        return Numbers(value, error + np.abs(value) * ULP, known)


@dataclass(frozen=True)
class Flags:
    """YES, NO or OPEN."""

    state: Array


@dataclass(frozen=True)
class Texts:
    """Codes of `Columns.codes`; -1 is missing."""

    code: Array


Column = Numbers | Flags | Texts


def numbers(values: Iterable[Value]) -> Numbers:
    """Fractions as doubles; a value that no double holds is marked with its error."""
    made = [(0.0, 0.0, False) if value is None or isinstance(value, bool | str) else _number(value) for value in values]
    table = np.array(made, dtype=np.float64).reshape(-1, 3)
    return Numbers(table[:, 0].copy(), table[:, 1].copy(), table[:, 2] > 0)


def _number(value: Fraction) -> tuple[float, float, bool]:
    try:
        near = float(value)
    except OverflowError:
        return np.nan, np.inf, True
    below = value.denominator
    exact = below & (below - 1) == 0 and abs(value.numerator) < _EXACT and below < _EXACT
    return near, 0.0 if exact else abs(near) * ULP + 5e-324, True


def flags(values: Iterable[Value]) -> Flags:
    return Flags(np.array([OPEN if value is None else int(bool(value)) for value in values], dtype=np.int8))


class Columns:
    """`held`: name → column, all of one length. `doubt`: rows that must be worked exactly."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.held: dict[str, Column] = {}
        self.codes: dict[str, int] = {}
        self.doubt = np.zeros(size, dtype=np.bool_)

    def texts(self, values: Iterable[Value]) -> Texts:
        found = [-1 if not isinstance(value, str) else self.codes.setdefault(value, len(self.codes)) for value in values]
        return Texts(np.array(found, dtype=np.int64))

    def constant(self, value: Value) -> Column:
        if isinstance(value, bool):
            return Flags(np.full(self.size, int(value), dtype=np.int8))
        if isinstance(value, str):
            return Texts(np.full(self.size, self.codes.setdefault(value, len(self.codes))))
        one = numbers([value])
        return Numbers(*(np.repeat(part, self.size) for part in (one.value, one.error, one.known)))

    def scaled(self, column: Column, factor: Fraction) -> Column:
        """Into the declared unit."""
        return column if factor == 1 else self._binary("*", column, self.constant(factor))

    def work(self, expr: Expr) -> Column:
        """The expression over every row. Kinds were checked when the formula was compiled."""
        if isinstance(expr, Number | Text | Flag):
            return self.constant(expr.value)
        if isinstance(expr, Name):
            return self.held[expr.id]
        if isinstance(expr, Unary):
            return _unary(self.work(expr.operand))
        if isinstance(expr, Binary):
            return self._binary(expr.op, self.work(expr.left), self.work(expr.right))
        if isinstance(expr, Member):
            return self._member(expr)
        return self._call(expr)

    def _member(self, expr: Member) -> Flags:
        asked, found = self.work(expr.operand), None
        for choice in expr.choices:
            one = self._equal(asked, self.constant(choice.value))
            found = one if found is None else either(found, one)
        assert found is not None
        return found

    def _binary(self, op: str, left: Column, right: Column) -> Column:
        if op in ("==", "!="):
            same = self._equal(left, right)
            return same if op == "==" else opposite(same)
        if isinstance(left, Flags) and isinstance(right, Flags):
            return both(left, right) if op == "and" else either(left, right)
        assert isinstance(left, Numbers) and isinstance(right, Numbers)
        if op in _ARITHMETIC:
            return _ARITHMETIC[op](left, right)
        if op == "/":
            return self._divided(left, right)
        return self._compared(op, left, right)

    def _divided(self, left: Numbers, right: Numbers) -> Numbers:
        """Division by zero is missing; a divisor that may be zero leaves the row in doubt."""
        size, known = np.abs(right.value), left.known & right.known
        self.doubt |= known & ~(size > right.error) & ~((size == 0) & (right.error == 0))
        safe = known & (size > right.error)
        with np.errstate(all="ignore"):
            value = np.where(safe, left.value / np.where(safe, right.value, 1.0), 0.0)
            loose = (left.error + np.abs(value) * right.error) / np.where(safe, size - right.error, 1.0)
        nothing = (left.value == 0) & (left.error == 0)
        return left.rounded(value, np.where(safe & ~nothing, loose * (1 + ULP) + 5e-324, 0.0), safe)

    def _compared(self, op: str, left: Numbers, right: Numbers) -> Flags:
        known, more, less, same = self._order(left, right)
        held = {"<": less, "<=": less | same, ">": more, ">=": more | same}[op]
        return Flags(np.where(known, held.astype(np.int8), OPEN).astype(np.int8))

    def _order(self, left: Numbers, right: Numbers) -> tuple[Array, Array, Array, Array]:
        known, error = left.known & right.known, left.error + right.error
        with np.errstate(all="ignore"):
            gap = left.value - right.value
            margin = error * (1 + ULP) + np.where(error > 0, np.abs(gap) * ULP, 0.0)
        same = (gap == 0) & (error == 0)
        more, less = gap > margin, -gap > margin
        self.doubt |= known & ~(same | more | less)
        return known, more, less, same

    def _equal(self, left: Column, right: Column) -> Flags:
        if isinstance(left, Numbers) and isinstance(right, Numbers):
            known, _more, _less, same = self._order(left, right)
        elif isinstance(left, Texts) and isinstance(right, Texts):
            known, same = (left.code >= 0) & (right.code >= 0), left.code == right.code
        else:
            assert isinstance(left, Flags) and isinstance(right, Flags)
            known, same = (left.state != OPEN) & (right.state != OPEN), left.state == right.state
        return Flags(np.where(known, same.astype(np.int8), OPEN).astype(np.int8))

    def _call(self, expr: Call) -> Column:
        args = [self.work(arg) for arg in expr.args]
        if expr.name == "if":
            return _chosen(args)
        if expr.name == "known":
            return Flags(known(args[0]).astype(np.int8))
        given = [arg for arg in args if isinstance(arg, Numbers)]
        if expr.name == "or_zero":
            return _or_zero(given[0])
        if expr.name in ("floor", "round_down"):
            return self._whole(given[0], np.floor if expr.name == "floor" else np.trunc)
        if expr.name == "abs":
            return Numbers(np.abs(given[0].value), given[0].error, given[0].known)
        return _extreme(given, np.minimum if expr.name == "min" else np.maximum)

    def _whole(self, one: Numbers, step: Callable[[Array], Array]) -> Numbers:
        with np.errstate(all="ignore"):
            low, high = step(one.value - one.error * (1 + ULP)), step(one.value + one.error * (1 + ULP))
        self.doubt |= one.known & ~(low == high)
        return Numbers(np.where(low == high, low, 0.0), np.where(low == high, 0.0, np.inf), one.known)


def both(left: Flags, right: Flags) -> Flags:
    low = (left.state == NO) | (right.state == NO)
    return Flags(np.where(low, NO, np.where((left.state == YES) & (right.state == YES), YES, OPEN)).astype(np.int8))


def either(left: Flags, right: Flags) -> Flags:
    return opposite(both(opposite(left), opposite(right)))


def opposite(one: Flags) -> Flags:
    return Flags(np.where(one.state == OPEN, OPEN, 1 - one.state).astype(np.int8))


def _unary(one: Column) -> Column:
    if isinstance(one, Numbers):
        return Numbers(-one.value, one.error, one.known)
    assert isinstance(one, Flags)
    return opposite(one)


def known(one: Column) -> Array:
    """Where there is a value."""
    if isinstance(one, Numbers):
        return one.known
    return one.state != OPEN if isinstance(one, Flags) else one.code >= 0


def _chosen(args: list[Column]) -> Column:
    asked, yes, no = args
    assert isinstance(asked, Flags)
    first, decided = asked.state == YES, asked.state != OPEN
    if isinstance(yes, Numbers) and isinstance(no, Numbers):
        value, error = np.where(first, yes.value, no.value), np.where(first, yes.error, no.error)
        return Numbers(value, error, decided & np.where(first, yes.known, no.known))
    if isinstance(yes, Flags) and isinstance(no, Flags):
        return Flags(np.where(decided, np.where(first, yes.state, no.state), OPEN).astype(np.int8))
    assert isinstance(yes, Texts) and isinstance(no, Texts)
    return Texts(np.where(decided, np.where(first, yes.code, no.code), -1))


def _or_zero(one: Numbers) -> Numbers:
    value, error = (np.where(one.known, part, 0.0) for part in (one.value, one.error))
    return Numbers(value, error, np.ones(len(one.known), dtype=np.bool_))


def _extreme(given: list[Numbers], step: Callable[[Array, Array], Array]) -> Numbers:
    value, error, known = given[0].value, given[0].error, given[0].known
    for one in given[1:]:
        value, error, known = step(value, one.value), np.maximum(error, one.error), known & one.known
    return Numbers(value, error, known)


def _sum(left: Numbers, right: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        return left.rounded(left.value + right.value, left.error + right.error, left.known & right.known)


def _difference(left: Numbers, right: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        return left.rounded(left.value - right.value, left.error + right.error, left.known & right.known)


def _product(left: Numbers, right: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        loose = np.abs(left.value) * right.error + np.abs(right.value) * left.error + left.error * right.error
        return left.rounded(left.value * right.value, loose * (1 + ULP) + 5e-324, left.known & right.known)


_ARITHMETIC: Final[Mapping[str, Callable[[Numbers, Numbers], Numbers]]] = {"+": _sum, "-": _difference, "*": _product}
