"""Expressions of renewal policies: names with kinds and units, exact values, and what stands behind each of them.

The language is that of `domain/evaluation` (grammar, units, 200 nodes, 20 levels). A policy adds parameters and named
figures; a figure may use inputs, parameters and the figures above it, and its value is turned into the unit it declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StrictBool

from tenglong.domain.evaluation.expression import (
    FUNCTIONS,
    KEYWORDS,
    Binary,
    Expr,
    ExpressionError,
    Member,
    Name,
    Text,
    Value,
    every_node,
    names,
)
from tenglong.domain.evaluation.kinds import Kind, NameKind, check
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.sourced import Based
from tenglong.domain.evaluation.units import factor, parse_unit
from tenglong.domain.evaluation.value import evaluate
from tenglong.domain.renewal.criteria.vocabulary import Input, Of

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


def _text(given: object) -> object:
    if isinstance(given, bool):
        return "true" if given else "false"
    return f"{given}" if isinstance(given, int | float | Decimal) else given


#: an expression; a bare true, false or number of YAML is its own text
Expression = Annotated[str, BeforeValidator(_text)]
RESERVED: Final = frozenset({"key", "owner", "group", "row", *KEYWORDS, *FUNCTIONS})


class Parameter(Based):
    """A number of the policy by name; `value` empty: not known, and `parameters.<id>.value` stands in `unknown`.

    `low`, `high`: the span that a sensitivity moves it over.
    """

    label: str = Field(min_length=1)
    value: Decimal | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    authority: str = ""
    source: str = ""
    verified: Literal["verified", "to-verify"] | None = None
    note: str = ""


class Declared(Based):
    """An input that only this policy knows, or what it takes for a standard one that nobody recorded (`if_absent`)."""

    label: str = ""
    type: Kind | None = None
    of: Of | None = None
    unit: str = ""
    choices: dict[str, str] = Field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    if_absent: StrictBool | Decimal | str | None = None


class Figure(Based):
    """A named quotient, sum … in its unit."""

    label: str = Field(min_length=1)
    value: Expression
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Formula:
    """A checked expression; computed value × `factor` = value in `unit` (numbers only)."""

    text: str
    expr: Expr = field(repr=False)
    kind: Kind = "number"
    unit: str = ""
    factor: Fraction = Fraction(1)

    @cached_property
    def names(self) -> frozenset[str]:
        return names(self.expr)

    def value(self, values: Mapping[str, Value]) -> Value:
        """Exact; None is missing."""
        found = evaluate(self.expr, values)
        return found * self.factor if isinstance(found, Fraction) and self.factor != 1 else found


def compile_formula(text: str, known: Mapping[str, NameKind], *, wants: Kind, unit: str = "") -> Formula:
    """Raises ExpressionError (a Chinese sentence) for grammar, names, kinds, units."""
    expr = parse(text)
    found = check(expr, known)
    if found.kind != wants:
        raise ExpressionError("这里要写条件（是或否）" if wants == "flag" else "这里要写算得出数的式子")
    return Formula(text, expr, found.kind, unit, factor(found.unit, unit) if wants == "number" else Fraction(1))


def compared_texts(expr: Expr) -> Iterable[tuple[str, str]]:
    """(name, text literal) wherever a name is compared with a text."""
    for node in every_node(expr):
        if isinstance(node, Member) and isinstance(node.operand, Name):
            yield from ((node.operand.id, one.value) for one in node.choices if isinstance(one, Text))
        elif isinstance(node, Binary) and node.op in ("==", "!="):
            for name, text in ((node.left, node.right), (node.right, node.left)):
                if isinstance(name, Name) and isinstance(text, Text):
                    yield name.id, text.value


def wrong_choice(expr: Expr, inputs: Mapping[str, Input]) -> str:
    """A sentence when a text is none of the choices of what it is compared with; it would silently never hold."""
    for name, text in compared_texts(expr):
        choices = inputs[name].choices if name in inputs else {}
        if choices and text not in choices:
            return f"“{inputs[name].label}”没有取值“{text}”，可用：{'、'.join(choices)}"
    return ""


def resolved(inputs: Mapping[str, Declared], standard: Mapping[str, Input]) -> tuple[dict[str, Input], list[tuple[str, str]]]:
    """Declared inputs over the standard ones, and (id, sentence) of each that is wrong."""
    found, wrong = dict(standard), list[tuple[str, str]]()
    for name, given in inputs.items():
        below = standard.get(name)
        if reason := _wrong_input(name, given, below):
            wrong.append((name, reason))
        elif below is None and given.type and given.of:
            found[name] = Input(name, given.label, given.type, given.of, given.unit, given.choices, synonyms=given.synonyms)
    return found, wrong


def _wrong_input(name: str, given: Declared, below: Input | None) -> str:
    if name in RESERVED:
        return f"“{name}”是保留字，请换一个名字"
    if below is None and not (given.label and given.type and given.of):
        return f"“{name}”不是通用的数据项，须写明 label、type（number、text、flag）和 of（plot 或 owner）"
    if below is not None and (given.type or given.label or given.of or given.unit or given.choices):
        return f"“{name}”是通用的数据项“{below.label}”，只能写 if_absent 和 basis"
    kind = below.type if below else given.type
    if given.unit:
        try:
            parse_unit(given.unit)
        except ExpressionError as error:
            return str(error)
    fits: dict[Any, Any] = {"number": Decimal, "text": str, "flag": bool}
    value = given.if_absent
    if value is not None and not isinstance(value, fits[kind]):
        return f"if_absent 与“{name}”的类型不符，写的是 {value}"
    choices = below.choices if below else given.choices
    strange = value is not None and choices and value not in choices
    return f"if_absent “{value}”不在取值 {'、'.join(choices)} 里" if strange else ""


def absent_values(inputs: Mapping[str, Declared]) -> dict[str, Value]:
    """What the policy takes for an input without a record."""
    found: dict[str, Value] = {}
    for name, given in inputs.items():
        value = given.if_absent
        if value is not None:
            found[name] = Fraction(value) if isinstance(value, Decimal) else value
    return found


def in_order(wanted: Sequence[str], figures: Mapping[str, Formula]) -> list[str]:
    """Figures that `wanted` names lead to, each after those it uses."""
    found: dict[str, None] = {}

    def take(name: str) -> None:
        if name in figures and name not in found:
            for below in sorted(figures[name].names):
                take(below)
            found[name] = None

    for name in wanted:
        take(name)
    return list(found)
