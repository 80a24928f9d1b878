"""A scheme whose every name, unit and sum has been checked, and what its unknown keys stand in the way of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from tenglong.domain.evaluation.attributes import AttributeType
from tenglong.domain.evaluation.expression import Expr
from tenglong.domain.evaluation.scheme import Benchmark, Indicator, Scheme
from tenglong.domain.policy.document import Document

Purpose = Literal["score", "grade", "publish", "consequences"]
PURPOSES: Final[dict[Purpose, str]] = {"score": "算分", "grade": "定档", "publish": "公示", "consequences": "测算差别化措施"}
_GRADING: Final = frozenset({"scope", "bonuses", "deductions", "vetoes", "protections", "ungraded", "tenants", "joint"})


class PartialScheme(ValueError):
    """More is asked of a scheme than is known of it; `keys` stand in the way."""

    def __init__(self, name: str, purpose: Purpose, keys: tuple[str, ...]) -> None:
        self.purpose, self.keys = purpose, keys
        super().__init__(f"评价办法 {name} 尚不完整，不能{PURPOSES[purpose]}；缺：{'、'.join(keys)}。"
                         "请补齐这些键，或在另一份办法里用 extends 扩展它并写明")


@dataclass(frozen=True)
class Attribute:
    """An attribute as this scheme uses it; `if_absent` None: without a record there is no score."""

    id: str
    label: str
    type: AttributeType
    unit: str
    choices: tuple[str, ...]
    synonyms: tuple[str, ...]
    if_absent: bool | Decimal | str | None
    source: str


@dataclass(frozen=True)
class Compiled:
    """A checked scheme. `expressions` by dotted path in the body; value × factor = value in the declared unit."""

    document: Document
    scheme: Scheme
    attributes: Mapping[str, Attribute]
    measures: tuple[str, ...]
    expressions: Mapping[str, Expr] = field(repr=False)
    factors: Mapping[tuple[str, str], Fraction] = field(repr=False)

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def version(self) -> str:
        return self.document.version

    @property
    def pin(self) -> str:
        return self.document.pin

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    def lacks(self, purpose: Purpose) -> tuple[str, ...]:
        """Unknown keys that stand in the way of `purpose`, in the header's order.

        score: points of the indicators and their sum · grade: also who is in, bonus, deduction, cuts and what acts on them ·
        publish: also joint evaluation · consequences: what grade needs and the consequences themselves.
        """
        return tuple(key for key in self.document.header.unknown if purpose in self._blocks(key))

    def require(self, purpose: Purpose) -> None:
        """Raises PartialScheme naming the keys."""
        if keys := self.lacks(purpose):
            raise PartialScheme(self.name, purpose, keys)

    def needs_last_year(self) -> list[tuple[str, str, str]]:
        """(group, indicator, label) of every benchmark that is last year's mean and was not published as a value."""
        return [
            (group_name, name, indicator.label)
            for group_name, group in self.scheme.groups.items() for name, indicator in group.indicators.items()
            if any(one.kind == "last_year" and one.value is None for one in benchmarks_of_indicator(indicator))
        ]

    def _blocks(self, key: str) -> frozenset[Purpose]:
        first, *rest = key.split(".")
        if first == "consequences":
            return frozenset({"consequences"})
        if key == "joint":
            return frozenset({"publish"})
        # an unknown rule for missing figures only concerns who lacks one: that enterprise is refused, the others are scored
        cuts = first == "groups" and (rest[1:2] == ["grades"] or rest[-1:] == ["missing"])
        graded = cuts or first in _GRADING and not (first in ("scope", "tenants") and self._means_of_the_group())
        return frozenset({"grade", "publish", "consequences"} if graded else {"score", "grade", "publish", "consequences"})

    def _means_of_the_group(self) -> bool:
        """Whether the points of one enterprise depend on which others are in."""
        return any(_from_rows(benchmark) for benchmark in benchmarks_of(self.scheme))


def benchmarks_of(scheme: Scheme) -> list[Benchmark]:
    """Every benchmark that the scheme states."""
    indicators = [indicator for group in scheme.groups.values() for indicator in group.indicators.values()]
    return [benchmark for indicator in indicators for benchmark in benchmarks_of_indicator(indicator)]


def benchmarks_of_indicator(indicator: Indicator) -> list[Benchmark]:
    """The upper one first."""
    found = [getattr(indicator.score, name, None) for name in ("benchmark", "high", "low")]
    return [benchmark for benchmark in found if benchmark is not None]


def _from_rows(benchmark: Benchmark) -> bool:
    return benchmark.computed or (benchmark.kind == "last_year" and benchmark.value is None)
