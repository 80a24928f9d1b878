"""What a check may assume: thresholds chosen by the user, and what the county already knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

#: plane against ellipsoid alone differs by up to 0.02 % in a 3° zone: a smaller tolerance would report the projection
AREA_TOLERANCE_FLOOR: Final = 0.0002
AreaBasis = Literal["geodesic", "plane"]


@dataclass(frozen=True)
class Options:
    """Thresholds; every one is documented in docs/user/checks.md and none is a legal limit.

    Areas m², lengths m, shares of 1. `workers` threads do geometry (Shapely releases the interpreter lock).
    """

    min_overlap: float = 0.01
    duplicate_share: float = 0.001
    overlap_error_share: float = 0.05
    max_gap: float = 1.0
    sliver_width: float = 0.5
    spike_angle: float = 5.0
    spike_width: float = 0.15
    area_tolerance: float = 0.05
    area_basis: AreaBasis = "geodesic"
    straddle_area: float = 1.0
    outside_share: float = 0.01
    outside_error_share: float = 0.5
    occupied_tolerance: float = 0.005
    max_pairs: int = 1_000_000
    workers: int = 2
    rules: frozenset[str] | None = None

    @property
    def tolerance(self) -> float:
        """The area tolerance that is used: never below 0.02 %."""
        return max(self.area_tolerance, AREA_TOLERANCE_FLOOR)


@dataclass(frozen=True)
class Context:
    """What the county holds. None means “not known here”: the checks that need it are listed as skipped.

    outlines: division code or name → outline in EPSG:4490. divisions: town name → code of the county's own towns.
    county_prefix: first digits of the county's division codes; county_names: names that mean this county in an address.
    occupied_plots / occupying: references of plots, and uscc or names of enterprises, that already have an occupancy.
    plot_areas: plot reference → surveyed area in cm². held_names: normalised enterprise name → uscc.
    """

    outlines: Mapping[str, Any] | None = None
    divisions: Mapping[str, str] | None = None
    county_prefix: str | None = None
    county_names: tuple[str, ...] = ()
    occupied_plots: frozenset[str] | None = None
    occupying: frozenset[str] | None = None
    plot_areas: Mapping[str, int] | None = None
    held_names: Mapping[str, str] | None = None
