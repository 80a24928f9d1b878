"""What a search hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.site.ground import Wish

if TYPE_CHECKING:
    from tenglong.domain.renewal.site.weigh import Eligible

Plots = NDArray[np.int64]


@dataclass(frozen=True)
class Site:
    """One contiguous site. cost in 分, None where not known; months: of the slowest plot; `weight` is what was made least.

    `bound`: no site that was still allowed weighs less; `gap` = (weight − bound) / weight.
    """

    plots: Plots
    phases: tuple[Plots, ...]
    land_cm2: int
    cost: int | None
    owners: int | None
    months: int | None
    weight: int
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        return max(0.0, 1 - self.bound / self.weight) if self.weight else 0.0


@dataclass(frozen=True)
class Unmet:
    """Why there is no site. nothing: no plot is eligible; land: the largest connected piece is too small; gate: no large enough
    piece touches a gate; none: proven that no choice meets all wishes; time: none found before the time was up."""

    why: Literal["nothing", "land", "gate", "none", "time"]
    largest_cm2: int
    largest: Plots


@dataclass(frozen=True)
class Sites:
    """Sites, lightest first; `unmet` when there is none."""

    sites: list[Site]
    eligible: Eligible
    wish: Wish
    seconds: float
    unmet: Unmet | None = None
