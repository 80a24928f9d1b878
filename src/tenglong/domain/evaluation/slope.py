"""Which way a value moves when one figure grows and all else stands still, read from its form alone.

Every node gets bounds and a direction. A quotient by something that reads the figure itself is judged where that divisor is
above 0 (`premises`); what cannot be told says why. Nothing is guessed: `unknown` claims nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from typing import Final, Literal

from tenglong.domain.evaluation.expression import (
    COMPARISONS,
    Binary,
    Call,
    Expr,
    Flag,
    Member,
    Name,
    Number,
    Text,
    Unary,
    chinese,
)

#: same: does not move
Way = Literal["same", "rising", "falling", "unknown"]
Bound = Fraction | None
_TURNED: Final[dict[Way, Way]] = {"same": "same", "rising": "falling", "falling": "rising", "unknown": "unknown"}


@dataclass(frozen=True)
class Slope:
    """Least and greatest value (None: no bound known), and the direction; `why` is a Chinese sentence where it is unknown."""

    low: Bound = None
    high: Bound = None
    way: Way = "same"
    why: str = ""
    premises: frozenset[str] = field(default_factory=frozenset)

    @property
    def positive(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def negative(self) -> bool:
        return self.high is not None and self.high <= 0

    @property
    def moves(self) -> bool:
        return self.way != "same"


FLAT: Final = Slope()
ZERO: Final = Slope(Fraction(0), Fraction(0))


def number(value: Fraction) -> Slope:
    return Slope(value, value)


def lost(why: str, *parts: Slope) -> Slope:
    """Unknown; a reason that a part already has comes first."""
    return Slope(None, None, "unknown", next((part.why for part in parts if part.why), why), _premises(*parts))


def _premises(*parts: Slope) -> frozenset[str]:
    return frozenset().union(*(part.premises for part in parts))


def minus(a: Slope) -> Slope:
    low, high = (None if bound is None else -bound for bound in (a.high, a.low))
    return replace(a, low=low, high=high, way=_TURNED[a.way])


def together(*parts: Slope) -> tuple[Way, str]:
    """Direction of what rises with each of its parts."""
    ways = {part.way for part in parts} - {"same"}
    if not ways:
        return "same", ""
    if len(ways) == 1 and "unknown" not in ways:
        return next(iter(ways)), ""
    return "unknown", next((part.why for part in parts if part.why), "一部分随之上升，另一部分随之下降")


def plus(a: Slope, b: Slope) -> Slope:
    way, why = together(a, b)
    return Slope(_both(a.low, b.low, lambda x, y: x + y), _both(a.high, b.high, lambda x, y: x + y), way, why, _premises(a, b))


def least(a: Slope, b: Slope) -> Slope:
    """The smaller of the two."""
    way, why = together(a, b)
    high = a.high if b.high is None else b.high if a.high is None else min(a.high, b.high)
    return _settled(Slope(_both(a.low, b.low, min), high, way, why, _premises(a, b)))


def greatest(a: Slope, b: Slope) -> Slope:
    return minus(least(minus(a), minus(b)))


def _both(a: Bound, b: Bound, join: Callable[[Fraction, Fraction], Fraction]) -> Bound:
    return None if a is None or b is None else join(a, b)


def _settled(a: Slope) -> Slope:
    """What can hold one value only does not move."""
    return Slope(a.low, a.high, premises=a.premises) if a.low is not None and a.low == a.high else a


def times(a: Slope, b: Slope, told: str = "") -> Slope:
    """Product; `told` names it in the reason."""
    if any(one.positive and one.negative for one in (a, b)):
        return replace(ZERO, premises=_premises(a, b))
    if a.negative and not a.positive:
        return minus(times(minus(a), b, told))
    if b.negative and not b.positive:
        return minus(times(a, minus(b), told))
    if not a.moves and not b.moves:
        return Slope(*_product(a, b), premises=_premises(a, b))
    if (a.moves and not b.positive) or (b.moves and not a.positive):
        return lost(f"“{told}”里相乘除的数可能为负，方向不定", a, b)
    way, why = together(a, b)
    return _settled(Slope(*_product(a, b), way, why, _premises(a, b)))


def _product(a: Slope, b: Slope) -> tuple[Bound, Bound]:
    if a.low is not None and a.high is not None and b.low is not None and b.high is not None:
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return min(corners), max(corners)
    return (Fraction(0) if a.positive and b.positive else None), None


def over(a: Slope, b: Slope, told: str = "") -> Slope:
    """Quotient, where there is one: b = 0 gives no value."""
    if b.negative and not b.positive:
        return minus(over(a, minus(b), told))
    if not b.positive:
        if a.moves or b.moves:
            return lost(f"“{told}”的分母可能为负，方向不定", a, b)
        return Slope(premises=_premises(a, b))
    low = 1 / b.high if b.high else Fraction(0)
    needed = b.premises | {f"“{told}”的分母大于 0"} if b.moves else b.premises
    return times(a, Slope(low, 1 / b.low if b.low else None, _TURNED[b.way], b.why, needed), told)


def either(met: Slope, yes: Slope, no: Slope, told: str = "") -> Slope:
    """`yes` where the condition holds, else `no`."""
    low, high = _both(yes.low, no.low, min), _both(yes.high, no.high, max)
    way, why = together(yes, no)
    held = Slope(low, high, way, why, _premises(met, yes, no))
    if not met.moves or held.way == "unknown":
        return held
    if met.way == "falling":
        met, yes, no = replace(met, way="rising"), no, yes
    if met.way == "rising" and way != "falling" and yes.low is not None and no.high is not None and yes.low >= no.high:
        return replace(held, way="rising")
    if met.way == "rising" and way != "rising" and yes.high is not None and no.low is not None and yes.high <= no.low:
        return replace(held, way="falling")
    return lost(f"“{told}”的条件随之成立或不成立，取值可能反向跳动", met)


# ---- expressions


def slope(expr: Expr, names: Mapping[str, Slope], labels: Mapping[str, str]) -> Slope:
    """Of an expression, a condition counted as false < true; `names` say how each name moves (absent: not at all)."""
    if isinstance(expr, Number):
        return number(expr.value)
    if isinstance(expr, Name):
        return names.get(expr.id, FLAT)
    if isinstance(expr, Text | Flag):
        return FLAT
    if isinstance(expr, Unary):
        return minus(slope(expr.operand, names, labels))
    if isinstance(expr, Member):
        operand = slope(expr.operand, names, labels)
        return lost(f"“{chinese(expr, labels)}”要求等于某个数", operand) if operand.moves else FLAT
    told = chinese(expr, labels)
    parts = [slope(part, names, labels) for part in (expr.args if isinstance(expr, Call) else (expr.left, expr.right))]
    return _call(expr.name, parts, told) if isinstance(expr, Call) else _binary(expr, parts, told)


def _binary(expr: Binary, parts: list[Slope], told: str) -> Slope:
    a, b = parts
    if expr.op in COMPARISONS:
        return _compared(expr.op, a, b, told)
    if expr.op in ("and", "or"):
        way, why = together(a, b)
        return Slope(way=way, why=why, premises=_premises(a, b))
    if expr.op in ("+", "-"):
        return plus(a, b if expr.op == "+" else minus(b))
    return times(a, b, told) if expr.op == "*" else over(a, b, told)


def _compared(op: str, a: Slope, b: Slope, told: str) -> Slope:
    gap = plus(a, minus(b))
    if op in ("==", "!="):
        return lost(f"“{told}”要求恰好相等", gap) if gap.moves else Slope(premises=gap.premises)
    return Slope(way=gap.way if op in (">", ">=") else _TURNED[gap.way], why=gap.why, premises=gap.premises)


def _call(name: str, parts: list[Slope], told: str) -> Slope:
    if name == "if":
        met, yes, no = parts
        return either(met, yes, no, told)
    if name in ("min", "max"):
        return reduce(least if name == "min" else greatest, parts)
    first = parts[0]
    if name == "known":
        return Slope(premises=first.premises)
    if name == "abs":
        return _absolute(first, told)
    if name == "or_zero":
        return replace(first, low=_both(first.low, Fraction(0), min), high=_both(first.high, Fraction(0), max))
    low, high = (None if bound is None else Fraction(_WHOLE[name](bound)) for bound in (first.low, first.high))
    return replace(first, low=low, high=high)


_WHOLE: Final[dict[str, Callable[[Fraction], int]]] = {"floor": math.floor, "round_down": math.trunc}


def _absolute(a: Slope, told: str) -> Slope:
    if a.positive:
        return a
    if a.negative:
        return minus(a)
    return lost(f"“{told}”取绝对值，正负两边方向相反", a) if a.moves else Slope(Fraction(0), premises=a.premises)
