"""The tree of a scheme's expression, its canonical text, its Chinese wording, and its exact meaning.

A measure, an attribute or (where the caller allows) an indicator is a `Name`. Values are exact fractions, texts and flags;
None is a missing value, and it stays missing: only `or_zero` turns it into a number, only `known` looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

#: what a name may stand for and what an expression yields; None is missing
Value = Fraction | str | bool | None

MAX_NODES: Final = 200
MAX_DEPTH: Final = 20
MAX_TEXT: Final = 4_000
MAX_DIGITS: Final = 15

#: function → fewest and most arguments (None: any number more)
FUNCTIONS: Final[dict[str, tuple[int, int | None]]] = {
    "min": (2, None), "max": (2, None), "abs": (1, 1), "if": (3, 3),
    "known": (1, 1), "or_zero": (1, 1), "round_down": (1, 1), "floor": (1, 1),
}
KEYWORDS: Final = frozenset({"and", "or", "not", "in", "true", "false"})
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
#: how tightly an operator binds; a leading minus binds tightest
PRECEDENCE: Final[dict[str, int]] = {
    "or": 1, "and": 2, "not": 3, **dict.fromkeys((*COMPARISONS, "in"), 4), "+": 5, "-": 5, "*": 6, "/": 6,
}
NEGATION: Final = 7
_ATOM: Final = 8


class ExpressionError(ValueError):
    """An expression that is refused: `reason` is a Chinese sentence, `column` counts from 1 (0: the whole expression)."""

    def __init__(self, reason: str, column: int = 0) -> None:
        super().__init__(f"第 {column} 列：{reason}" if column else reason)
        self.reason = reason
        self.column = column


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal literal, kept exact."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Text:
    """A text literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """Id of a measure, an attribute or an indicator."""

    id: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`-` or `not`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """`+ - * /`, a comparison, `and` or `or`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Member:
    """`operand in [choices]`; a number among the choices may be negative."""

    operand: Expr
    choices: tuple[Number | Text | Flag, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One of FUNCTIONS."""

    name: str
    args: tuple[Expr, ...]


Expr = Number | Text | Flag | Name | Unary | Binary | Member | Call


def spine(expr: Expr) -> tuple[Expr, list[Binary]]:
    """Leftmost operand and the operators above it, innermost first: lets a long sum be folded without recursion."""
    above: list[Binary] = []
    while isinstance(expr, Binary):
        above.append(expr)
        expr = expr.left
    return expr, above[::-1]


def children(expr: Expr) -> tuple[Expr, ...]:
    """Operands directly below, in reading order."""
    if isinstance(expr, Binary):
        return (expr.left, expr.right)
    if isinstance(expr, Unary):
        return (expr.operand,)
    if isinstance(expr, Member):
        return (expr.operand, *expr.choices)
    return expr.args if isinstance(expr, Call) else ()


def every_node(expr: Expr) -> list[Expr]:
    """All nodes, without recursion; the choices of `in` count too."""
    found, waiting = [], [expr]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(children(node))
    return found


def names(expr: Expr) -> frozenset[str]:
    """Ids the expression reads."""
    return frozenset(node.id for node in every_node(expr) if isinstance(node, Name))


def continues(expr: Expr, op: str) -> bool:
    """Whether `expr op …` is one chain such as a + b − c, which counts as one level of depth."""
    return isinstance(expr, Binary) and PRECEDENCE[expr.op] == PRECEDENCE[op] and op not in COMPARISONS


def depth(expr: Expr) -> int:
    """Levels of nesting; a chain of + −, of × ÷, of and, or of or is one level however long."""
    first, above = spine(expr)
    level = 1 + max((depth(child) for child in children(first)), default=0)
    for node in above:
        right = 1 + depth(node.right)
        level = max(level if continues(node.left, node.op) else level + 1, right)
    return level


# ---- texts

_FULL_NAMES: Final[dict[str, str]] = {
    "min": "较小者", "max": "较大者", "abs": "绝对值", "known": "有数据",
    "or_zero": "缺数按 0 计", "round_down": "向零取整", "floor": "向下取整",
}
_CHINESE_OPS: Final[dict[str, str]] = {
    "-": "−", "*": "×", "/": "÷", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "and": "且", "or": "或",
}


