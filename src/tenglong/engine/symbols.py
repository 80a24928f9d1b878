"""Numbers of a scheme that change without changing the shape of its SQL: compiled once as places, filled in at every try."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from tenglong.domain.evaluation.grading import RankShare, ScoreCut
from tenglong.domain.evaluation.scheme import Benchmark, Group, Indicator, Scheme

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

Number = Fraction | Decimal | int
Given = Mapping[str, Fraction]
#: whole numbers that stand for a place in compiled text; no scheme states a number of this size
_DOUBLE, _WHOLE = 9_101 * 10**15, 9_202 * 10**15
_PLACE: Final = re.compile(r"\b(9101|9202)(\d{15})\b")
_LIMITS: Final = ("cap", "floor")


class NotSymbolic(ArithmeticError):
    """Something asked a place for its number, so the text would hold for one number only."""


@dataclass
class Sheet:
    """Places of one text, in the order they were first asked for."""

    places: dict[tuple[str, bool], Symbol] = field(default_factory=dict)

    def number(self, symbol: Symbol, *, whole: bool) -> int:
        self.places.setdefault((symbol.name, whole), symbol)
        return (_WHOLE if whole else _DOUBLE) + list(self.places).index((symbol.name, whole))

    def filled(self, text: str, given: Given) -> str:
        """Text with what the places hold for the numbers of a scheme."""
        values = [self._sql(symbol.work(given), whole=whole) for (_, whole), symbol in self.places.items()]
        return _PLACE.sub(lambda found: values[int(found[2])], text)

    @staticmethod
    def _sql(value: Fraction, *, whole: bool) -> str:
        return f"CAST({int(value)} AS BIGINT)" if whole else f"CAST('{as_double(value)!r}' AS DOUBLE)"


class Symbol(Decimal):
    """A place that takes part in sums and products; not a number to everything else, so that no branch can follow from it."""

    name: str
    work: Callable[[Given], Fraction]
    sheet: Sheet

    def __new__(cls, name: str, work: Callable[[Given], Fraction], sheet: Sheet) -> Symbol:
        made = super().__new__(cls, "NaN")
        made.name, made.work, made.sheet = name, work, sheet
        return made

    def _made(self, name: str, work: Callable[[Given], Fraction]) -> Symbol:
        return Symbol(name, work, self.sheet)

    def _joined(self, sign: str, left: Any, right: Any, join: Callable[[Fraction, Fraction], Fraction]) -> Symbol:
        of_left, of_right = _work(left), _work(right)
        return self._made(f"({_name(left)}{sign}{_name(right)})", lambda given: join(of_left(given), of_right(given)))

    def __add__(self, other: Any) -> Symbol:
        return self._joined("+", self, other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Symbol:
        return self._joined("+", other, self, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Symbol:
        return self._joined("-", self, other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Symbol:
        return self._joined("-", other, self, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Symbol:
        return self._joined("*", self, other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Symbol:
        return self._joined("*", other, self, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Symbol:
        return self._joined("/", self, other, lambda a, b: a / b)

    def __neg__(self) -> Symbol:
        return self._made(f"-{self.name}", lambda given: -self.work(given))

    def __floor__(self) -> Symbol:  # type: ignore[override]
        return self._made(f"floor{self.name}", lambda given: Fraction(self.work(given).__floor__()))

    @property
    def numerator(self) -> Symbol:
        return self._made(f"top{self.name}", lambda given: Fraction(self.work(given).numerator))

    @property
    def denominator(self) -> Symbol:
        return self._made(f"bottom{self.name}", lambda given: Fraction(self.work(given).denominator))

    def __bool__(self) -> bool:
        return True  # zero is never a place

    def __eq__(self, other: object) -> bool:
        raise NotSymbolic(self.name)

    def __ne__(self, other: object) -> bool:
        raise NotSymbolic(self.name)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"⟨{self.name}⟩"


def _work(value: Any) -> Callable[[Given], Fraction]:
    if isinstance(value, Symbol):
        return value.work
    fixed = Fraction(value)
    return lambda _given: fixed


def _name(value: Any) -> str:
    return value.name if isinstance(value, Symbol) else str(value)


def exact(value: Number) -> Any:
    """As Fraction; a place stays one."""
    return value if isinstance(value, Symbol) else Fraction(value)


def ratio(value: Number) -> tuple[int, int] | float:
    """Numerator and denominator that fit whole numbers of the engines; else the nearest double."""
    found, largest = Fraction(value), 2**62
    while abs(found.numerator) > largest or found.denominator > largest:
        found = Fraction(Decimal(f"{float(found):.16e}")) if abs(found) >= 1 else found.limit_denominator(10**15)
        if abs(found.numerator) > largest:
            return float(found)
    return found.numerator, found.denominator


def as_double(value: Number) -> float:
    """The double that the quotient of `ratio` gives."""
    found = ratio(value)
    return found if isinstance(found, float) else float(found[0]) / float(found[1])


# ---- a scheme with places instead of numbers


@dataclass(frozen=True)
class Shape:
    """`compiled` has places instead of weights, limits, benchmarks, factors and cuts; `given` is what they hold here.
    Equal `key`: the same text. Zero, `none` and what is not stated belong to the key."""

    compiled: Compiled
    given: Given
    sheet: Sheet

    @property
    def key(self) -> str:
        one = self.compiled
        return repr((one.scheme, one.attributes, one.measures, one.factors, one.document.header.unknown))


def shape_of(compiled: Compiled) -> Shape:
    blank = _Blank()
    groups = {name: blank.group(name, group) for name, group in compiled.scheme.groups.items()}
    scheme: Scheme = compiled.scheme.model_copy(update={"groups": groups})
    return Shape(replace(compiled, scheme=scheme), blank.given, blank.sheet)


class _Blank:
    def __init__(self) -> None:
        self.sheet, self.given = Sheet(), dict[str, Fraction]()

    def place(self, path: str, value: Any) -> Any:
        if not isinstance(value, Decimal) or not value:
            return value
        self.given[path] = Fraction(value)
        return Symbol(path, lambda given: given[path], self.sheet)

    def group(self, name: str, group: Group) -> Group:
        changed: dict[str, Any] = {"indicators": {one: self.indicator(f"{name}.{one}", rule)
                                                  for one, rule in group.indicators.items()}}
        if isinstance(group.grades, RankShare | ScoreCut):
            cuts = {grade: self.place(f"{name}/{grade}", cut) for grade, cut in group.grades.cuts.items()}
            changed["grades"] = group.grades.model_copy(update={"cuts": cuts})
        return group.model_copy(update=changed)

    def indicator(self, path: str, rule: Indicator) -> Indicator:
        changed: dict[str, Any] = {"weight": self.place(f"{path}.weight", rule.weight)}
        if rule.score is not None:
            changed["score"] = self.score(path, rule.score)
        return rule.model_copy(update=changed)

    def score(self, path: str, score: Any) -> Any:
        changed = {name: self.place(f"{path}.{name}", getattr(score, name)) for name in _LIMITS if hasattr(score, name)}
        for role in ("benchmark", "high", "low"):
            found = getattr(score, role, None)
            if isinstance(found, Benchmark):
                numbers = {name: self.place(f"{path}.{role}.{name}", getattr(found, name)) for name in ("value", "factor")}
                changed[role] = found.model_copy(update=numbers)
        return score.model_copy(update=changed)
