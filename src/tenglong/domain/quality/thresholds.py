"""The thresholds of the checks as policy data (`policies/quality/*.yaml`); the code holds no second copy of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from tenglong.domain.presets import preset

DEFAULT: Final = "quality/default.yaml"


class _Said(BaseModel):
    """What every value says about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str
    unit: Literal["m2", "m", "degree", "share", "pairs", "basis"]
    authority: str
    source: str
    verified: Literal["verified", "to-verify"]
    note: str = ""


class Amount(_Said):
    """An area, a length, an angle: not negative."""

    value: float = Field(ge=0, allow_inf_nan=False)


class Portion(_Said):
    """A share of 1."""

    value: float = Field(ge=0, le=1, allow_inf_nan=False)


class Count(_Said):
    value: int = Field(ge=1)


class Basis(_Said):
    value: Literal["geodesic", "plane"]


class Thresholds(BaseModel):
    """One entry for each threshold of `quality.Options`, of the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    min_overlap: Amount
    duplicate_share: Portion
    overlap_error_share: Portion
    max_gap: Amount
    sliver_width: Amount
    spike_angle: Amount
    spike_width: Amount
    area_tolerance: Amount
    area_tolerance_floor: Portion
    area_basis: Basis
    straddle_area: Amount
    outside_share: Portion
    outside_error_share: Portion
    occupied_tolerance: Portion
    max_pairs: Count

    def values(self) -> dict[str, float | int | str]:
        """Name → value."""
        return {name: getattr(self, name).value for name in type(self).model_fields}


class Quality(BaseModel):
    """`quality/<id>.yaml`. A county's own file names only what differs and `extends: default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    thresholds: Thresholds


@lru_cache(maxsize=1)
def packaged() -> Thresholds:
    """The thresholds that come with the program."""
    return Thresholds.model_validate(YAML(typ="safe").load(preset(DEFAULT))["thresholds"])
