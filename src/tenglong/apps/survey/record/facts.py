"""Figures: one row of the file holds several measures of one subject, period and department."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from tenglong.apps.registry import bulk, counters, locate
from tenglong.apps.survey.appliers import Applied, Held, Match, Order, Prepared, Problem, Values
from tenglong.apps.survey.compare import plain
from tenglong.apps.survey.models import Mode
from tenglong.apps.survey.record.base import plots_of, text, towns_of_plots, unknown
from tenglong.apps.survey.record.firms import enterprises_of, visible
from tenglong.domain.measures import packaged

#: facts are kept as value × 10⁶
SCALE = 10**6
Key = tuple[str, int, str, str, str]


class Facts:
    """By subject, measure, period and department; figures of the same row that are held and equal stay."""

    kind = "facts"
    layers = ["plots", "enterprise", "facts"]

    def revision(self) -> dict[str, int]:
        return counters.revisions(self.layers)

    def match(self, rows: Sequence[Values], actor: Any) -> list[Match]:
        firms = enterprises_of(rows, "uscc", "enterprise_name")
        plots = plots_of(rows)
        towns = towns_of_plots(pk for pk, _ in plots)
        may = visible({pk for pk, _ in firms if pk}, actor)
        links = [subject(firm, plot) for (firm, _), (plot, _) in zip(firms, plots, strict=True)]
        held = self._held([key for row, link in zip(rows, links, strict=True) for key in keys(row, link)])
        out = []
        for row, link, (firm, problem), (plot, sought) in zip(rows, links, firms, plots, strict=True):
            out.append(
                Match(
                    self._one(row, link, held),
                    "" if firm else towns.get(plot or 0, ""),
                    told(problem, sought, plot, link),
                    link,
                    firm is None or firm in may,
                )
            )
        return out

    def _held(self, wanted: Sequence[Key]) -> dict[Key, tuple[int, str]]:
        """Key → (row, value in the measure's own unit) of facts in force."""
        found = locate.facts_by_key(wanted)
        values = locate.held_rows("facts", found.values())
        return {key: (pk, str(plain(Decimal(values[pk]["value_e6"]) / SCALE))) for key, pk in found.items()}

    def _one(self, row: Values, link: dict[str, int | None], held: dict[Key, tuple[int, str]]) -> Held | None:
        mine = {key[2]: held[key] for key in keys(row, link) if key in held}
        if not mine:
            return None
        values = {name: mine[name][1] if name in mine else None for name in measures(row)}
        return Held(min(pk for pk, _ in mine.values()), "", "", values)

    def apply(self, order: Order, rows: Sequence[Prepared]) -> Applied:
        """One written fact per measure that differs."""
        lines = list(self._lines(order, rows))
        columns = {name: [line[2][name] for line in lines] for name in lines[0][2]} if lines else {}
        table = bulk.PreparedRows([line[0] for line in lines], [line[1] for line in lines], columns)
        done = bulk.apply(
            self.kind,
            table,
            actor=order.actor,
            on=order.valid_from,
            batch_id=order.batch_id,
            department_id=order.actor.department_id,
        )
        return Applied({name: number for name, number in done.counts.items() if number}, done.ids)

    def _lines(self, order: Order, rows: Sequence[Prepared]) -> Iterator[tuple[str, int | None, dict[str, Any]]]:
        held = self._held([key for row in rows for key in keys(row.values, row.links)])
        for row in rows:
            for key in keys(row.values, row.links):
                pk, old = held.get(key, (None, None))
                new = str(row.values[key[2]])
                if old != new:
                    action = "new" if pk is None else ("change" if order.mode == Mode.CHANGE else "correct")
                    yield action, pk, fact(row, key, new)

    def withdraw(self, batch_id: int, actor: Any) -> int:
        return bulk.withdraw(self.kind, batch_id, actor)


def fact(row: Prepared, key: Key, value: str) -> dict[str, Any]:
    return {
        "subject_type": key[0],
        "subject_id": key[1],
        "measure": key[2],
        "period": key[3],
        "department": key[4],
        "value_e6": round(Decimal(value) * SCALE),
        "given": value[:48],
        "legal_basis": text(row.values, "legal_basis"),
        "legal_document": text(row.values, "legal_document"),
    }


def subject(firm: int | None, plot: int | None) -> dict[str, int | None]:
    return {"enterprise_id": firm} if firm else {"plot_id": plot}


def measures(row: Values) -> list[str]:
    """Measure ids that the row gives a figure for."""
    return [name for name in packaged() if row.get(name) not in (None, "")]


def keys(row: Values, link: Any) -> Iterator[Key]:
    pk, kind = (link["enterprise_id"], "enterprise") if link.get("enterprise_id") else (link.get("plot_id"), "plot")
    if pk:
        for name in measures(row):
            yield kind, pk, name, text(row, "period"), text(row, "department")


def told(problem: Problem | None, sought: str, plot: int | None, link: dict[str, int | None]) -> tuple[Problem, ...]:
    if link.get("enterprise_id") or plot:
        return ()
    return (problem or unknown("地块", "unknown-plot", "plot_code", sought),)
