"""When will it be done, and how sure is that: thousands of forward passes at once, the same every time for the same seed.

Every step has random numbers of its own (seed and name of the step), so that a step that is done, or another route, leaves the
luck of the other steps as it was. Lawful waits, what has happened and what is held are never drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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


@dataclass(frozen=True)
class Odds:
    """Days by which an end comes with a chance of one half and of nine in ten. `cases`: share of draws per day, ascending."""

    p50: date
    p90: date
    draws: int
    cases: tuple[tuple[date, float], ...] = field(repr=False)

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
        luck = np.random.default_rng([seed, zlib.crc32(base(name).encode())])
        working[name] = still_possible(held[name], spread, calendar, as_of).of(luck.random(draws))
    return forward(acts, start, calendar, as_of=as_of, working=working, order=ordered(acts))


def odds(ends: Days, draws: int) -> Odds:
    """From the ends of all draws; one value where nothing was left to chance."""
    values, counts = np.unique(np.atleast_1d(ends), return_counts=True)
    shares = counts / counts.sum()
    reached = np.cumsum(counts) / counts.sum()
    at = [int(values[np.searchsorted(reached, share - 1e-12)]) for share in (0.5, 0.9)]
    cases = tuple((day_of(int(value)), float(share)) for value, share in zip(values, shares, strict=True))
    return Odds(day_of(at[0]), day_of(at[1]), draws, cases)


def still_possible(one: Activity, spread: Spread, calendar: WorkCalendar, as_of: date | None) -> Spread:
    """The spread of a step that has begun and is not done today: it takes longer than what has passed."""
    if one.started_on is None or as_of is None:
        return spread
    begun = np.full(len(spread.days), number(one.started_on), dtype=np.int32)
    ends = table(calendar).add_working(begun, np.asarray(spread.days, dtype=np.int32))
    return spread.where(ends >= number(as_of))
