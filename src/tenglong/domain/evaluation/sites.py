"""Where expressions stand in a scheme, and what each of them may name and must yield."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tenglong.domain.evaluation.grading import TwoStage
from tenglong.domain.evaluation.scheme import Group, Scheme

Path = tuple[str, ...]
#: row: measures and attributes · points: also the indicators' points · total: also the total
Sees = Literal["row", "points", "total"]


@dataclass(frozen=True)
class Site:
    """`wants`: flag = a condition, value = any number in its unit, points = a plain number."""

    path: Path
    text: str
    wants: Literal["flag", "value", "points", "amount"]
    sees: Sees = "row"
    unit: str = ""

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


def sites(scheme: Scheme) -> Iterator[Site]:
    """Every expression of the scheme in the order of its fields."""
    yield from _scope(scheme)
    for name, group in scheme.groups.items():
        yield from _group(("groups", name), group)
    yield from _points(scheme)
    for part in ("vetoes", "protections", "ungraded"):
        for name, entry in scheme.held(part).items():
            yield Site((part, name, "when"), entry.when, "flag")
    if scheme.tenants is not None:
        for field in ("when", "unless"):
            if text := getattr(scheme.tenants, field):
                yield Site(("tenants", field), text, "flag")
    for name, consequence in scheme.consequences.items():
        for grade, text in consequence.amounts.items():
            yield Site(("consequences", name, "amounts", grade), text, "amount", "total")


def _scope(scheme: Scheme) -> Iterator[Site]:
    if scheme.scope is None:
        return
    yield Site(("scope", "include"), "true" if scheme.scope.include == "all" else scheme.scope.include, "flag")
    for name, excluded in scheme.scope.exclude.items():
        yield Site(("scope", "exclude", name, "when"), excluded.when, "flag")


def _group(path: Path, group: Group) -> Iterator[Site]:
    yield Site((*path, "when"), group.when, "flag")
    for name, indicator in group.indicators.items():
        yield Site((*path, "indicators", name, "value"), indicator.value, "value", unit=indicator.unit)
    if isinstance(group.grades, TwoStage):
        for stage in ("top", "bottom"):
            yield Site((*path, "grades", stage, "by"), getattr(group.grades, stage).by, "amount", "total")


def _points(scheme: Scheme) -> Iterator[Site]:
    ladders = scheme.bonuses.ladders if scheme.bonuses else {}
    for name, ladder in ladders.items():
        for item_name, item in ladder.items.items():
            path = ("bonuses", "ladders", name, "items", item_name)
            yield Site((*path, "when"), item.when, "flag", "points")
            if isinstance(item.points, str):
                yield Site((*path, "points"), item.points, "points", "points")
    for name, deduction in scheme.held("deductions").items():
        yield Site(("deductions", name, "when"), deduction.when, "flag", "points")
        yield Site(("deductions", name, "points"), deduction.points, "points", "points")
