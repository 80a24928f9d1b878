"""Verdicts of a whole county at once: what `find` says of every plot, without its sentences.

Formulas are worked over columns (`columns`); a plot whose comparison the doubles do not settle is worked exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.criteria.columns import (
    NO,
    OPEN,
    YES,
    Array,
    Column,
    Columns,
    Flags,
    Numbers,
    flags,
    known,
    numbers,
    opposite,
)
from tenglong.domain.renewal.criteria.find import find_one
from tenglong.domain.renewal.criteria.formula import in_order
from tenglong.domain.renewal.criteria.means import Means
from tenglong.domain.renewal.criteria.policy import Class, Combination
from tenglong.domain.renewal.criteria.rows import Finding, Outcome, Record, Sheet, Verdict

VERDICTS: Final[tuple[Verdict, ...]] = ("low", "not_low", "none_known", "unclear", "outside")
OUTCOMES: Final[tuple[Outcome, ...]] = ("miss", "hit", "unclear", "not_applicable")
_LOW, _NOT, _NONE, _UNCLEAR, _OUTSIDE = range(5)
_MISS, _HIT, _GAP, _APART = range(4)
_NOBODY = Record("")


@dataclass(frozen=True)
class Judged:
    """One line per plot, in the order of the sheet. `classes`: place among `ranked`, -1 none; `open`: a class of higher
    priority stays open; `outcomes`: (plots, criteria) places in OUTCOMES, -1 where the scope leaves the plot out;
    `exact`: plots that were worked one by one; `pattern`: which values are known, all that a missing figure follows from."""

    criteria: Criteria
    sheet: Sheet
    means: Means
    verdicts: Array
    classes: Array
    open: Array
    outcomes: Array
    exact: Array
    pattern: Array
    _lacks: dict[bytes, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)

    def verdict(self, at: int) -> Verdict:
        return VERDICTS[int(self.verdicts[at])]

    def class_of(self, at: int) -> Class | None:
        return self.ranked[self.classes[at]][1] if self.classes[at] >= 0 else None

    @cached_property
    def ranked(self) -> list[tuple[str, Class]]:
        return _ranked(self.criteria)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self.criteria.policy.criteria)

    def hits(self, at: int) -> list[str]:
        return [self.names[place] for place in np.flatnonzero(self.outcomes[at] == _HIT).tolist()]

    def finding(self, at: int) -> Finding:
        """With every sentence and every missing figure."""
        plot = self.sheet.plots[at]
        return find_one(self.criteria, self.means, plot, self.sheet.owners.get(plot.owner))

    def lacks(self, at: int) -> tuple[tuple[str, str], ...]:
        """Id and label of every missing figure that the finding names; worked once for all plots alike."""
        if not self.unsettled[at]:
            return ()
        key = b"" if self.exact[at] or self.outcomes[at, 0] < 0 else self.outcomes[at].tobytes() + self.pattern[at].tobytes()
        found = self._lacks.get(key) if key else None
        if found is None:
            found = tuple((one.id, one.label) for one in self.finding(at).missing)
            if key:
                self._lacks[key] = found
        return found

    @cached_property
    def unsettled(self) -> Array:
        """Plots whose finding names missing figures."""
        found: Array = (self.verdicts == _UNCLEAR) | self.open
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """Criterion → outcome → plots."""
        return {
            name: {OUTCOMES[code]: int(count) for code, count in enumerate(_tally(self.outcomes[:, at])) if count}
            for at, name in enumerate(self.names)
        }


def judge(criteria: Criteria, sheet: Sheet) -> Judged:
    """Equal to `find` plot by plot; 100,000 plots take seconds."""
    means = Means(criteria, sheet)
    work = _Work(criteria, sheet, means)
    outcomes = np.stack([work.outcome(name) for name in criteria.policy.criteria], axis=1)
    left, unsure = work.scope()
    verdicts, classes, open_ = _decided(criteria, outcomes)
    apart = left | unsure
    verdicts = np.where(left, _OUTSIDE, np.where(unsure, _UNCLEAR, verdicts)).astype(np.int8)
    made = Judged(criteria, sheet, means, verdicts, np.where(apart, -1, classes), open_ & ~apart,
                  np.where(apart[:, None], -1, outcomes).astype(np.int8), work.table.doubt, work.pattern())
    for at in np.flatnonzero(work.table.doubt).tolist():
        _exactly(made, at)
    return made


def _exactly(made: Judged, at: int) -> None:
    found = made.finding(at)
    made.verdicts[at], made.open[at] = VERDICTS.index(found.verdict), bool(found.open_class)
    places = {name: place for place, (name, _class) in enumerate(made.ranked)}
    made.classes[at] = places.get(found.class_id, -1)
    made.outcomes[at] = [OUTCOMES.index(one.outcome) for one in found.results] if found.results else -1


def _ranked(criteria: Criteria) -> list[tuple[str, Class]]:
    return sorted(criteria.policy.classes.items(), key=lambda item: item[1].priority)


def _tally(column: Array) -> Sequence[int]:
    found: list[int] = np.bincount(column[column >= 0], minlength=len(OUTCOMES)).tolist()
    return found


def _decided(criteria: Criteria, outcomes: Array) -> tuple[Array, Array, Array]:
    """Verdict, class and whether a class above stays open, as `find.decided` says it."""
    size, places = len(outcomes), {name: at for at, name in enumerate(criteria.policy.criteria)}
    states = {name: np.select([outcomes[:, at] == _HIT, outcomes[:, at] == _GAP], [YES, OPEN], NO)
              for name, at in places.items()}
    classes, first_open = np.full(size, -1), np.full(size, -1)
    for rank, (_name, one) in enumerate(_ranked(criteria)):
        state = _combined(one.when, states)
        classes = np.where((classes < 0) & (state == YES), rank, classes)
        first_open = np.where((first_open < 0) & (state == OPEN), rank, first_open)
    verdicts = np.where(classes >= 0, _LOW, np.where(first_open >= 0, _UNCLEAR, _NONE if criteria.open_criteria else _NOT))
    return verdicts, classes, (classes >= 0) & (first_open >= 0) & (first_open < classes)


def _combined(combination: Combination, states: Mapping[str, Array]) -> Array:
    parts = [states[part] if isinstance(part, str) else _combined(part, states) for part in combination.parts]
    met = np.sum([part == YES for part in parts], axis=0)
    may = met + np.sum([part == OPEN for part in parts], axis=0)
    return np.where(met >= combination.needed, YES, np.where(may < combination.needed, NO, OPEN))


class _Work:
    """Columns of one sheet under one policy."""

    def __init__(self, criteria: Criteria, sheet: Sheet, means: Means) -> None:
        self.criteria, self.table = criteria, Columns(len(sheet.plots))
        owners = list(sheet.owners)
        seat = {key: at for at, key in enumerate(owners)}
        self.seats = np.array([seat.get(plot.owner, len(owners)) for plot in sheet.plots], dtype=np.int64)
        records = [*(sheet.owners[key] for key in owners), _NOBODY]
        for name in criteria.used:
            own = criteria.inputs[name].of == "owner"
            column = self._given(name, records if own else sheet.plots)
            self.table.held[name] = _taken(column, self.seats) if own else column
        for name, value in criteria.constants.items():
            self.table.held[name] = self.table.constant(value) if value is not None else self._nothing()
        self._means(means, sheet, records)
        for name in in_order(list(criteria.figures), criteria.figures):
            self.table.held[name] = self.value(f"figures.{name}.value")

    def _nothing(self) -> Numbers:
        return numbers([None] * self.table.size)

    def _given(self, name: str, records: Sequence[Record]) -> Column:
        absent, kind = self.criteria.absent.get(name), self.criteria.inputs[name].type
        values = [absent if (value := record.values.get(name)) is None else value for record in records]
        return self.table.texts(values) if kind == "text" else flags(values) if kind == "flag" else numbers(values)

    def _means(self, means: Means, sheet: Sheet, records: Sequence[Record]) -> None:
        """By industry; every industry once."""
        for name in self.criteria.policy.means:
            found: dict[Value, Value] = {}
            for industry in self._industries(sheet, records):
                if industry not in found:
                    found[industry] = means.of(name, industry).value
            self.table.held[name] = numbers(found[industry] for industry in self._industries(sheet, records))

    def _industries(self, sheet: Sheet, records: Sequence[Record]) -> Iterator[Value]:
        if "industry" not in self.criteria.used:
            yield from [None] * len(sheet.plots)
            return
        absent, own = self.criteria.absent.get("industry"), self.criteria.inputs["industry"].of == "owner"
        rows = (records[at] for at in self.seats.tolist()) if own else sheet.plots
        for row in rows:
            value = row.values.get("industry")
            yield absent if value is None else value

    def value(self, path: str) -> Column:
        formula = self.criteria.formulas[path]
        column = self.table.work(formula.expr)
        return self.table.scaled(column, formula.factor) if isinstance(column, Numbers) else column

    def flag(self, path: str) -> Array:
        found = self.value(path)
        assert isinstance(found, Flags)
        return found.state

    def outcome(self, name: str) -> Array:
        formulas, path = self.criteria.formulas, f"criteria.{name}"
        when = self.flag(f"{path}.when")
        applies = self.flag(f"{path}.applies") if f"{path}.applies" in formulas else np.full(self.table.size, YES)
        found = np.select([when == NO, (when == OPEN) | (applies == OPEN)], [_MISS, _GAP], _HIT)
        if f"{path}.unclear_when" in formulas:
            found = np.where(self.flag(f"{path}.unclear_when") == YES, _GAP, found)
        return np.where(applies == NO, _APART, found)

    def pattern(self) -> Array:
        """Of every plot which names have a value, and which criteria nobody may judge yet."""
        parts = [known(self.table.held[name]) for name in sorted(self.table.held)]
        parts += [self.flag(path) == YES for path in sorted(self.criteria.formulas) if path.endswith(".unclear_when")]
        return np.packbits(np.stack(parts, axis=1), axis=1)

    def scope(self) -> tuple[Array, Array]:
        """Plots left out, and those of which nobody can say; the first condition that does either decides."""
        left, unsure = (np.zeros(self.table.size, dtype=np.bool_) for _part in range(2))
        scope = self.criteria.policy.scope
        if scope is None:
            return left, unsure
        stays = [] if scope.include == "all" else [Flags(self.flag("scope.include"))]
        stays += [opposite(Flags(self.flag(f"scope.exclude.{name}.when"))) for name in scope.exclude]
        for one in stays:
            free = ~(left | unsure)
            left, unsure = left | (free & (one.state == NO)), unsure | (free & (one.state == OPEN))
        return left, unsure


def _taken(column: Column, seats: Array) -> Column:
    parts: Any = vars(column).values()
    return type(column)(*(part[seats] for part in parts))
