"""From a text of the right shape to criteria that mean something: names, units, choices, combinations, completeness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from tenglong.domain.evaluation.expression import ExpressionError
from tenglong.domain.evaluation.kinds import NameKind, check
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.policy.document import Document, PolicyError, Problem
from tenglong.domain.renewal.criteria.checking import Checking, Compiled, Path
from tenglong.domain.renewal.criteria.formula import Formula
from tenglong.domain.renewal.criteria.policy import LowEfficiency, Mean

_UNKNOWN = re.compile(r"scope|(criteria|classes)\.[a-z]\w*|parameters\.[a-z]\w*\.value")


class Criteria(Compiled[LowEfficiency]):
    """A checked `low_efficiency` policy."""

    def _read(self) -> set[str]:
        """A mean by industry reads the industry."""
        by_industry = any(mean.per == "industry" for mean in self.policy.means.values())
        return super()._read() | ({"industry"} if by_industry else set())

    @cached_property
    def open_criteria(self) -> tuple[str, ...]:
        """Criteria that the place has and this text does not know."""
        return tuple(key for key in self.document.header.unknown if key.startswith("criteria."))


def compile_criteria(document: Document) -> Criteria:
    """The criteria of `document`, checked. Raises PolicyError with every problem: file, line, key, why."""
    work = _Work(document, LowEfficiency.model_validate(document.data))
    if found := list(work.problems()):
        raise PolicyError(found)
    return Criteria(document, work.policy, work.inputs, work.formulas)


def problems_of(document: Document) -> list[Problem]:
    """What `load_yaml` asks of kind `low_efficiency` once the shape is right."""
    try:
        compile_criteria(document)
    except PolicyError as error:
        return list(error.problems)
    return []


class _Work(Checking[LowEfficiency]):
    def problems(self) -> Iterator[Problem]:
        yield from self.declared()
        yield from self.named("parameters", "means", "figures")
        yield from self.parameters()
        yield from self._means()
        yield from self.figures()
        yield from self._conditions()
        yield from self._classes()
        yield from self._unknown()

    def _means(self) -> Iterator[Problem]:
        for name, mean in self.policy.means.items():
            yield from self._mean(name, mean)
        self.known |= {name: NameKind("number", mean.unit) for name, mean in self.policy.means.items()}

    def _mean(self, name: str, mean: Mean) -> Iterator[Problem]:
        path, known = ("means", name), self.known
        if mean.rows == "owners":
            known = {id_: kind for id_, kind in known.items() if id_ not in self.inputs or self.inputs[id_].of == "owner"}
        if mean.where is not None and mean.where != "all":
            yield from self.formula((*path, "where"), mean.where, "flag", known=known)
        if mean.average_of is not None:
            yield from self.formula((*path, "average_of"), mean.average_of, "number", mean.unit, known)
        elif mean.sum_of is not None and mean.divided_by is not None:
            yield from self.formula((*path, "quotient"), f"({mean.sum_of}) / ({mean.divided_by})", "number", mean.unit, known)
            for part in (("sum_of", mean.sum_of), ("divided_by", mean.divided_by)):
                yield from self._part((*path, part[0]), part[1], known)

    def _part(self, path: Path, text: str, known: Mapping[str, NameKind]) -> Iterator[Problem]:
        """One side of a quotient, in whatever unit it has; the quotient was checked against the declared unit."""
        try:
            expr = parse(text)
            check(expr, known)
            self.formulas[".".join(path)] = Formula(text, expr)
        except ExpressionError as error:
            yield self.places.problem(path, f"表达式“{text[:80]}”有误：{error}")

    def _conditions(self) -> Iterator[Problem]:
        scope = self.policy.scope
        if scope is not None:
            if scope.include != "all":
                yield from self.formula(("scope", "include"), scope.include, "flag")
            for name, left in scope.exclude.items():
                yield from self.formula(("scope", "exclude", name, "when"), left.when, "flag")
        for name, one in self.policy.criteria.items():
            for part in ("when", "applies", "unclear_when"):
                if (text := getattr(one, part)) is not None:
                    yield from self.formula(("criteria", name, part), text, "flag")

    def _classes(self) -> Iterator[Problem]:
        seen: dict[int, str] = {}
        for name, one in self.policy.classes.items():
            for id_ in one.when.ids():
                if id_ not in self.policy.criteria:
                    reason = f"没有条件“{id_}”，可用：{'、'.join(self.policy.criteria)}"
                    yield self.places.problem(("classes", name, "when"), reason)
            if one.priority in seen:
                reason = f"priority {one.priority} 与“{seen[one.priority]}”相同"
                yield self.places.problem(("classes", name, "priority"), reason)
            seen[one.priority] = one.label
        named = {id_ for one in self.policy.classes.values() for id_ in one.when.ids()}
        for name in self.policy.criteria:
            if name not in named:
                yield self.places.problem(("criteria", name), f"条件“{name}”没有用在任何一类里")

    def _unknown(self) -> Iterator[Problem]:
        unknown = self.document.header.unknown
        if self.policy.scope is None and "scope" not in unknown:
            yield self.places.problem(("scope",), "没有写明 scope；不掌握时列入 unknown，全部地块都在内时写 include: all")
        for key in unknown:
            if not _UNKNOWN.fullmatch(key):
                yield self.places.problem(("unknown",), f"unknown 里的“{key}”在低效用地认定办法里没有对应的键")
            elif self._given(key):
                yield self.places.problem(("unknown",), f"unknown 里的“{key}”已经给出，请从 unknown 里去掉")

    def _given(self, key: str) -> bool:
        part, _dot, rest = key.partition(".")
        if part == "scope":
            return self.policy.scope is not None
        if part == "parameters":
            held = self.policy.parameters.get(rest.removesuffix(".value"))
            return held is None or held.value is not None
        return rest in getattr(self.policy, part)
