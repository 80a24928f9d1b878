"""The frozen group of one enterprise, in which a changed figure is worked through to total, rank and grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tenglong.domain.evaluation import scoring, trace_extras
from tenglong.domain.evaluation.expression import Binary, Expr, Value, names
from tenglong.domain.evaluation.given import expression, holds, worked
from tenglong.domain.evaluation.grading import Grades
from tenglong.domain.evaluation.scheme import Benchmark, Indicator, MaxBase, MinMax, Points, Ratio, Reverse
from tenglong.domain.evaluation.scheme import Value as SingleValue
from tenglong.domain.evaluation.scoring import Doubles, Values
from tenglong.domain.evaluation.standing import Place, place_of
from tenglong.domain.evaluation.vector import Column, Known, number_column, work

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled


class FieldError(ValueError):
    """The frozen results cannot be worked again from the frozen data; a Chinese sentence."""


@dataclass(frozen=True)
class Item:
    """One indicator over the members of the group."""

    id: str
    rule: Indicator
    expr: Expr
    factor: Fraction
    value: Doubles
    base: Doubles
    low: Doubles
    upper: Benchmark | None
    lower: Benchmark | None
    top: Doubles | None = None
    bottom: Doubles | None = None
    prefixes: Mapping[int, Any] | None = None

    def points(self, value: Doubles, base: Doubles, low: Doubles) -> Doubles:
        """Points with the missing rule applied."""
        return scoring.missing(self.rule, scoring.points(self.rule, value, base, low)[0])


@dataclass(frozen=True)
class Outcome:
    """What a change comes to; `refused`: the sentence why it does not count."""

    total: int = 0
    place: Place | None = None
    points: Mapping[str, float] | None = None
    refused: str = ""


@dataclass(frozen=True)
class Field:
    """Members of one group in the order of the results; `at` is the enterprise in question, `own` its exact inputs."""

    compiled: Compiled
    group: str
    at: int
    own: Mapping[str, Value]
    items: tuple[Item, ...]
    columns: Mapping[str, Column]
    bonus: Doubles
    deduction: Doubles
    total: Doubles
    ranked: Known

    @property
    def grades(self) -> Grades:
        """Cuts of the group. Raises FieldError."""
        found = self.compiled.scheme.groups[self.group].grades
        if found is None:
            raise FieldError("这份办法没有写明怎样划等，不能推算升档所需的变化")
        return found

    @cached_property
    def frozen_points(self) -> dict[str, Doubles]:
        """Points of everyone as the frozen values and benchmarks give them."""
        return {item.id: item.points(item.value, item.base, item.low) for item in self.items}

    def check(self) -> None:
        """Raises FieldError unless the frozen totals come out of the frozen values again."""
        again = self._totals(self.frozen_points, 0.0)
        if not np.array_equal(again[self.ranked], self.total[self.ranked]):
            raise FieldError("按冻结数据重算的总分与结果表不一致（合并评价或数据有变动），不推算升档所需的变化")

    def attempt(self, name: str, value: Fraction) -> Outcome:
        """The enterprise with measure `name` at `value`, all others as frozen; benchmarks worked from the data move too."""
        own = {**self.own, name: value}
        if sentence := self._leaves(name, own):
            return Outcome(refused=sentence)
        found = dict(self.frozen_points)
        for item in self.items:
            if name in names(item.expr):
                points = self._changed(item, own)
                if points is None:
                    return Outcome(refused=f"“{item.rule.label}”将算不出来")
                found[item.id] = points
        totals = self._totals(found, self._extra(name, own, found))
        mine = {id_: float(points[self.at]) for id_, points in found.items()}
        if np.isnan(totals[self.at]):
            return Outcome(refused="总分将算不出来")
        return Outcome(int(totals[self.at]), self._place(found, totals, own), mine)

    def _changed(self, item: Item, own: Mapping[str, Value]) -> Doubles | None:
        """Points of everyone for an item whose value changes for the enterprise."""
        exact = worked(item.expr, own)
        if not isinstance(exact, Fraction):
            return None
        value = item.value.copy()
        value[self.at] = float(exact * item.factor)
        sums = [self._part(item, side, own) for side in ("top", "bottom")]
        made = []
        for rule, frozen in ((item.upper, item.base), (item.lower, item.low)):
            prefix = item.prefixes.get(rule.digits) if rule and item.prefixes else None
            values = Values(value, sums[0], sums[1], float(item.factor), prefix)
            made.append(scoring.benchmark(rule, values) if rule is not None and rule.computed else frozen)
        return item.points(value, made[0], made[1])

    def _part(self, item: Item, side: str, own: Mapping[str, Value]) -> Doubles | None:
        """Numerators or denominators of everyone with the enterprise's new one."""
        frozen: Doubles | None = getattr(item, side)
        if frozen is None or not isinstance(item.expr, Binary):
            return None
        found, exact = frozen.copy(), worked(item.expr.left if side == "top" else item.expr.right, own)
        found[self.at] = float(exact) if isinstance(exact, Fraction) else np.nan
        return found

    def _extra(self, name: str, own: Mapping[str, Value], found: Mapping[str, Doubles]) -> float:
        """By how much the enterprise's own bonus and deduction move."""
        if not self._extras_read & {name, *(item.id for item in self.items)}:
            return 0.0
        points = {id_: Fraction(float(values[self.at])) for id_, values in found.items() if not np.isnan(values[self.at])}
        seen: dict[str, Value] = {**own, **points}
        bonus = trace_extras.bonuses(self.compiled, self.group, seen)[1]
        deduction = trace_extras.deductions(self.compiled, self.group, seen)[1]
        return float(bonus + deduction) - float(self.bonus[self.at] + self.deduction[self.at])

    @cached_property
    def _extras_read(self) -> frozenset[str]:
        """Names that bonuses and deductions read."""
        parts = [expr for path, expr in self.compiled.expressions.items() if path.startswith(("bonuses.", "deductions."))]
        return frozenset(name for expr in parts for name in names(expr))

    def _totals(self, points: Mapping[str, Doubles], extra: float) -> Doubles:
        rule = self.compiled.scheme.total
        if rule is None:
            raise FieldError("这份办法没有写明总分怎样取舍")
        raw = scoring.totals([self._share(item, points[item.id]) for item in self.items]) + self.bonus + self.deduction
        raw[self.at] += extra
        return scoring.rounded(raw, rule.decimals, rule.cap)

    def _share(self, item: Item, points: Doubles) -> scoring.Share:
        left_out = np.isnan(points) & (item.rule.missing == "exclude")
        steady = np.isnan(item.value) if isinstance(item.rule.missing, Points) else np.zeros(len(points), dtype=bool)
        if isinstance(item.rule.score, SingleValue):
            steady = np.ones(len(points), dtype=bool)
        return scoring.Share(points, float(item.rule.weight or 0), left_out, steady)

    def _place(self, points: Mapping[str, Doubles], totals: Doubles, own: Mapping[str, Value]) -> Place:
        decimals = self.compiled.scheme.total.decimals if self.compiled.scheme.total else 0
        order = partial(self._order, points=points, totals=totals, own=own)
        return place_of(self.grades, totals, self.ranked, self.at, decimals, order)

    def _order(self, text: str, points: Mapping[str, Doubles], totals: Doubles, own: Mapping[str, Value]) -> Doubles:
        """What a tie or a second stage is ordered by: an indicator's value (worse first), or an expression."""
        for item in self.items:
            if item.id == text:
                value = item.value.copy()
                exact = worked(item.expr, own)
                value[self.at] = float(exact * item.factor) if isinstance(exact, Fraction) else np.nan
                return value if item.rule.direction == "up" else -value
        columns = {name: self._with_own(name, column, own) for name, column in self.columns.items()}
        columns |= {id_: number_column(values) for id_, values in points.items()}
        decimals = self.compiled.scheme.total.decimals if self.compiled.scheme.total else 0
        columns["total"] = number_column(totals / 10.0**decimals)
        return work(self._stage(text), columns, len(totals)).floats()

    def _stage(self, text: str) -> Expr:
        sides = {"top": "", "bottom": ""}
        found = next(side for side in sides if getattr(getattr(self.grades, side), "by", None) == text)
        return expression(self.compiled, f"groups.{self.group}.grades.{found}.by", text)

    def _with_own(self, name: str, column: Column, own: Mapping[str, Value]) -> Column:
        value = own.get(name)
        if not isinstance(value, Fraction):
            return column
        found = column.values.copy()
        found[self.at] = float(value)
        return Column(found, column.known)

    def _leaves(self, name: str, own: Mapping[str, Value]) -> str:
        """Why the enterprise would no longer be evaluated in its group with these figures; empty when it would."""
        scheme = self.compiled.scheme
        for path, text, wanted, sentence in self._gates:
            if name in names(expression(self.compiled, path, text)) and holds(self.compiled, path, text, own) is not wanted:
                return sentence
        whens = {id_: group.when for id_, group in scheme.groups.items()}
        first = next((id_ for id_, when in whens.items() if holds(self.compiled, f"groups.{id_}.when", when, own)), "")
        return "" if first == self.group else f"将不再属于“{scheme.groups[self.group].label}”"

    @cached_property
    def _gates(self) -> list[tuple[str, str, bool, str]]:
        """Conditions of scope and standing: path, text, what they must say, and the sentence when they do not."""
        scheme, found = self.compiled.scheme, list[tuple[str, str, bool, str]]()
        if scheme.scope is not None:
            include = "true" if scheme.scope.include == "all" else scheme.scope.include
            found.append(("scope.include", include, True, "将不再属于评价范围"))
            found += [(f"scope.exclude.{id_}.when", one.when, False, f"将不参加评价：{one.label}")
                      for id_, one in scheme.scope.exclude.items()]
        return found + [(f"ungraded.{id_}.when", one.when, False, f"将不定等级：{one.label}")
                        for id_, one in scheme.held("ungraded").items()]


def benchmarks_of(rule: Indicator) -> tuple[Benchmark | None, Benchmark | None]:
    """Upper (or only) and lower benchmark."""
    score = rule.score
    if isinstance(score, MinMax):
        return score.high, score.low
    if isinstance(score, MaxBase):
        return Benchmark(kind="max"), None
    return (score.benchmark, None) if isinstance(score, Ratio | Reverse) else (None, None)


def cap_of(rule: Indicator) -> Decimal | None:
    """Highest share of the weight that the item can earn, when it is limited."""
    score = rule.score
    return score.cap if isinstance(score, Ratio) and isinstance(score.cap, Decimal) else None
