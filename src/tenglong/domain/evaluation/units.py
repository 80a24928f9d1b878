"""Units of an expression: what a quotient of measures is measured in, and how to turn it into the declared unit.

A value is worked in the measures' own units. A unit is therefore kept as exponents over unit ids (`{wan_yuan: 1, mu: -1}`);
its physical dimension and its size in base units follow from `tenglong.domain.measures.SCALES`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from tenglong.domain.evaluation.expression import MAX_NODES, ExpressionError
from tenglong.domain.measures import SCALES

#: the dimension of plain numbers; share (percent) is one of them
_NONE: Final = ("", "share")
#: units a scheme may declare besides those of measures
_EXTRA: Final[dict[str, tuple[str, Fraction]]] = {
    "ratio": ("", Fraction(1)), "score": ("", Fraction(1)), "count": ("count", Fraction(1)),
    "kg": ("mass", Fraction(1, 1000)), "wan_t": ("mass", Fraction(10_000)), "wan_tce": ("coal", Fraction(10_000)),
    "wan_person": ("person", Fraction(10_000)), "month": ("time", Fraction(1, 12)), "m3": ("volume", Fraction(1)),
}
UNITS: Final[dict[str, tuple[str, Fraction]]] = {**SCALES, **_EXTRA}
_LABELS: Final[dict[str, str]] = {
    "m2": "平方米", "mu": "亩", "ha": "公顷", "km2": "平方公里", "yuan": "元", "wan_yuan": "万元", "yi_yuan": "亿元",
    "kwh": "千瓦时", "wan_kwh": "万千瓦时", "t": "吨", "kg": "千克", "wan_t": "万吨", "tce": "吨标准煤",
    "wan_tce": "万吨标准煤",
    "person": "人", "wan_person": "万人", "percent": "%", "year": "年", "month": "月", "m3": "立方米", "count": "个",
    "ratio": "比值", "score": "分",
}
_UNIT_TEXT: Final = re.compile(r"[a-z][a-z0-9_]*(?:[*/][a-z][a-z0-9_]*)*", re.ASCII)


class UnitMismatch(ExpressionError):
    """Two units that do not go together; the sentence names both."""


@dataclass(frozen=True)
class Dimension:
    """A unit as exponents over unit ids, sorted, none zero; `literal` is a bare number that takes the other side's unit."""

    units: tuple[tuple[str, int], ...] = ()
    literal: bool = False

    @cached_property
    def powers(self) -> dict[str, int]:
        """Exponents over physical dimensions, none zero; empty for a plain ratio."""
        total: Counter[str] = Counter()
        for unit, power in self.units:
            total[UNITS[unit][0]] += power
        return {name: power for name, power in total.items() if power and name not in _NONE}

    @cached_property
    def scale(self) -> Fraction:
        """Size of one of this unit in base units."""
        size = Fraction(1)
        for unit, power in self.units:
            size *= UNITS[unit][1] ** power
        return size

    @property
    def mixed(self) -> bool:
        """Whether one dimension stands in it in two units (平方米/亩), so that a bare number would mean nothing readable."""
        found = [UNITS[unit][0] for unit, _ in self.units if UNITS[unit][0] not in _NONE]
        return len(set(found)) < len(found)

    @property
    def label(self) -> str:
        """Chinese text, e.g. 万元/亩; 纯数 for a bare number."""
        return "纯数" if self.literal else _label(self.units)

    def times(self, other: Dimension, sign: int = 1) -> Dimension:
        """Unit of a product (sign 1) or a quotient (sign -1)."""
        turned = [(unit, sign * power) for unit, power in other.units]
        return Dimension(_exponents([*self.units, *turned]), self.literal and other.literal)


LITERAL: Final = Dimension(literal=True)
PLAIN: Final = Dimension()


def _exponents(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    total: Counter[str] = Counter()
    for unit, power in pairs:
        total[unit] += power
    return tuple(sorted((unit, power) for unit, power in total.items() if power and unit not in ("ratio", "score")))


def _pairs(text: str) -> list[tuple[str, int]]:
    if len(text) > MAX_NODES or not _UNIT_TEXT.fullmatch(text):
        raise ExpressionError(f"单位“{text[:40]}”应写成 wan_yuan/mu 这样：单位 id 之间用 / 或 *")
    pieces = re.split(r"([*/])", text)
    for unit in pieces[::2]:
        if unit not in UNITS:
            raise ExpressionError(f"不认识的单位“{unit}”，可用：{'、'.join(UNITS)}")
    return [(pieces[0], 1), *((unit, 1 if op == "*" else -1) for op, unit in zip(pieces[1::2], pieces[2::2], strict=True))]


def parse_unit(text: str) -> Dimension:
    """`wan_yuan/mu`, `percent`, `wan_yuan/mu/person`, `ratio`; empty text is a ratio. Raises ExpressionError."""
    return Dimension(_exponents(_pairs(text))) if text else PLAIN


def unit_label(text: str) -> str:
    """`wan_yuan/mu` → 万元/亩, `percent` → %, `ratio` → 比值. Raises ExpressionError for unknown units."""
    pairs = _pairs(text) if text else []
    return _LABELS[text] if text in _LABELS else _label(pairs)


def _label(pairs: Iterable[tuple[str, int]]) -> str:
    above = [_power(unit, power) for unit, power in pairs if power > 0]
    below = [_power(unit, -power) for unit, power in pairs if power < 0]
    if not below:
        return "·".join(above) or _LABELS["ratio"]
    return f"{'·'.join(above) or '1'}/{below[0] if len(below) == 1 else '（' + '·'.join(below) + '）'}"


def _power(unit: str, power: int) -> str:
    return _LABELS[unit] if power == 1 else f"{_LABELS[unit]}^{power}"


def factor(unit: Dimension, declared: str) -> Fraction:
    """Computed value × factor = value in the declared unit; 1 for a bare number. Raises UnitMismatch naming both units.

    A ratio declared as `percent` gets 100, so an expression never writes such a conversion itself.
    """
    wanted = parse_unit(declared)
    if unit.literal:
        return Fraction(1)
    if unit.powers != wanted.powers:
        raise UnitMismatch(f"算式的单位是“{unit.label}”，不能换算成声明的“{unit_label(declared)}”：量纲不同")
    return unit.scale / wanted.scale


def same_unit(left: Dimension, right: Dimension, where: str) -> Dimension:
    """The one unit of two sides that are added or compared. Raises UnitMismatch naming both and `where`."""
    if left.literal or right.literal:
        found = right if left.literal else left
        if found.mixed:
            raise UnitMismatch(
                f"“{where}”把单位“{found.label}”和纯数放在一起，差着 {found.scale} 倍；请先立一个声明单位的指标，再用它比较"
            )
        return found
    if left.powers != right.powers:
        raise UnitMismatch(f"“{where}”把“{left.label}”和“{right.label}”相加减或比较：量纲不同")
    if left.scale != right.scale:
        raise UnitMismatch(f"“{where}”两边单位不同，一边是“{left.label}”，一边是“{right.label}”；请换成同一单位的指标")
    return left
