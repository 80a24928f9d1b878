"""Kinds and units of an expression, checked before a single row is worked."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final, Literal

from tenglong.domain.evaluation.expression import (
    COMPARISONS,
    Binary,
    Call,
    Expr,
    ExpressionError,
    Flag,
    Member,
    Name,
    Number,
    Text,
    Unary,
    excerpt,
    spine,
)
from tenglong.domain.evaluation.units import LITERAL, PLAIN, Dimension, parse_unit, same_unit

Kind = Literal["number", "text", "flag"]
_KIND_NAMES: Final[dict[Kind, str]] = {"number": "数", "text": "文字", "flag": "是否（条件）"}


@dataclass(frozen=True)
class NameKind:
    """What a name stands for; `unit` of a number is a unit text such as `wan_yuan/mu`, empty or `ratio` for a plain one."""

    kind: Kind
    unit: str = ""


@dataclass(frozen=True)
class Checked:
    """Kind of a whole expression, and its unit when it is a number."""

    kind: Kind
    unit: Dimension = PLAIN


_FLAG: Final = Checked("flag")


def check(expr: Expr, names: Mapping[str, NameKind]) -> Checked:
    """Kind and unit of `expr`.

    Raises ExpressionError for an unknown name or a wrong kind, UnitMismatch for units that cannot be added or compared.
    """
    first, above = spine(expr)
    found = _leaf(first, names)
    for node in above:
        found = _binary(node, found, check(node.right, names))
    return found


def _leaf(expr: Expr, names: Mapping[str, NameKind]) -> Checked:
    if isinstance(expr, Number):
        return Checked("number", LITERAL)
    if isinstance(expr, Text | Flag):
        return Checked("text") if isinstance(expr, Text) else _FLAG
    if isinstance(expr, Name):
        return _name(expr.id, names)
    if isinstance(expr, Member):
        return _alike(check(expr.operand, names), _leaf(expr.choices[0], names), expr, _FLAG)
    if isinstance(expr, Unary):
        return _need(check(expr.operand, names), "number" if expr.op == "-" else "flag", expr)
    assert isinstance(expr, Call)
    return _call(expr, [check(arg, names) for arg in expr.args])


def _name(name: str, names: Mapping[str, NameKind]) -> Checked:
    if name not in names:
        near = difflib.get_close_matches(name, names, 3)
        raise ExpressionError(f"不认识“{name}”" + (f"，是不是 {'、'.join(near)}" if near else "；这里只能用已登记的指标和属性"))
    given = names[name]
    return Checked(given.kind, parse_unit(given.unit) if given.kind == "number" else PLAIN)


def _need(found: Checked, kind: Kind, at: Expr) -> Checked:
    if found.kind != kind:
        raise ExpressionError(f"“{excerpt(at)}”里要用{_KIND_NAMES[kind]}，用到的却是{_KIND_NAMES[found.kind]}")
    return found


def _alike(left: Checked, right: Checked, at: Expr, yields: Checked | None = None) -> Checked:
    """Both sides of one kind and one unit; yields their common kind unless told otherwise."""
    if left.kind != right.kind:
        raise ExpressionError(f"“{excerpt(at)}”两边不是同一种值：{_KIND_NAMES[left.kind]}和{_KIND_NAMES[right.kind]}")
    if left.kind == "number":
        left = Checked("number", same_unit(left.unit, right.unit, excerpt(at)))
    return yields or left


def _binary(node: Binary, left: Checked, right: Checked) -> Checked:
    if node.op in ("==", "!="):
        return _alike(left, right, node, _FLAG)
    kind: Kind = "flag" if node.op in ("and", "or") else "number"
    _need(left, kind, node)
    _need(right, kind, node)
    if node.op in ("*", "/"):
        return Checked("number", left.unit.times(right.unit, 1 if node.op == "*" else -1))
    return _alike(left, right, node, _FLAG if node.op in COMPARISONS else None)


def _call(expr: Call, args: list[Checked]) -> Checked:
    if expr.name == "known":
        return _FLAG
    if expr.name == "if":
        _need(args[0], "flag", expr)
        return _alike(args[1], args[2], expr)
    for arg in args:
        _need(arg, "number", expr)
    return reduce(lambda left, right: _alike(left, right, expr), args)
