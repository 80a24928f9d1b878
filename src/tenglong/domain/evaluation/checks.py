"""From a policy text that has the right shape to a scheme that means something: names, units, sums, grades, completeness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tenglong.domain.evaluation import check_grades, check_names, check_sums
from tenglong.domain.evaluation.attributes import STANDARD
from tenglong.domain.evaluation.compiled import Attribute, Compiled
from tenglong.domain.evaluation.completeness import unnamed, wrongly_unknown
from tenglong.domain.evaluation.expression import Expr, ExpressionError, names
from tenglong.domain.evaluation.kinds import Checked, NameKind, check
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.places import Places
from tenglong.domain.evaluation.scheme import Scheme
from tenglong.domain.evaluation.sites import Site, sites
from tenglong.domain.evaluation.units import factor
from tenglong.domain.measures import Measure, packaged
from tenglong.domain.policy.document import Document, PolicyError, Problem

__all__ = ["compile_kept", "compile_scheme", "problems_of"]


def compile_scheme(document: Document, measures: Mapping[str, Measure] | None = None) -> Compiled:
    """The scheme of `document`, checked. `measures` default to the packaged dictionary.

    Raises PolicyError with every problem found: file, line, key, and why.
    """
    work = _Work(document, Scheme.model_validate(document.data), packaged() if measures is None else measures)
    found = list(work.problems())
    if found:
        raise PolicyError(found)
    return _compiled(work)


def compile_kept(document: Document) -> Compiled:
    """The scheme of a text that was in force once: keys that later programs ask for count as unknown, so results stay readable
    and whatever needs the key is refused. Raises PolicyError when an expression can no longer be read.
    """
    scheme = Scheme.model_validate(document.data)
    if late := [".".join(path) for path in unnamed(scheme, document.header.unknown)]:
        told = {"completeness": "partial", "unknown": (*document.header.unknown, *late)}
        document = replace(document, header=document.header.model_copy(update=told))
    work = _Work(document, scheme, packaged())
    found = list(work.problems())
    if {site.dotted for site in sites(scheme)} - set(work.expressions):
        raise PolicyError(found)
    return _compiled(work)


def _compiled(work: _Work) -> Compiled:
    used = {name for expr in work.expressions.values() for name in names(expr)}
    in_order = tuple(name for name in work.measures if name in used)
    return Compiled(work.document, work.scheme, work.attributes, in_order, work.expressions, work.factors)


def problems_of(document: Document) -> list[Problem]:
    """What `load_yaml` asks of kind `evaluation` once the shape is right."""
    try:
        compile_scheme(document)
    except PolicyError as error:
        return list(error.problems)
    return []


@dataclass
class _Work:
    document: Document
    scheme: Scheme
    measures: Mapping[str, Measure]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    expressions: dict[str, Expr] = field(default_factory=dict)
    factors: dict[tuple[str, str], Fraction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = Places(self.document)

    def problems(self) -> Iterator[Problem]:
        yield from self._unknown()
        self.attributes, found = check_names.attributes(self.scheme, self.measures, self.places)
        yield from found
        yield from check_names.indicators(self.scheme, self.measures, self.attributes, self.places)
        for site in sites(self.scheme):
            yield from self._site(site)
        yield from check_names.needed(self.scheme, self.attributes, self.places)
        yield from check_sums.problems(self.scheme, self.places)
        yield from check_grades.problems(self.scheme, self.places)

    def _unknown(self) -> Iterator[Problem]:
        unknown = self.document.header.unknown
        for path in unnamed(self.scheme, unknown):
            key = ".".join(path)
            yield self.places.problem(
                path, f"没有写明；不掌握时把“{key}”列入 unknown 并注明 completeness: partial，确实没有这一项时写明 none"
            )
        for key in unknown:
            if reason := wrongly_unknown(self.scheme, self.document.data, key):
                yield self.places.problem(("unknown",), reason)

    def _site(self, site: Site) -> Iterator[Problem]:
        try:
            expr = parse(site.text)
            found = check(expr, self._names(site))
            self._yields(site, found)
        except ExpressionError as error:
            yield self.places.problem(site.path, f"表达式“{site.text[:80]}”有误：{error}{self._undeclared(site.text)}")
            return
        yield from check_names.literals(expr, self.attributes, site.path, self.places)
        self.expressions[site.dotted] = expr

    def _undeclared(self, text: str) -> str:
        """What to do about a standard attribute that the scheme uses without saying what no record means."""
        words = [word for word in STANDARD if word not in self.attributes and re.search(rf"\b{word}\b", text)]
        return f"；{'、'.join(words)} 是通用属性，须先在 attributes 里列出并写明 if_absent" if words else ""

    def _names(self, site: Site) -> dict[str, NameKind]:
        known = {name: NameKind("number", measure.unit) for name, measure in self.measures.items()}
        known |= {name: NameKind(attribute.type, attribute.unit) for name, attribute in self.attributes.items()}
        if site.sees != "row":
            known |= {name: NameKind("number", "score") for group in self.scheme.groups.values() for name in group.indicators}
        if site.sees == "total":
            known["total"] = NameKind("number", "score")
        return known

    def _yields(self, site: Site, found: Checked) -> None:
        """Raises ExpressionError when the expression gives another kind or unit than its place asks for."""
        wanted = "flag" if site.wants == "flag" else "number"
        if found.kind != wanted:
            raise ExpressionError("这里要写条件（是或否）" if wanted == "flag" else "这里要写算得出数的式子")
        if site.wants == "value":
            self.factors[site.path[1], site.path[3]] = factor(found.unit, site.unit)
        elif site.wants == "points":
            factor(found.unit, "score")
