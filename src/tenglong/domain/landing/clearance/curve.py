"""The S-curve: how far each stage was on the days when something changed, and how far the plan wanted it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tenglong.domain.landing.clearance.policy import Stage
from tenglong.domain.landing.clearance.rates import Base, Line, days_of, rates

#: points of a drawn curve at most: more do not fit on a screen
MOST = 60


@dataclass(frozen=True)
class Span:
    """First and last day that the plan gives a stage."""

    first: date
    last: date

    def share(self, day: date) -> Fraction:
        """Part that the plan wants done by the end of the day: an even S (3t² − 2t³) between the two days."""
        if day < self.first:
            return Fraction(0)
        whole = (self.last - self.first).days
        if day >= self.last or whole <= 0:
            return Fraction(1)
        t = Fraction((day - self.first).days, whole)
        return 3 * t**2 - 2 * t**3


@dataclass(frozen=True)
class Point:
    """`actual` is None for days that have not come."""

    on: date
    actual: Mapping[Stage, Fraction | None]
    planned: Mapping[Stage, Fraction]


def curve(
    lines: Sequence[Line], plan: Mapping[Stage, Span], stages: Sequence[Stage], base: Base, today: date
) -> list[Point]:
    """Points from the first listing (or first day of the plan) to the last day of either, evenly spread, with the
    ends of the plan. Actual values come from `rates`, so that a point and the table of its day are the same figures."""
    marks = [*days_of(lines), *(day for span in plan.values() for day in (span.first, span.last))]
    if not marks:
        return []
    days = _spread(min(marks), max(*marks, min(today, max(marks))), {today, *marks} if len(marks) < MOST // 2 else {today})
    found = []
    for day in days:
        held = rates(lines, day) if day <= today else None
        found.append(Point(day, {one: held.cells[one][base].value if held else None for one in stages},
                           {one: span.share(day) for one, span in plan.items()}))
    return found


def _spread(first: date, last: date, more: set[date]) -> list[date]:
    whole = (last - first).days
    step = max(1, -(-whole // MOST))
    days = {first + timedelta(days=at) for at in range(0, whole + 1, step)} | {last}
    return sorted(days | {day for day in more if first <= day <= last})
