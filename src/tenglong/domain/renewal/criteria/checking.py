"""What the texts of criteria and of economics share: inputs, parameters, figures, formulas, each checked at its own line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from tenglong.domain.evaluation.expression import ExpressionError, Value
from tenglong.domain.evaluation.kinds import Kind, NameKind
from tenglong.domain.evaluation.places import Places
from tenglong.domain.evaluation.units import parse_unit
from tenglong.domain.policy.document import Document, Problem
from tenglong.domain.renewal.criteria.formula import (
    RESERVED,
    Declared,
    Figure,
    Formula,
    Parameter,
    absent_values,
    compile_formula,
    resolved,
    wrong_choice,
)
from tenglong.domain.renewal.criteria.vocabulary import Input, standard

Path = tuple[str, ...]


class Shared(Protocol):
    """Parts that both kinds of policy have."""

    @property
    def inputs(self) -> dict[str, Declared]: ...
    @property
    def parameters(self) -> dict[str, Parameter]: ...
    @property
    def figures(self) -> dict[str, Figure]: ...


P = TypeVar("P", bound=Shared)


@dataclass(frozen=True)
class Compiled(Generic[P]):
    """A checked policy. `formulas` by dotted path (`criteria.low_tax.when`, `figures.tax_per_mu.value` …)."""

    document: Document
    policy: P
    inputs: Mapping[str, Input] = field(repr=False)
    formulas: Mapping[str, Formula] = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.document.id}@{self.document.version}"

    @cached_property
    def absent(self) -> dict[str, Value]:
        """What the policy takes for an input without a record."""
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
        """Inputs that some formula reads, in the order of the vocabulary."""
        read = self._read()
        return tuple(name for name in self.inputs if name in read)

    def _read(self) -> set[str]:
        return {name for formula in self.formulas.values() for name in formula.names}


@dataclass
class Checking(Generic[P]):
    """A policy on its way to be checked: what names are known so far, and the formulas that were found right."""

    document: Document
    policy: P
    inputs: dict[str, Input] = field(default_factory=dict)
    known: dict[str, NameKind] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = Places(self.document)

    def declared(self) -> Iterator[Problem]:
        """Inputs of the text over the standard ones."""
        self.inputs, wrong = resolved(self.policy.inputs, standard())
        yield from (self.places.problem(("inputs", name), reason) for name, reason in wrong)
        self.known = {name: one.kind for name, one in self.inputs.items()}

    def named(self, *parts: str, more: tuple[str, ...] = ()) -> Iterator[Problem]:
        """One meaning per name."""
        taken = {name: one.label for name, one in self.inputs.items()}
        for part in parts:
            for name, one in getattr(self.policy, part).items():
                if name in RESERVED or name in more or name in taken:
                    why = f"已是“{taken[name]}”" if name in taken else "是保留字"
                    yield self.places.problem((part, name), f"“{name}”{why}，请换一个名字")
                taken[name] = one.label

    def parameters(self) -> Iterator[Problem]:
        for name, one in self.policy.parameters.items():
            try:
                parse_unit(one.unit)
            except ExpressionError as error:
                yield self.places.problem(("parameters", name, "unit"), str(error))
                continue
            self.known[name] = NameKind("number", one.unit)
            if one.value is None and f"parameters.{name}.value" not in self.document.header.unknown:
                reason = f"没有写明 value；不掌握时把“parameters.{name}.value”列入 unknown"
                yield self.places.problem(("parameters", name), reason)

    def figures(self) -> Iterator[Problem]:
        """Each may use those above it."""
        for name, figure in self.policy.figures.items():
            yield from self.formula(("figures", name, "value"), figure.value, "number", figure.unit)
            self.known[name] = NameKind("number", figure.unit)

    def formula(
        self, path: Path, text: str, wants: Kind, unit: str = "", known: Mapping[str, NameKind] | None = None
    ) -> Iterator[Problem]:
        try:
            formula = compile_formula(text, self.known if known is None else known, wants=wants, unit=unit)
        except ExpressionError as error:
            yield self.places.problem(path, f"表达式“{text[:80]}”有误：{error}")
            return
        if reason := wrong_choice(formula.expr, self.inputs):
            yield self.places.problem(path, reason)
        self.formulas[".".join(path)] = formula
