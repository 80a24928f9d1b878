"""The common half of every applier: values as the file says them against columns as the record keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.registry import bulk, counters, locate
from tenglong.apps.survey.appliers import Applied, Held, Match, Order, Prepared, Problem, Values
from tenglong.apps.survey.compare import plain
from tenglong.apps.survey.models import Action, Mode


@dataclass(frozen=True)
class Found:
    """What a row points at before it is compared."""

    target: int | None = None
    division: str = ""
    links: Mapping[str, int | None] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    reach: bool = True


class RegistryApplier:
    """`columns`: field id → store column; `dates`: fields that the store keeps as dates."""

    kind: ClassVar[str]
    layers: ClassVar[list[str]]
    columns: ClassVar[Mapping[str, str]]
    dates: ClassVar[frozenset[str]] = frozenset()
    #: columns taken over without being compared (the text as given, sealed contacts)
    carried: ClassVar[Mapping[str, str]] = {}

    def revision(self) -> dict[str, int]:
        return counters.revisions(self.layers)

    def match(self, rows: Sequence[Values], actor: Any) -> list[Match]:
        """Targets, what is held of them, and why a row cannot enter. Reads only."""
        found = self.find(rows, actor)
        held = self.held({one.target for one in found if one.target is not None})
        covers = scope_of(actor).covers
        return [self._match(one, held.get(one.target or 0), covers) for one in found]

    def _match(self, found: Found, held: Held | None, covers: Any) -> Match:
        reach = found.reach and (held is None or not held.division or self.reaches(held, found, covers))
        return Match(held, found.division, found.problems, found.links, reach)

    def reaches(self, held: Held, found: Found, covers: Any) -> bool:
        return bool(covers(held.division))

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        raise NotImplementedError

    def held(self, targets: set[int]) -> dict[int, Held]:
        """Open versions of the targets as comparable values."""
        found = locate.held(self.kind, targets, list(dict.fromkeys(self.columns.values())))
        return {
            pk: Held(
                pk,
                str(row.lock_version),
                row.town,
                self.spoken(row.values) | self.town_of(row.town),
                row.code,
                row.valid_from,
                row.wkb,
            )
            for pk, row in found.items()
        }

    def town_of(self, town: str) -> dict[str, Any]:
        return {"town": town} if town else {}

    def spoken(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Store columns → field ids with plain values; empty text counts as no value."""
        return {name: plain(values[column]) if values[column] != "" else None for name, column in self.columns.items()}

    def prepare(self, order: Order, rows: Sequence[Prepared]) -> bulk.PreparedRows:
        """Columns for the register, made before the transaction begins."""
        return self.table(order, rows)

    def apply(self, order: Order, prepared: bulk.PreparedRows) -> Applied:
        """Hands the rows to the register. Raises registry errors; the caller's transaction rolls back."""
        done = bulk.apply(
            self.kind,
            prepared,
            actor=order.actor,
            on=order.valid_from,
            batch_id=order.batch_id,
            department_id=order.actor.department_id,
        )
        return Applied({name: number for name, number in done.counts.items() if number}, done.ids)

    def table(self, order: Order, rows: Sequence[Prepared]) -> bulk.PreparedRows:
        return bulk.PreparedRows(
            actions=[self.action(order, row) for row in rows],
            targets=[row.target_id for row in rows],
            columns=self.cells(rows),
            towns=[row.division for row in rows],
            codes=self.codes(rows),
            wkb=[row.wkb for row in rows],
            boxes=[row.box for row in rows],
            starts=[self.start(row) for row in rows],
        )

    def action(self, order: Order, row: Prepared) -> str:
        if row.action == Action.NEW:
            return "new"
        return "change" if order.mode == Mode.CHANGE else "correct"

    def cells(self, rows: Sequence[Prepared]) -> dict[str, list[Any]]:
        """One list per store column that any row states; a cell that states nothing keeps what is held."""
        named = {**self.columns, **self.carried}
        used = {name for row in rows for name, value in row.values.items() if value not in (None, "")}
        return {
            column: [self.stored(name, row.values.get(name)) for row in rows] for name, column in named.items() if name in used
        }

    def stored(self, name: str, value: Any) -> Any:
        if value is None or value == "":
            return bulk.KEEP
        return as_date(value) if name in self.dates else value

    def codes(self, rows: Sequence[Prepared]) -> list[str] | None:
        return None

    def start(self, row: Prepared) -> date | None:
        return None

    def withdraw(self, batch_id: int, actor: Any) -> int:
        return bulk.withdraw(self.kind, batch_id, actor)


def as_date(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def text(row: Values, name: str) -> str:
    return str(row.get(name) or "")


def plots_of(rows: Sequence[Values]) -> list[tuple[int | None, str]]:
    """Plot of each row by code, else by (town, survey number), and the words by which it was sought."""
    codes = locate.plots_by_code({text(row, "plot_code") for row in rows} - {""})
    pairs = locate.plots_by_survey_number({(text(row, "town"), text(row, "survey_number")) for row in rows})
    out: list[tuple[int | None, str]] = []
    for row in rows:
        code, number = text(row, "plot_code"), text(row, "survey_number")
        found = codes.get(code) if code else pairs.get((text(row, "town"), number))
        out.append((found, code or number))
    return out


def towns_of_plots(ids: Iterable[int | None]) -> dict[int, str]:
    return {pk: row.town for pk, row in locate.held("plots", {pk for pk in ids if pk}, []).items()}


def unknown(what: str, rule: str, name: str, sought: str) -> Problem:
    """The row hangs on a record that is not there (or not any more)."""
    return Problem(rule, name, f"登记册里没有{what}“{sought}”。", f"请先导入{what}，或改正这一格。")


def with_problem(found: Found, problem: Problem | None) -> Found:
    return replace(found, problems=(*found.problems, problem)) if problem else found
