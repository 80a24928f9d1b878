"""What the stages of a compilation share: the scheme, where its texts were parsed to, and the names a row answers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import ibis

from tenglong.domain.evaluation.expression import Expr, Flag
from tenglong.domain.evaluation.grading import Grades, RankShare
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.scheme import Group, Indicator, Joint, Scheme
from tenglong.domain.evaluation.sites import sites
from tenglong.engine.exact import Column, Table, pick
from tenglong.engine.expressions import Compiled as Value
from tenglong.engine.expressions import Quantity, compile_flag, compile_number, figure, may_miss, ordered_names

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

#: codes of `standing` inside the expression, in the order of STANDINGS
GRADED, UNGRADED, EXCLUDED, OUTSIDE, REFUSED, MERGED, FOLLOWS = range(7)
STANDINGS: Final = ("graded", "ungraded", "excluded", "outside", "refused", "merged", "follows")
#: columns that every stage hands on; `points` and the doubts are used up by the total
_ALWAYS: Final = frozenset(
    {
        "key",
        "grp",
        "early",
        "why",
        "lacking",
        "points",
        "bonus",
        "deduction",
        "standing",
        "standing_id",
        "total",
        "joint",
        "is_unit",
    }
)
LastYear = Mapping[tuple[str, str], Decimal]


class EngineError(ValueError):
    """A run that cannot be made; a Chinese sentence."""


@dataclass(frozen=True)
class Plan:
    """`trace`: whether columns of single indicators are wanted."""

    compiled: Compiled
    last_year: LastYear = field(default_factory=dict)
    trace: bool = True

    @property
    def scheme(self) -> Scheme:
        return self.compiled.scheme

    @cached_property
    def joint(self) -> Joint | None:
        """How units of several enterprises are evaluated; None when they are not."""
        found = self.scheme.joint
        return found if found is not None and found.allowed else None

    @property
    def mixed(self) -> bool:
        """Whether members of a unit have a result of their own beside the unit's."""
        return self.joint is not None and self.joint.mixed == "both"

    @staticmethod
    def enterprises(rows: Table) -> Table:
        """Without the rows of units: a mean that had them too would count their land twice."""
        return rows.filter(~rows["is_unit"]) if "is_unit" in rows.columns else rows

    @cached_property
    def groups(self) -> tuple[tuple[int, str, Group], ...]:
        """Code inside the expression, id, body."""
        return tuple((code, name, group) for code, (name, group) in enumerate(self.scheme.groups.items()))

    @cached_property
    def graded(self) -> Mapping[int, Grades]:
        """Cuts by group code; empty when grades cannot be given."""
        if self.compiled.lacks("grade"):
            return {}
        return {code: group.grades for code, _, group in self.groups if group.grades is not None}

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Ids of all groups, each once, in the order of the scheme."""
        return tuple(dict.fromkeys(name for _, _, group in self.groups for name in group.indicators))

    def holding(self, indicator: str) -> Iterator[tuple[int, str, Indicator]]:
        """Groups that have the indicator: code, id, the indicator there."""
        for code, name, group in self.groups:
            if indicator in group.indicators:
                yield code, name, group.indicators[indicator]

    def expr(self, path: str, text: str) -> Expr:
        if text == "all" and path == "scope.include":
            return Flag(True)
        found = self.compiled.expressions.get(path)
        return parse(text) if found is None else found

    # ---- names of a row

    def nullable(self, name: str) -> bool:
        attribute = self.compiled.attributes.get(name)
        return attribute is None or attribute.if_absent is None

    def names(self, table: Table) -> dict[str, Value]:
        """Measures and attributes, and as far as the table has them points of indicators and `total`."""
        held = set(table.columns)
        found: dict[str, Value] = {name: figure(table[f"m_{name}"]) for name in self.compiled.measures if f"m_{name}" in held}
        for name, attribute in self.compiled.attributes.items():
            if f"a_{name}" in held:
                found[name] = figure(table[f"a_{name}"]) if attribute.type == "number" else table[f"a_{name}"]
        for name in self.indicators:
            if f"s_{name}" in held:
                found.setdefault(name, Quantity(table[f"s_{name}"]))
        if "points" in held:
            found["total"] = Quantity(table["points"])
        return found

    @cached_property
    def _asked(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Part of the scheme and the names an expression there reads; of the groups only what orders them again."""
        found = []
        for site in sites(self.scheme):
            if site.path[0] != "groups" or "grades" in site.path:
                found.append((site.path[0], frozenset(ordered_names(self.expr(site.dotted, site.text)))))
        return tuple(found)

    def pruned(self, table: Table, parts: tuple[str, ...]) -> Table:
        """Without columns that neither the parts still to come nor the result ask for."""
        names = {name for part, asked in self._asked if part in parts for name in asked} | {"last_grade", "landlord"}
        ties = {grades.tie_by for grades in self.graded.values() if isinstance(grades, RankShare) and grades.ties == "by"}
        wanted = {f"{prefix}_{name}" for name in names for prefix in "mas"} | {f"x_{name}" for name in ties}
        if self.trace:
            wanted |= {f"{prefix}_{name}" for name in self.indicators for prefix in "xblsf"}
        return table.select(*[name for name in table.columns if name in wanted or name in _ALWAYS])

    def by_group(self, rows: Table, name: str, branches: list[tuple[int, Column]], otherwise: Column) -> Column:
        """What each group says of an indicator. Without trace, what only one group has and nothing else asks for need not be
        blanked in the other groups: their totals do not read it."""
        if len(branches) == 1 and not self.trace and all(name not in asked for _, asked in self._asked):
            return branches[0][1]
        return pick([(rows["grp"] == group, value) for group, value in branches], otherwise)

    def flag(self, table: Table, path: str, text: str) -> Column:
        return compile_flag(self.expr(path, text), self.names(table))

    def number(self, table: Table, path: str, text: str) -> Quantity:
        return compile_number(self.expr(path, text), self.names(table))

    def may_miss(self, path: str, text: str) -> bool:
        return may_miss(self.expr(path, text), self.nullable)

    def blame(self, table: Table, path: str, text: str, otherwise: str) -> Column:
        """First missing name of an expression, in reading order; `otherwise` when all are there (a division by zero)."""
        known = self.names(table)
        columns = [(name, known.get(name)) for name in ordered_names(self.expr(path, text)) if self.nullable(name)]
        missing = [(_column(value).isnull(), ibis.literal(name)) for name, value in columns if value is not None]
        return pick(missing, ibis.literal(otherwise))

    def concerns(self, table: Table, groups: tuple[str, ...]) -> Column | None:
        """Whether a row is in one of `groups`; None = all are meant."""
        codes = [code for code, name, _ in self.groups if name in groups]
        return table["grp"].isin(codes) if groups and len(codes) < len(self.groups) else None


def _column(value: Any) -> Column:
    return value.column if isinstance(value, Quantity) else value


def code(value: int) -> Column:
    return ibis.literal(value, "int8")
