"""The exact, three-valued meaning of an expression: the reference every faster engine is compared with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tenglong.domain.evaluation.expression import (
    COMPARISONS,
    Call,
    Expr,
    ExpressionError,
    Flag,
    Member,
    Name,
    Number,
    Text,
    Unary,
    Value,
    excerpt,
    spine,
)

_KIND_NAMES: Final = {Fraction: "数", str: "文字", bool: "是否"}
_COMPARE: Final[dict[str, Callable[[Fraction, Fraction], bool]]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}
_ARITHMETIC: Final[dict[str, Callable[[Fraction, Fraction], Fraction | None]]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b if b else None,
}


def evaluate(expr: Expr, values: Mapping[str, Value]) -> Value:
    """Value of `expr`, exact; None is missing.

    Arithmetic, comparison, `in`, `min`, `max` and `if` of a missing operand are missing, division by zero is missing,
    `and or not` follow Kleene. Every name must have an entry in `values` (None says it is missing), its numbers as
    Fraction, int or Decimal.
    Raises ExpressionError for an absent name, a float, or an operand of the wrong kind.
    """
    first, above = spine(expr)
    value = _leaf(first, values)
    for node in above:
        value = _binary(node.op, value, evaluate(node.right, values), node)
    return value


def _leaf(expr: Expr, values: Mapping[str, Value]) -> Value:
    if isinstance(expr, Number | Text | Flag):
        return expr.value
    if isinstance(expr, Name):
        return _given(expr.id, values)
    if isinstance(expr, Unary):
        return _unary(expr, evaluate(expr.operand, values))
    if isinstance(expr, Member):
        return _member(expr, evaluate(expr.operand, values))
    assert isinstance(expr, Call)
    return _call(expr, values)


def _given(name: str, values: Mapping[str, Value]) -> Value:
    if name not in values:
        raise ExpressionError(f"没有给出“{name}”的值；缺数也要写明是缺数")
    value: object = values[name]
    if value is None or isinstance(value, str | bool | Fraction):
        return value
    if isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        return Fraction(value)
    raise ExpressionError(f"“{name}”的值 {value!r} 不是精确的数、文字或是否")


def _number(value: Value, at: Expr) -> Fraction | None:
    if value is None or isinstance(value, Fraction):
        return value
    raise ExpressionError(f"“{excerpt(at)}”处要用数，得到的是{_kind(value)}")


def _flag(value: Value, at: Expr) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ExpressionError(f"“{excerpt(at)}”处要用是否（条件），得到的是{_kind(value)}")


def _kind(value: Value) -> str:
    return _KIND_NAMES.get(type(value), "缺数")


def _binary(op: str, left: Value, right: Value, at: Expr) -> Value:
    if op in ("and", "or"):
        return _kleene(op, _flag(left, at), _flag(right, at))
    if op in ("==", "!="):
        return _equal(op, left, right, at)
    a, b = _number(left, at), _number(right, at)
    if a is None or b is None:
        return None
    return _COMPARE[op](a, b) if op in COMPARISONS else _ARITHMETIC[op](a, b)


def _kleene(op: str, left: bool | None, right: bool | None) -> bool | None:
    decides = op == "or"
    if left is decides or right is decides:
        return decides
    return None if left is None or right is None else not decides


def _equal(op: str, left: Value, right: Value, at: Expr) -> bool | None:
    if left is None or right is None:
        return None
    if type(left) is not type(right):
        raise ExpressionError(f"“{excerpt(at)}”两边不是同一种值：{_kind(left)}和{_kind(right)}")
    return (left == right) is (op == "==")


def _unary(expr: Unary, value: Value) -> Value:
    if expr.op == "-":
        number = _number(value, expr)
        return None if number is None else -number
    flag = _flag(value, expr)
    return None if flag is None else not flag


def _member(expr: Member, value: Value) -> bool | None:
    found = [_equal("==", value, choice.value, expr) for choice in expr.choices]
    return None if value is None else True in found


def _call(expr: Call, values: Mapping[str, Value]) -> Value:
    if expr.name == "if":
        chosen = _flag(evaluate(expr.args[0], values), expr)
        return None if chosen is None else evaluate(expr.args[1 if chosen else 2], values)
    args = [evaluate(arg, values) for arg in expr.args]
    if expr.name == "known":
        return args[0] is not None
    numbers = [_number(arg, expr) for arg in args]
    if expr.name == "or_zero":
        return Fraction(0) if numbers[0] is None else numbers[0]
    known = [number for number in numbers if number is not None]
    return _PLAIN_CALLS[expr.name](known) if len(known) == len(numbers) else None


_PLAIN_CALLS: Final[dict[str, Callable[[list[Fraction]], Fraction]]] = {
    "min": min, "max": max, "abs": lambda args: abs(args[0]),
    "round_down": lambda args: Fraction(math.trunc(args[0])), "floor": lambda args: Fraction(math.floor(args[0])),
}
