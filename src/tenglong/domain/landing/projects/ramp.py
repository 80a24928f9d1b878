"""What a project is expected to put out on the way to full output, with a band. An expectation is never a fact.

Yearly rate in a month = output at full production × share(t), t = months since the first product ÷ months until full output.
The share is linear between the points of the policy, at the quantiles P10, P50 and P90, and stays after the last point.
Sums of several projects add the same quantile of each: all low or all high together, the widest reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from tenglong.domain.landing.projects.days import elapsed
from tenglong.domain.landing.projects.policy import Ramp, RampPoint

MONTHS = 12


@dataclass(frozen=True)
class Band:
    """Low, middle and high of one figure; 分 a year, or shares of 1."""

    low: Fraction
    mid: Fraction
    high: Fraction

    def __add__(self, other: Band) -> Band:
        return Band(self.low + other.low, self.mid + other.mid, self.high + other.high)

    def times(self, factor: int | Fraction) -> Band:
        return Band(self.low * factor, self.mid * factor, self.high * factor)

    @property
    def fen(self) -> tuple[int, int, int]:
        """Whole 分, rounded half up."""
        low, mid, high = (floor(value + Fraction(1, 2)) for value in (self.low, self.mid, self.high))
        return low, mid, high


NOTHING = Band(Fraction(0), Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Expected:
    """What one phase is expected to reach. `starts`: month of its first product, done or planned; None: nobody has said."""

    full_fen: int
    starts: date | None
    ramp_months: int


def share(points: Sequence[RampPoint], at: Fraction) -> Band:
    """Linear between the points; the last one from 1 on. `at` below 0: nothing is produced yet."""
    if at < 0:
        return NOTHING
    if at >= 1:
        return _band(points[-1])
    behind = next(one for one, point in enumerate(points) if point.at > at)
    low, high = points[behind - 1], points[behind]
    part = (at - low.at) / (high.at - low.at)
    return _band(low).times(1 - part) + _band(high).times(part)


def _band(point: RampPoint) -> Band:
    return Band(point.low, point.mid, point.high)


def rate(one: Expected, month: date, points: Sequence[RampPoint]) -> Band:
    """Yearly rate (分) expected in a month."""
    if one.starts is None:
        return NOTHING
    return share(points, Fraction(elapsed(one.starts, month), max(1, one.ramp_months))).times(one.full_fen)


def forecast(phases: Iterable[Expected], months: Iterable[date], points: Sequence[RampPoint]) -> dict[date, Band]:
    """Month → yearly rate of all phases together (分)."""
    held = list(phases)
    return {month: sum((rate(one, month, points) for one in held), NOTHING) for month in months}


def full(phases: Iterable[Expected], points: Sequence[RampPoint]) -> Band:
    """Yearly rate when every phase that has a start is in full output."""
    return sum((_band(points[-1]).times(one.full_fen) for one in phases if one.starts is not None), NOTHING)


# ---- the zone's own history


@dataclass(frozen=True)
class Learned:
    """Points in force: those of the policy, or of so many projects' own figures. `n`: projects seen at each point."""

    points: tuple[RampPoint, ...]
    n: tuple[int, ...]
    own: bool


def learned(ramp: Ramp, seen: Mapping[str, Mapping[Fraction, Fraction]]) -> Learned:
    """`seen`: project → place on the ramp → share reached there (rate of twelve months ÷ full output).

    The zone's quantiles replace those of the policy only when every point has at least `ramp.least` projects: a half-known
    curve would bend where the data end. Shares above 2 are held at 2, as in the policy.
    """
    found: list[tuple[Fraction, ...]] = [
        tuple(sorted(min(Fraction(2), told[point.at]) for told in seen.values() if point.at in told)) for point in ramp.points]
    counts = tuple(len(values) for values in found)
    if min(counts) < ramp.least:
        return Learned(ramp.points, counts, own=False)
    points = tuple(
        RampPoint(at=point.at, low=quantile(values, Fraction(1, 10)), mid=quantile(values, Fraction(1, 2)),
                  high=quantile(values, Fraction(9, 10)))
        for point, values in zip(ramp.points, found, strict=True))
    return Learned(points, counts, own=True)


def quantile(ordered: Sequence[Fraction], at: Fraction) -> Fraction:
    """Linear between order statistics (type 7). `ordered` is not empty."""
    place = at * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
