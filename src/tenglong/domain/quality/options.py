"""What a check may assume: thresholds chosen by the user, and what the county already knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tenglong.domain.quality.thresholds import Thresholds, packaged

_PACKAGED: Final = packaged()
#: plane against ellipsoid alone differs by as much in a 3° zone: a smaller tolerance would report the projection
AREA_TOLERANCE_FLOOR: Final = _PACKAGED.area_tolerance_floor.value
AreaBasis = Literal["geodesic", "plane"]


@dataclass(frozen=True)
class Options:
    """Thresholds; the defaults are those of `policies/quality/default.yaml`, and none is a legal limit.

    Areas m², lengths m, shares of 1. `workers` threads do geometry (Shapely releases the interpreter lock).
    """

    min_overlap: float = _PACKAGED.min_overlap.value
    duplicate_share: float = _PACKAGED.duplicate_share.value
    overlap_error_share: float = _PACKAGED.overlap_error_share.value
    max_gap: float = _PACKAGED.max_gap.value
    sliver_width: float = _PACKAGED.sliver_width.value
    spike_angle: float = _PACKAGED.spike_angle.value
    spike_width: float = _PACKAGED.spike_width.value
    area_tolerance: float = _PACKAGED.area_tolerance.value
    area_basis: AreaBasis = _PACKAGED.area_basis.value
    straddle_area: float = _PACKAGED.straddle_area.value
    outside_share: float = _PACKAGED.outside_share.value
    outside_error_share: float = _PACKAGED.outside_error_share.value
    occupied_tolerance: float = _PACKAGED.occupied_tolerance.value
    max_pairs: int = _PACKAGED.max_pairs.value
    tolerance_floor: float = AREA_TOLERANCE_FLOOR
    workers: int = 2
    rules: frozenset[str] | None = None

    @property
    def tolerance(self) -> float:
        """The area tolerance that is used: never below the floor."""
        return max(self.area_tolerance, self.tolerance_floor)

    @classmethod
    def of(cls, thresholds: Thresholds) -> Options:
        """The thresholds of a policy."""
        values: dict[str, Any] = thresholds.values()
        return cls(tolerance_floor=values.pop("area_tolerance_floor"), **values)


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