@dataclass(frozen=True)
class _Wording:
    """How one kind of text writes each node; the brackets needed are the same for all."""

    atom: Callable[[Expr], str]
    op: Callable[[str], str]
    unary: Callable[[str], str]
    not_holds: int
    brackets: str
    member: Callable[[str, list[str]], str]
    call: Callable[[str, list[str]], str]

    def write(self, expr: Expr) -> str:
        return self._part(expr)[0]

    def _part(self, expr: Expr) -> tuple[str, int]:
        """Text and how tightly it binds."""
        first, above = spine(expr)
        part = self._leaf(first)
        for node in above:
            level = PRECEDENCE[node.op]
            left = self._held(part, level + (node.op in COMPARISONS))
            right = self._held(self._part(node.right), level + 1)
            part = f"{left} {self.op(node.op)} {right}", level
        return part

    def _leaf(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Unary):
            level = NEGATION if expr.op == "-" else PRECEDENCE[expr.op]
            needed = level if expr.op == "-" else self.not_holds
            return self.unary(expr.op) + self._held(self._part(expr.operand), needed), level
        if isinstance(expr, Member):
            level = PRECEDENCE["in"]
            choices = [self.atom(choice) for choice in expr.choices]
            return self.member(self._held(self._part(expr.operand), level + 1), choices), level
        if isinstance(expr, Call):
            return self.call(expr.name, [self.write(arg) for arg in expr.args]), _ATOM
        return self.atom(expr), _ATOM

    def _held(self, part: tuple[str, int], needed: int) -> str:
        text, level = part
        return text if level >= needed else f"{self.brackets[0]}{text}{self.brackets[1]}"


def number_text(value: Fraction) -> str:
    """Plain decimal text without trailing zeros. Raises ExpressionError when the fraction has no finite decimal text."""
    places, rest = 0, value.denominator
    for factor in (2, 5):
        power = 0
        while rest % factor == 0:
            rest, power = rest // factor, power + 1
        places = max(places, power)
    if rest != 1:
        raise ExpressionError(f"{value} 不是有限小数，不能写进表达式")
    return f"{Decimal(int(value * 10**places)).scaleb(-places):f}"


def quoted(value: str) -> str:
    """Text literal in double quotes, or in single ones when it holds a double quote. Raises ExpressionError."""
    if '"' in value and "'" in value:
        raise ExpressionError("文字里不能同时有单引号和双引号")
    return f"'{value}'" if '"' in value else f'"{value}"'


def _plain_atom(expr: Expr) -> str:
    if isinstance(expr, Number):
        return number_text(expr.value)
    if isinstance(expr, Text):
        return quoted(expr.value)
    if isinstance(expr, Flag):
        return "true" if expr.value else "false"
    assert isinstance(expr, Name)
    return expr.id


_PLAIN: Final = _Wording(
    atom=_plain_atom, op=lambda op: op, unary=lambda op: "-" if op == "-" else f"{op} ", brackets="()",
    not_holds=PRECEDENCE["not"], member=lambda operand, choices: f"{operand} in [{', '.join(choices)}]",
    call=lambda name, args: f"{name}({', '.join(args)})",
)


def show(expr: Expr) -> str:
    """Canonical text: `parse(show(expr)) == expr` for every tree that `parse` can give. Raises ExpressionError."""
    return _PLAIN.write(expr)


def chinese(expr: Expr, labels: Mapping[str, str]) -> str:
    """Wording for explanation pages, e.g. “实缴税收 ÷ 用地面积”; an id without a label stands as it is."""

    def atom(node: Expr) -> str:
        if isinstance(node, Name):
            return labels.get(node.id, node.id)
        if isinstance(node, Flag):
            return "是" if node.value else "否"
        return f"“{node.value}”" if isinstance(node, Text) else _plain_atom(node).replace("-", "−")

    return _Wording(
        atom=atom, op=lambda op: _CHINESE_OPS.get(op, op), unary=lambda op: "−" if op == "-" else "非", brackets="（）",
        not_holds=_ATOM, member=lambda operand, choices: f"{operand} 属于（{'、'.join(choices)}）", call=_chinese_call,
    ).write(expr)


def _chinese_call(name: str, args: list[str]) -> str:
    if name == "if":
        return f"（如果 {args[0]}，则 {args[1]}，否则 {args[2]}）"
    return f"{_FULL_NAMES[name]}（{'，'.join(args)}）"


def excerpt(expr: Expr, most: int = 60) -> str:
    """Canonical text for a message, cut short."""
    text = show(expr)
    return text if len(text) <= most else text[: most - 1] + "…"
