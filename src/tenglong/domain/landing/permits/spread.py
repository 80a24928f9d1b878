"""How long a step may take: the policy's belief, drawn towards what the zone has seen of that step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.landing.permits.policy import Forecast

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Working days and their probabilities, ascending. `n`: observed cases in it."""

    days: tuple[int, ...]
    chances: tuple[float, ...]
    n: int = 0

    @property
    def mean(self) -> float:
        return sum(day * chance for day, chance in zip(self.days, self.chances, strict=True))

    @property
    def certain(self) -> bool:
        return len(self.days) == 1

    def quantile(self, share: float) -> int:
        """The fewest days that suffice in at least `share` of cases."""
        return self.days[int(np.searchsorted(np.cumsum(self.chances) + 1e-12, share))]

    def of(self, uniform: Floats) -> NDArray[np.int32]:
        """Days of each draw by the inverse of the distribution; `uniform` in [0, 1)."""
        if self.certain:
            return np.full(uniform.shape, self.days[0], dtype=np.int32)
        edges = np.cumsum(self.chances[:-1])
        return np.asarray(self.days, dtype=np.int32)[np.searchsorted(edges, uniform, side="right")]

    def where(self, keep: NDArray[np.bool_]) -> Spread:
        """The same, knowing that only the days marked are still possible; itself when none is."""
        left = [(day, chance) for day, chance, yes in zip(self.days, self.chances, keep, strict=True) if yes]
        total = sum(chance for _day, chance in left)
        if not left or total <= 0:
            return self
        return Spread(tuple(day for day, _ in left), tuple(chance / total for _, chance in left), self.n)


def believed(planned: int, seen: Sequence[int], forecast: Forecast, least: int = 0) -> Spread:
    """The belief of the policy about a step of `planned` working days weighs as `prior_weight` cases, each case seen as one
    (Dirichlet): few cases leave it near the policy, many take it over. `least`: nothing is shorter."""
    return _believed(planned, tuple(seen), forecast, least)


@lru_cache(maxsize=1024)
def _believed(planned: int, seen: tuple[int, ...], forecast: Forecast, least: int) -> Spread:
    weights: dict[int, float] = {}
    for chance in forecast.spread:
        day = max(least, math.ceil(planned * chance.times))
        weights[day] = weights.get(day, 0.0) + float(forecast.prior_weight * chance.share)
    for one in seen:
        day = max(least, one)
        weights[day] = weights.get(day, 0.0) + 1.0
    total, days = sum(weights.values()), sorted(weights)
    return Spread(tuple(days), tuple(weights[day] / total for day in days), len(seen))
