"""From a text of the right shape to economics that mean something: names, units, every route said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from tenglong.domain.evaluation.kinds import NameKind
from tenglong.domain.policy.document import Document, PolicyError, Problem
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.renewal.criteria.checking import Checking, Compiled
from tenglong.domain.renewal.criteria.formula import Formula
from tenglong.domain.renewal.economics.policy import CHANCE, EFFECTS, KIND, MONEY, TIME, Item, RenewalEconomics

MONTHS, SUBTOTAL = "months", "subtotal"


class Economics(Compiled[RenewalEconomics]):
    """A checked `renewal_economics` policy; `route` in `policy.routes`."""

    @cached_property
    def _chosen(self) -> dict[tuple[str, str, str], Formula]:
        """Formulas that were asked for, by section, name and route."""
        return {}

    def formula(self, section: str, name: str, route: str) -> Formula:
        """How a figure is worked for a route. Raises LookupError for a route that the policy does not know."""
        found = self._chosen.get((section, name, route))
        if found is None:
            found = self._chosen[section, name, route] = self._formula(section, name, route)
        return found

    def _formula(self, section: str, name: str, route: str) -> Formula:
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


class _Work(Checking[RenewalEconomics]):
    def problems(self) -> Iterator[Problem]:
        yield from self.declared()
        yield from self.named("parameters", "figures", more=(MONTHS, SUBTOTAL))
        yield from self.parameters()
        yield from self.figures()
        yield from self._items("times", self.policy.times, TIME)
        self.known |= {MONTHS: NameKind("number", TIME), SUBTOTAL: NameKind("number", MONEY)}
        yield from self._items("costs", self.policy.costs, MONEY)
        del self.known[SUBTOTAL]
        for name, item in self.policy.effects.items():
            yield from self._item(("effects", name), item, EFFECTS[name])
        yield from self._item(("chance",), self.policy.chance, CHANCE)
        yield from self._gates()

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
            yield from self.formula((*path, "by", str(place), "value"), way.value, "number", unit)
        if item.otherwise is not None:
            yield from self.formula((*path, "otherwise"), item.otherwise, "number", unit)
        elif left := [route for route in self.policy.routes if route not in named]:
            yield self.places.problem(path, f"“{item.label}”没有写明路径 {'、'.join(left)} 怎样算；没有就写 otherwise: 0")

    def _gates(self) -> Iterator[Problem]:
        for name, gate in self.policy.gates.items():
            if strange := [route for route in gate.routes if route not in self.policy.routes]:
                yield self.places.problem(("gates", name, "routes"), f"没有路径“{strange[0]}”")
            yield from self.formula(("gates", name, "when"), gate.when, "flag")
