"""Routes of renewal: may a plot enter, what is still missing before its case may close, and which counters that feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache

from tenglong.domain.evaluation.expression import ExpressionError, Value
from tenglong.domain.evaluation.places import Places
from tenglong.domain.policy.document import Document, PolicyError, Problem
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.renewal.criteria.formula import Formula, absent_values, compile_formula, resolved, wrong_choice
from tenglong.domain.renewal.criteria.vocabulary import Input, standard
from tenglong.domain.renewal.criteria.wording import filled, value_text
from tenglong.domain.renewal.routes_policy import KIND, Route, Routes


@dataclass(frozen=True)
class RouteBook:
    """The checked policy."""

    document: Document
    policy: Routes
    inputs: Mapping[str, Input] = field(repr=False)
    formulas: Mapping[str, Formula] = field(repr=False)

    @cached_property
    def absent(self) -> dict[str, Value]:
        return absent_values(self.policy.inputs)

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Inputs that some entry or evidence asks for: nothing else has to be read."""
        read = {name for formula in self.formulas.values() for name in formula.names}
        return tuple(name for name in self.inputs if name in read)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.policy.routes)

    def route(self, id_: str) -> Route:
        """Raises LookupError naming the routes there are."""
        if id_ not in self.policy.routes:
            known = "、".join(f"{name}（{one.label}）" for name, one in self.policy.routes.items())
            raise LookupError(f"没有路径“{id_}”，可用：{known}")
        return self.policy.routes[id_]

    def named(self, words: str) -> str:
        """Id of a route by id, label, alias or code. Raises LookupError."""
        text = words.strip()
        for name, one in self.policy.routes.items():
            if text in (name, one.label, one.code, *one.aliases):
                return name
        self.route(text)
        raise LookupError(text)

    def read(self, inputs: Mapping[str, Value], names: Iterable[str]) -> dict[str, Value]:
        given = {name: inputs.get(name) for name in names}
        return {name: self.absent.get(name) if value is None else value for name, value in given.items()}


@dataclass(frozen=True)
class Condition:
    """One condition of entering: `holds` None while a figure is missing (`missing` names it)."""

    id: str
    label: str
    holds: bool | None
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """Evidence that is not on file; `documents`: kinds of which one is enough."""

    id: str
    label: str
    documents: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Closed:
    """A closed case: its route, and what the counters add up."""

    route: str
    firms: Collection[str] = ()
    plots: Collection[str] = ()
    land_mu: Fraction = Fraction(0)


@lru_cache(maxsize=8)
def load(name: str = "default") -> RouteBook:
    """`ID@VERSION` or `ID` where there is one version. Raises LookupError with a sentence."""
    return compile_routes(packaged(KIND, name))


def compile_routes(document: Document) -> RouteBook:
    """Raises PolicyError with every problem: file, line, key, why."""
    policy = Routes.model_validate(document.data)
    inputs, wrong = resolved(policy.inputs, standard())
    places = Places(document)
    formulas: dict[str, Formula] = {}
    problems = [places.problem(("inputs", name), reason) for name, reason in wrong]
    problems += _expressions(policy, inputs, places, formulas)
    problems += _references(policy, places)
    problems += [places.problem(("targets", name, "counter"), f"没有计数“{one.counter}”")
                 for name, one in policy.targets.items() if one.counter not in policy.counters]
    if problems:
        raise PolicyError(problems)
    return RouteBook(document, policy, inputs, formulas)


def problems_of(document: Document) -> list[Problem]:
    """What `load_yaml` asks of kind `routes` once the shape is right."""
    try:
        compile_routes(document)
    except PolicyError as error:
        return list(error.problems)
    return []


def _expressions(policy: Routes, inputs: Mapping[str, Input], places: Places, formulas: dict[str, Formula]) -> list[Problem]:
    known = {name: one.kind for name, one in inputs.items()}
    found = []
    for path, text in _texts(policy):
        try:
            formula = compile_formula(text, known, wants="flag")
        except ExpressionError as error:
            found.append(places.problem(path, f"表达式“{text[:80]}”有误：{error}"))
            continue
        if reason := wrong_choice(formula.expr, inputs):
            found.append(places.problem(path, reason))
        formulas[".".join(path)] = formula
    return found


def _texts(policy: Routes) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, route in policy.routes.items():
        for id_, entry in route.entry.items():
            yield ("routes", name, "entry", id_, "when"), entry.when
        for id_, evidence in route.evidence.items():
            if evidence.when is not None:
                yield ("routes", name, "evidence", id_, "when"), evidence.when


