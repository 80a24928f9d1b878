"""Days and thresholds of a cycle that no scheme states (`policies/evaluation_terms/<id>.yaml`), each with its source."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str
    authority: str
    source: str
    verified: Literal["verified", "to-verify"]
    note: str = ""


class Days(_Said):
    """A term; calendar days or working days."""

    value: Annotated[int, Field(ge=0, le=3_650)]
    unit: Literal["days", "working_days"]


class Amount(_Said):
    value: Annotated[Decimal, Field(gt=0)]


class Factors(_Said):
    """Ratios that a wrong unit makes."""

    value: tuple[Annotated[Decimal, Field(gt=1)], ...] = Field(min_length=1)


class Terms(BaseModel):
    """What the law or the county's own notice fixes in days."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    area_publication: Days
    result_publication: Days
    page_expiry: Days
    statement: Days
    sheet_feedback: Days


class Checks(BaseModel):
    """When a figure is asked about before the freeze."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    outlier_z: Amount
    outlier_least: Amount
    jump: Amount
    slip_factors: Factors
    slip_tolerance: Amount
    slip_stop: Amount
    slip_alone: Amount
    area_gap: Amount


class LandOfTheYear(_Said):
    """measure_day: land as it is held on the day of the cycle · months: each piece by the months in which it was used, a month
    for whoever uses it on its `month_day` (twelfths, exact; only the sum is rounded, half up)."""

    value: Literal["measure_day", "months"]
    month_day: Annotated[int, Field(ge=1, le=28)]


class Moves(BaseModel):
    """Firms that moved in or out during the data year."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    land: LandOfTheYear


class EvaluationTerms(BaseModel):
    """`evaluation_terms/<id>.yaml`. A county's own file names only what differs and `extends: default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    terms: Terms
    checks: Checks
    moves: Moves
