"""Figures and conditions as a person reads them: exact where the number ends, enough digits where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from tenglong.domain.evaluation.expression import Binary, Call, Expr, Member, Name, Text, Unary, Value, chinese
from tenglong.domain.evaluation.units import unit_label
from tenglong.domain.renewal.criteria.vocabulary import Input

PLACES: Final = 4
_MOST_PLACES: Final = 12


@lru_cache(maxsize=65_536)
def number_text(value: Fraction) -> str:
    """5.99, or 约 33.3333; a figure that only nearly is a round number keeps the digits that tell it apart (5.99999997)."""
    for places in range(_MOST_PLACES + 1):
        if 10**places % value.denominator == 0:  # value is in lowest terms: then and only then it ends here
            return _plain(value, places)
    for places in range(PLACES, _MOST_PLACES + 1):
        if _plain(value, places) != _plain(value, 2):
            return f"约 {_plain(value, places)}"
    return f"约 {_plain(value, _MOST_PLACES)}"


def _plain(value: Fraction, places: int) -> str:
    text = f"{Decimal(round(Fraction(value.numerator * 10**places, value.denominator))).scaleb(-places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=256)
def unit_text(unit: str) -> str:
    """万元/亩; empty for a plain number."""
    return unit_label(unit) if unit and unit != "ratio" else ""


def value_text(value: Value, unit: str = "", choices: Mapping[str, str] | None = None) -> str:
    """A value with its unit as printed (`unit` is already Chinese); 缺 for a missing one."""
    if value is None:
        return "缺"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return (choices or {}).get(value, value)
    return f"{number_text(value)}{'' if unit in ('', '%') else ' '}{unit}"


def filled(expr: Expr, told: Mapping[str, str], inputs: Mapping[str, Input]) -> str:
    """The expression in Chinese with every name followed by its value: 亩均税收 5.99 万元/亩 < 规上线 6 万元/亩."""
    return chinese(_chosen(expr, inputs), told)


def _chosen(expr: Expr, inputs: Mapping[str, Input]) -> Expr:
    """Ids of choices turned into their words."""
    if isinstance(expr, Binary):
        left, right = _word(expr.left, expr.right, inputs), _word(expr.right, expr.left, inputs)
        return replace(expr, left=_chosen(left, inputs), right=_chosen(right, inputs))
    if isinstance(expr, Member):
        words = tuple(_word(choice, expr.operand, inputs) for choice in expr.choices)
        return replace(expr, operand=_chosen(expr.operand, inputs), choices=words)  # type: ignore[arg-type]
    if isinstance(expr, Unary):
        return replace(expr, operand=_chosen(expr.operand, inputs))
    if isinstance(expr, Call):
        return replace(expr, args=tuple(_chosen(arg, inputs) for arg in expr.args))
    return expr


def _word(expr: Expr, beside: Expr, inputs: Mapping[str, Input]) -> Expr:
    if isinstance(expr, Text) and isinstance(beside, Name) and beside.id in inputs:
        return Text(inputs[beside.id].choices.get(expr.value, expr.value))
    return expr
