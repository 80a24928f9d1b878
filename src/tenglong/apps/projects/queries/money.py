"""Investment, output and tax of projects: months as typed, sums, and what is expected with its band."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tenglong.apps.projects import policies
from tenglong.apps.projects.models import Milestone, MonthFigure, Phase, Project
from tenglong.domain.landing.projects import days, ramp

MONTHS_OF_YEAR, QUARTER = 12, 3


@dataclass(frozen=True)
class Month:
    """One month of one kind over all phases; None: nobody has told. Running sums count what is known."""

    month: date
    planned: int | None
    actual: int | None
    planned_sum: int
    actual_sum: int


@dataclass(frozen=True)
class Sums:
    """`actual_to`: last month with an actual figure; `planned_to`: planned up to that month."""

    rows: list[Month]
    planned: int
    planned_to: int
    actual: int
    actual_to: date | None

    @property
    def percent(self) -> int | None:
        """Of what was planned up to the last month with a figure."""
        return 100 * self.actual // self.planned_to if self.planned_to else None


def months(row: Project, kind: str) -> Sums:
    return _sums(MonthFigure.objects.filter(project=row, kind=kind).values_list("month", "planned_fen", "actual_fen"))


def _sums(told: Iterable[tuple[date, int | None, int | None]]) -> Sums:
    by: dict[date, list[tuple[int | None, int | None]]] = defaultdict(list)
    for month, planned, actual in told:
        by[month].append((planned, actual))
    rows, planned_sum, actual_sum, last, planned_to = [], 0, 0, None, 0
    for month in sorted(by):
        planned, actual = _add(one for one, _two in by[month]), _add(two for _one, two in by[month])
        planned_sum, actual_sum = planned_sum + (planned or 0), actual_sum + (actual or 0)
        if actual is not None:
            last, planned_to = month, planned_sum
        rows.append(Month(month, planned, actual, planned_sum, actual_sum))
    return Sums(rows, planned_sum, planned_to, actual_sum, last)


def _add(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


# ---- what is expected


@dataclass(frozen=True)
class Outlook:
    """Yearly rates (分) by month with their band, and what stands behind them. An expectation, never a fact."""

    kind: str
    rows: list[tuple[date, ramp.Band]]
    full: ramp.Band
    counted: int  # phases that have a start and an expected full output
    silent: int  # phases without one of them
    formula: str
    own: bool
    n: tuple[int, ...]

    def at(self, month: date) -> ramp.Band:
        return next((band for on, band in self.rows if on == month), ramp.NOTHING)

    @property
    def years(self) -> list[tuple[date, ramp.Band]]:
        """Every twelfth month, and the last."""
        picked = self.rows[::MONTHS_OF_YEAR]
        return picked if not self.rows or picked[-1] == self.rows[-1] else [*picked, self.rows[-1]]


def outlook(rows: Sequence[Project], kind: str, first: date, count: int) -> Outlook:
    """`kind` output or tax; `count` months from `first`."""
    rules = policies.in_force().body
    points = learned()
    expected, silent = _expected(rows, kind)
    span = [days.after(first, at) for at in range(count)]
    bands = ramp.forecast(expected, span, points.points)
    return Outlook(kind, list(bands.items()), ramp.full(expected, points.points), len(expected), silent, rules.ramp.formula,
                   points.own, points.n)


def _expected(rows: Sequence[Project], kind: str) -> tuple[list[ramp.Expected], int]:
    keys = [row.pk for row in rows]
    starts = _starts(keys)
    found, silent = [], 0
    for phase in Phase.objects.filter(project_id__in=keys):
        full = phase.output_fen if kind == "output" else phase.tax_fen
        start = starts.get((phase.project_id, phase.pk)) or starts.get((phase.project_id, None))
        if full and start:
            found.append(ramp.Expected(full, start, phase.ramp_months))
        else:
            silent += 1
    return found, silent


def _starts(keys: Sequence[int]) -> dict[tuple[int, int | None], date]:
    """(project, phase or None) → day of the first product, done or else planned."""
    found = Milestone.objects.filter(project_id__in=keys, kind="producing")
    told = {(one.project_id, one.phase_id): one.done_on or one.planned_on for one in found}
    return {key: on for key, on in told.items() if on is not None}


def learned() -> ramp.Learned:
    """The ramp of the policy, or of the zone's own projects when enough of them have figures: shares, of nobody by name."""
    rules = policies.in_force().body.ramp
    return ramp.learned(rules, _seen([point.at for point in rules.points]))


@dataclass
class _Run:
    full: int
    start: date
    length: int
    months: dict[date, int] = field(default_factory=dict)

    def share(self, at: Fraction) -> Fraction | None:
        """Rate of the three months from that place on, as a share of full output; None when one of them is not known."""
        first = days.after(self.start, round(at * self.length))
        told = [self.months.get(days.after(first, step)) for step in range(QUARTER)]
        if None in told:
            return None
        return Fraction(sum(one for one in told if one is not None) * (MONTHS_OF_YEAR // QUARTER), self.full)


def _seen(places: list[Fraction]) -> dict[str, dict[Fraction, Fraction]]:
    """Projects of one phase with actual output after their first product."""
    done = dict(Milestone.objects.filter(kind="producing", done_on__isnull=False, phase__isnull=True)
                .values_list("project_id", "done_on"))
    runs: dict[int, _Run] = {}
    for phase in Phase.objects.filter(project_id__in=done, output_fen__gt=0):
        start = done[phase.project_id]
        one = runs.setdefault(phase.project_id, _Run(0, start or date.min, phase.ramp_months))
        one.full += phase.output_fen or 0
    told = MonthFigure.objects.filter(project_id__in=runs, kind="output", actual_fen__isnull=False)
    for key, month, fen in told.values_list("project_id", "month", "actual_fen"):
        runs[key].months[month] = runs[key].months.get(month, 0) + (fen or 0)
    found: dict[str, dict[Fraction, Fraction]] = {}
    for key, one in runs.items():
        shares = {at: share for at in places if (share := one.share(at)) is not None}
        if shares:
            found[str(key)] = shares
    return found


def invested(keys: Iterable[int]) -> dict[int, int]:
    """Project → actual investment (分)."""
    found: dict[int, int] = defaultdict(int)
    rows = MonthFigure.objects.filter(project_id__in=list(keys), kind="invest", actual_fen__isnull=False)
    for key, fen in rows.values_list("project_id", "actual_fen"):
        found[key] += fen or 0
    return dict(found)


def chart(sums: Sums) -> dict[str, Any]:
    """万元 by month, and running sums, for the drawing; the table tells the same."""
    def wan(fen: int | None) -> float | None:
        return None if fen is None else round(fen / 1_000_000, 2)

    return {
        "months": [f"{row.month:%Y-%m}" for row in sums.rows], "planned": [wan(row.planned) for row in sums.rows],
        "actual": [wan(row.actual) for row in sums.rows],
        "planned_sum": [wan(row.planned_sum) if sums.planned else None for row in sums.rows],
        "actual_sum": [wan(row.actual_sum) if sums.actual_to and row.month <= sums.actual_to else None for row in sums.rows],
    }


def band_chart(found: Outlook) -> dict[str, Any]:
    """亿元 a year by month: low, middle, high."""
    told = [(f"{month:%Y-%m}", *(round(fen / 10_000_000_000, 3) for fen in band.fen)) for month, band in found.rows]
    return {"months": [one[0] for one in told], "low": [one[1] for one in told], "mid": [one[2] for one in told],
            "high": [one[3] for one in told]}