def _references(policy: Routes, places: Places) -> list[Problem]:
    found, words = [], dict[str, str]()
    for name, route in policy.routes.items():
        for id_, evidence in route.evidence.items():
            for kind in evidence.kinds:
                if kind not in policy.documents:
                    found.append(places.problem(("routes", name, "evidence", id_), f"没有材料“{kind}”，请在 documents 里写明"))
        for counter in route.counters:
            if counter not in policy.counters:
                found.append(places.problem(("routes", name, "counters"), f"没有计数“{counter}”"))
        for word in (name, route.label, route.code, *route.aliases):
            if words.setdefault(word, name) != name:
                found.append(places.problem(("routes", name), f"“{word}”也是路径“{words[word]}”的名字"))
    return found


# ---- entering


def entry(book: RouteBook, route: str, inputs: Mapping[str, Value]) -> tuple[Condition, ...]:
    """Every condition of entering `route` for a plot with these inputs. Raises LookupError for an unknown route."""
    found = []
    for id_, one in book.route(route).entry.items():
        formula = book.formulas[f"routes.{route}.entry.{id_}.when"]
        values = book.read(inputs, formula.names)
        value = formula.value(values)
        holds = value if isinstance(value, bool) else None
        gaps = tuple(book.inputs[name].label for name in sorted(formula.names) if values[name] is None)
        missing = gaps if holds is None else ()
        told = f"不能判断，缺 {'、'.join(missing)}" if holds is None else _told(book, formula, values)
        found.append(Condition(id_, one.label, holds, f"{one.label}：{told}", missing))
    return tuple(found)


def may_enter(book: RouteBook, route: str, inputs: Mapping[str, Value]) -> bool | None:
    """True, False, or None while a figure is missing."""
    states = [one.holds for one in entry(book, route, inputs)]
    return False if False in states else None if None in states else True


def open_routes(book: RouteBook, inputs: Mapping[str, Value]) -> dict[str, bool | None]:
    """Route → whether the plot may enter it."""
    return {route: may_enter(book, route, inputs) for route in book.ids}


def _told(book: RouteBook, formula: Formula, values: Mapping[str, Value]) -> str:
    labels = {}
    for name in formula.names:
        one = book.inputs[name]
        text = value_text(values[name], one.unit_text, one.choices)
        labels[name] = f"{one.label}（{text}）" if isinstance(values[name], str | bool) else f"{one.label} {text}"
    return filled(formula.expr, labels, book.inputs)


# ---- closing


def exit_gaps(book: RouteBook, route: str, documents: Collection[str], inputs: Mapping[str, Value]) -> tuple[Gap, ...]:
    """What is still missing before a case of `route` may close; empty: it may. Evidence asked for under a condition is asked
    for too while the condition cannot be judged. Raises LookupError for an unknown route."""
    found = []
    for id_, one in book.route(route).evidence.items():
        formula = book.formulas.get(f"routes.{route}.evidence.{id_}.when")
        asked = True if formula is None else formula.value(book.read(inputs, formula.names))
        if asked is False or any(kind in documents for kind in one.kinds):
            continue
        names = "或".join(f"《{book.policy.documents[kind]}》" for kind in one.kinds)
        because = "" if asked is not None else "（是否需要还不能判断，先按需要办）"
        found.append(Gap(id_, one.label, one.kinds, f"{one.label}：还缺{names}{because}"))
    return tuple(found)


def documents_of(book: RouteBook, route: str) -> dict[str, str]:
    """Kinds of documents a case of the route knows, with labels, in the order of its evidence."""
    kinds = [kind for one in book.route(route).evidence.values() for kind in one.kinds]
    return {kind: book.policy.documents[kind] for kind in dict.fromkeys(kinds)}


# ---- counting


def count(book: RouteBook, closed: Iterable[Closed]) -> dict[str, Fraction]:
    """Every counter over closed cases, each on its own: cases and land add up, firms and plots count once.

    A case feeds the counters of its route and no other: 国资运作 never counts as 收储.
    """
    cases = dict.fromkeys(book.policy.counters, 0)
    land = dict.fromkeys(book.policy.counters, Fraction(0))
    firms: dict[str, set[str]] = {name: set() for name in book.policy.counters}
    plots: dict[str, set[str]] = {name: set() for name in book.policy.counters}
    for one in closed:
        for name in book.route(one.route).counters:
            cases[name] += 1
            land[name] += one.land_mu
            firms[name] |= set(one.firms)
            plots[name] |= set(one.plots)
    parts: dict[str, Mapping[str, int | Fraction]] = {
        "case": cases, "mu": land, "firm": {name: len(held) for name, held in firms.items()},
        "plot": {name: len(held) for name, held in plots.items()},
    }
    return {name: Fraction(parts[counter.unit][name]) for name, counter in book.policy.counters.items()}
