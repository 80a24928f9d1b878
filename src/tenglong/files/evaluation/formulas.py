"""An expression of a scheme as an Excel formula that WPS knows too: a value, and the conditions under which there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tenglong.domain.evaluation.expression import Binary, Call, Expr, Flag, Member, Name, Number, Text, Unary, number_text

_OPS: Final[dict[str, str]] = {"==": "=", "!=": "<>"}
_CALLS: Final[dict[str, str]] = {"min": "MIN", "max": "MAX", "abs": "ABS", "round_down": "ROUNDDOWN", "floor": "INT"}


@dataclass(frozen=True)
class Formula:
    """`absent`: conditions in the order they must be asked; when one is true there is no value."""

    text: str
    absent: list[str] = field(default_factory=list)

    def guarded(self, otherwise: str = '""') -> str:
        """The value, or `otherwise`; conditions are nested so that none is worked on a missing operand."""
        text = self.text
        for condition in reversed(self.absent):
            text = f"IF({condition},{otherwise},{text})"
        return text


def formula(expr: Expr, cell: Callable[[str], str]) -> Formula:
    """`cell` gives the reference of a name; a missing figure is an empty cell, a flag holds 是 or 否."""
    if isinstance(expr, Number):
        return Formula(number_text(expr.value))
    if isinstance(expr, Text | Flag):
        return Formula(f'"{expr.value}"' if isinstance(expr, Text) else "TRUE" if expr.value else "FALSE")
    if isinstance(expr, Name):
        return Formula(cell(expr.id), [f'{cell(expr.id)}=""'])
    if isinstance(expr, Unary):
        inner = formula(expr.operand, cell)
        return Formula(f"(-{inner.text})" if expr.op == "-" else f"NOT({_truth(expr.operand, inner.text)})", inner.absent)
    if isinstance(expr, Binary):
        return _binary(expr, formula(expr.left, cell), formula(expr.right, cell))
    if isinstance(expr, Member):
        inner = formula(expr.operand, cell)
        hits = ",".join(f"{inner.text}={formula(choice, cell).text}" for choice in expr.choices)
        return Formula(f"OR({hits})", inner.absent)
    return _call(expr, [formula(arg, cell) for arg in expr.args])


def _truth(expr: Expr, text: str) -> str:
    """A flag's cell says 是; every other condition is one already."""
    return f'{text}="是"' if isinstance(expr, Name) else text


def _binary(expr: Binary, left: Formula, right: Formula) -> Formula:
    absent = [*left.absent, *right.absent]
    if expr.op in ("and", "or"):
        return _kleene(expr, left, right)
    if expr.op == "/":
        absent.append(f"{right.text}=0")
    return Formula(f"({left.text}{_OPS.get(expr.op, expr.op)}{right.text})", absent)


def _kleene(expr: Binary, left: Formula, right: Formula) -> Formula:
    """A known false decides an `and`, a known true an `or`; otherwise a missing side leaves it missing."""
    open_, both = ("TRUE", expr.op == "and") if expr.op == "and" else ("FALSE", False)
    sides = [Formula(_truth(one, made.text), made.absent) for one, made in ((expr.left, left), (expr.right, right))]
    text = f"{expr.op.upper()}({','.join(side.guarded(open_) for side in sides)})"
    absent = [*left.absent, *right.absent]
    if not absent:
        return Formula(text)
    lacking = _any(absent)
    return Formula(text, [f"IF({text},{lacking},FALSE)" if both else f"IF({text},FALSE,{lacking})"])


def _call(expr: Call, args: list[Formula]) -> Formula:
    if expr.name == "known":
        return Formula("NOT(OR(" + ",".join(args[0].absent) + "))" if args[0].absent else "TRUE")
    if expr.name == "or_zero":
        return Formula(f"({args[0].guarded('0')})")
    if expr.name == "if":
        chosen, yes, no = args
        test = _truth(expr.args[0], chosen.text)
        arms = f"IF({test},{_any(yes.absent)},{_any(no.absent)})"
        absent = [*chosen.absent, *([arms] if yes.absent or no.absent else [])]
        return Formula(f"IF({test},{yes.guarded('0')},{no.guarded('0')})", absent)
    more = ",0" if expr.name == "round_down" else ""
    absent = [one for arg in args for one in arg.absent]
    return Formula(f"{_CALLS[expr.name]}({','.join(arg.text for arg in args)}{more})", absent)


def _any(conditions: list[str]) -> str:
    text = "FALSE"
    for condition in reversed(conditions):
        text = f"IF({condition},TRUE,{text})"
    return text
