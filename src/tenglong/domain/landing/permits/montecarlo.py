"""When will it be done, and how sure is that: thousands of forward passes at once, the same every time for the same seed.

Every step has random numbers of its own (seed and name of the step), so that a step that is done, or another route, leaves the
luck of the other steps as it was. Lawful waits, what has happened and what is held are never drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.casework.network import Activity, NetworkError, ordered
from tenglong.domain.landing.permits.days import Days, day_of, forward, number, table
from tenglong.domain.landing.permits.network import PRE, Situation, activities, base, end_of, pledged
from tenglong.domain.landing.permits.policy import Permits
from tenglong.domain.landing.permits.spread import Spread, believed

DRAWS: Final = 10_000
SEED: Final = 20231022
#: kept arrays of draws: 40 KB each at 10,000 draws
KEPT: Final = 512


@dataclass(frozen=True)
class Odds:
    """Days by which an end comes with a chance of one half and of nine in ten. `ends`: numbers of days, ascending, and
    `shares` of the draws that end on each."""

    p50: date
    p90: date
    draws: int
    ends: tuple[int, ...] = field(repr=False)
    shares: tuple[float, ...] = field(repr=False)

    @property
    def cases(self) -> tuple[tuple[date, float], ...]:
        """Share of draws per day, ascending."""
        return tuple((day_of(one), share) for one, share in zip(self.ends, self.shares, strict=True))

    def by(self, day: date) -> float:
        """Chance that it ends on that day or before."""
        return sum(share for one, share in self.cases if one <= day)


def simulate(
    policy: Permits, route: str, now: Situation, calendar: WorkCalendar, *, seen: Mapping[str, Sequence[int]] | None = None,
    draws: int = DRAWS, seed: int = SEED, ends: Sequence[str] = (),
) -> dict[str, Odds]:
    """Odds of the goals of the policy (or of `ends`). `seen`: step → working days that it took in closed cases of the zone."""
    acts = activities(policy, route, now, pledged)
    spreads = beliefs(policy, acts, seen or {})
    found = drawn(acts, now.start, calendar, spreads, as_of=now.as_of, draws=draws, seed=seed)
    return {name: odds(end_of(found, name), draws) for name in (ends or policy.goals)}


def beliefs(policy: Permits, acts: Sequence[Activity], seen: Mapping[str, Sequence[int]]) -> dict[str, Spread]:
    """Activity → spread, for those whose working days are not settled by law: reviews and steps, not waits, not formal acts
    that follow a review, not what is done."""
    reviewed = {one.id.removesuffix(PRE) for one in acts if one.id.endswith(PRE)}
    found = {}
    for one in acts:
        step = policy.steps[base(one.id)]
        if one.done_on is not None or not one.working_days or step.wait is not None or one.id in reviewed:
            continue
        found[one.id] = believed(one.working_days, seen.get(base(one.id), ()), policy.forecast, least=1)
    return found


def drawn(
    acts: Sequence[Activity], start: date, calendar: WorkCalendar, spreads: Mapping[str, Spread], *,
    as_of: date | None = None, draws: int = DRAWS, seed: int = SEED,
) -> dict[str, Days]:
    """The end of every activity in every draw. Raises NetworkError."""
    if draws < 1:
        raise NetworkError("抽样次数应大于 0")
    held = {one.id: one for one in acts}
    working = {}
    for name, spread in spreads.items():
        if spread.certain:
            working[name] = np.full(1, spread.days[0], dtype=np.int32)
            continue
        working[name] = _lucky(still_possible(held[name], spread, calendar, as_of), seed, base(name), draws)
    return forward(acts, start, calendar, as_of=as_of, working=working, order=ordered(acts))


@lru_cache(maxsize=KEPT)
def _lucky(spread: Spread, seed: int, step: str, draws: int) -> Days:
    """Days of a step in each draw. Projects of a zone that have not begun the step share them; nobody writes into them."""
    found = spread.of(np.random.default_rng([seed, zlib.crc32(step.encode())]).random(draws))
    found.setflags(write=False)
    return found


def odds(ends: Days, draws: int) -> Odds:
    """From the ends of all draws; one value where nothing was left to chance."""
    held = np.atleast_1d(ends)
    first = int(held.min())
    counts = np.bincount(held - first)
    values = np.flatnonzero(counts) + first
    counts = counts[counts > 0]
    shares = counts / counts.sum()
    reached = np.cumsum(counts) / counts.sum()
    at = [int(values[np.searchsorted(reached, share - 1e-12)]) for share in (0.5, 0.9)]
    return Odds(day_of(at[0]), day_of(at[1]), draws, tuple(values.tolist()), tuple(shares.tolist()))


def still_possible(one: Activity, spread: Spread, calendar: WorkCalendar, as_of: date | None) -> Spread:
    """The spread of a step that has begun and is not done today: it takes longer than what has passed."""
    if one.started_on is None or as_of is None:
        return spread
    begun = np.full(len(spread.days), number(one.started_on), dtype=np.int32)
    ends = table(calendar).add_working(begun, np.asarray(spread.days, dtype=np.int32))
    return spread.where(ends >= number(as_of))
