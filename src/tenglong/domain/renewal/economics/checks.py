"""From a text of the right shape to economics that mean something: names, units, every route said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache

from tenglong.domain.evaluation.expression import ExpressionError, Value
from tenglong.domain.evaluation.kinds import Kind, NameKind
from tenglong.domain.evaluation.places import Places
from tenglong.domain.evaluation.units import parse_unit
from tenglong.domain.policy.document import Document, PolicyError, Problem
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.renewal.criteria.formula import (
    RESERVED,
    Formula,
    absent_values,
    compile_formula,
    resolved,
    wrong_choice,
)
from tenglong.domain.renewal.criteria.vocabulary import Input, standard
from tenglong.domain.renewal.economics.policy import CHANCE, EFFECTS, KIND, MONEY, TIME, Item, RenewalEconomics

MONTHS, SUBTOTAL = "months", "subtotal"


@dataclass(frozen=True)
class Economics:
    """A checked policy. `formulas` by dotted path; `route` in `policy.routes`."""

    document: Document
    policy: RenewalEconomics
    inputs: Mapping[str, Input] = field(repr=False)
    formulas: Mapping[str, Formula] = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.document.id}@{self.document.version}"

    @cached_property
    def absent(self) -> dict[str, Value]:
        return absent_values(self.policy.inputs)

    @cached_property
    def constants(self) -> dict[str, Value]:
        """Parameters in their own unit; None is unknown."""
        return {name: None if one.value is None else Fraction(one.value) for name, one in self.policy.parameters.items()}

    @cached_property
    def figures(self) -> dict[str, Formula]:
        return {name: self.formulas[f"figures.{name}.value"] for name in self.policy.figures}

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Inputs that some formula reads."""
        read = {name for formula in self.formulas.values() for name in formula.names}
        return tuple(name for name in self.inputs if name in read)

    def formula(self, section: str, name: str, route: str) -> Formula:
        """How a figure is worked for a route. Raises LookupError for a route that the policy does not know."""
        if route not in self.policy.routes:
            raise LookupError(f"没有路径“{route}”，可用：{'、'.join(self.policy.routes)}")
        item: Item = self.policy.chance if section == "chance" else getattr(self.policy, section)[name]
        part, _text = item.formula(route)
        return self.formulas[f"chance.{part}" if section == "chance" else f"{section}.{name}.{part}"]


@lru_cache(maxsize=8)
def load(name: str = "default") -> Economics:
    """`ID@VERSION` or `ID` where there is one version. Raises LookupError with a sentence."""
    return compile_economics(packaged(KIND, name))


def compile_economics(document: Document) -> Economics:
    """Raises PolicyError with every problem: file, line, key, why."""
    work = _Work(document, RenewalEconomics.model_validate(document.data))
    if found := list(work.problems()):
        raise PolicyError(found)
    return Economics(document, work.policy, work.inputs, work.formulas)


def problems_of(document: Document) -> list[Problem]:
    """What `load_yaml` asks of kind `renewal_economics` once the shape is right."""
    try:
        compile_economics(document)
    except PolicyError as error:
        return list(error.problems)
    return []


@dataclass
class _Work:
    document: Document
    policy: RenewalEconomics
    inputs: dict[str, Input] = field(default_factory=dict)
    known: dict[str, NameKind] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = Places(self.document)

    def problems(self) -> Iterator[Problem]:
        self.inputs, wrong = resolved(self.policy.inputs, standard())
        yield from (self.places.problem(("inputs", name), reason) for name, reason in wrong)
        self.known = {name: one.kind for name, one in self.inputs.items()}
        yield from self._parameters()
        for name, figure in self.policy.figures.items():
            yield from self._named("figures", name)
            yield from self._formula(("figures", name, "value"), figure.value, "number", figure.unit)
            self.known[name] = NameKind("number", figure.unit)
        yield from self._items("times", self.policy.times, TIME)
        self.known |= {MONTHS: NameKind("number", TIME), SUBTOTAL: NameKind("number", MONEY)}
        yield from self._items("costs", self.policy.costs, MONEY)
        del self.known[SUBTOTAL]
        for name, item in self.policy.effects.items():
            yield from self._item(("effects", name), item, EFFECTS[name])
        yield from self._item(("chance",), self.policy.chance, CHANCE)
        yield from self._gates()

    def _parameters(self) -> Iterator[Problem]:
        for name, one in self.policy.parameters.items():
            yield from self._named("parameters", name)
            try:
                parse_unit(one.unit)
            except ExpressionError as error:
                yield self.places.problem(("parameters", name, "unit"), str(error))
                continue
            self.known[name] = NameKind("number", one.unit)
            if one.value is None and f"parameters.{name}.value" not in self.document.header.unknown:
                reason = f"没有写明 value；不掌握时把“parameters.{name}.value”列入 unknown"
                yield self.places.problem(("parameters", name), reason)

    def _named(self, part: str, name: str) -> Iterator[Problem]:
        if name in self.known or name in RESERVED or name in (MONTHS, SUBTOTAL):
            yield self.places.problem((part, name), f"“{name}”已有别的含义，请换一个名字")

    def _items(self, section: str, items: Mapping[str, Item], unit: str) -> Iterator[Problem]:
        for name, item in items.items():
            yield from self._item((section, name), item, unit)

    def _item(self, path: tuple[str, ...], item: Item, unit: str) -> Iterator[Problem]:
        named: list[str] = []
        for place, way in enumerate(item.by):
            routes = list(self.policy.routes) if way.routes == "all" else list(way.routes)
            for route in routes:
                if route not in self.policy.routes:
                    yield self.places.problem((*path, "by"), f"没有路径“{route}”，可用：{'、'.join(self.policy.routes)}")
                elif route in named:
                    yield self.places.problem((*path, "by"), f"“{item.label}”的路径“{route}”写了两次")
                named.append(route)
            yield from self._formula((*path, "by", str(place), "value"), way.value, "number", unit)
        if item.otherwise is not None:
            yield from self._formula((*path, "otherwise"), item.otherwise, "number", unit)
        elif left := [route for route in self.policy.routes if route not in named]:
            yield self.places.problem(path, f"“{item.label}”没有写明路径 {'、'.join(left)} 怎样算；没有就写 otherwise: 0")

    def _gates(self) -> Iterator[Problem]:
        for name, gate in self.policy.gates.items():
            if strange := [route for route in gate.routes if route not in self.policy.routes]:
                yield self.places.problem(("gates", name, "routes"), f"没有路径“{strange[0]}”")
            yield from self._formula(("gates", name, "when"), gate.when, "flag")

    def _formula(self, path: tuple[str, ...], text: str, wants: Kind, unit: str = "") -> Iterator[Problem]:
        try:
            formula = compile_formula(text, self.known, wants=wants, unit=unit)
        except ExpressionError as error:
            yield self.places.problem(path, f"表达式“{text[:80]}”有误：{error}")
            return
        if reason := wrong_choice(formula.expr, self.inputs):
            yield self.places.problem(path, reason)
        self.formulas[".".join(path)] = formula
