"""`standard_land/…yaml` (indicators by industry) and `control_indicators/…yaml` (plot ratios and shares of a site)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from tenglong.domain.casework.definition import Id
from tenglong.domain.evaluation.sourced import Based

STANDARD: Final = "standard_land"
CONTROL: Final = "control_indicators"
Side = Literal["at_least", "at_most"]
Unit = Literal["wan_yuan_per_mu", "wan_yuan_per_ha", "ratio", "percent", "wan_yuan_per_tce", "wan_yuan_per_t", ""]
UNIT_WORDS: Final[dict[str, str]] = {
    "wan_yuan_per_mu": "万元/亩", "wan_yuan_per_ha": "万元/公顷", "ratio": "", "percent": "%",
    "wan_yuan_per_tce": "万元/吨标煤", "wan_yuan_per_t": "万元/吨", "": "",
}
SIDE_WORDS: Final[dict[str, str]] = {"at_least": "不低于", "at_most": "不高于"}


def _decimal(given: Any) -> Any:
    if isinstance(given, float):
        return Decimal(repr(given))
    return given


Exact = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]


class Indicator(Based):
    """One agreed figure; `headings`: what a table may call its column."""

    id: Id
    label: str = Field(min_length=1)
    unit: Unit
    side: Side = "at_least"
    headings: tuple[str, ...] = ()


class IndustryRow(Based):
    """Limits of one industry. An indicator that is not named is not required of it. `codes`: codes of GB/T 4754-2017 or ()."""

    id: Id
    label: str = Field(min_length=1)
    values: dict[Id, Exact] = Field(min_length=1)
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class StandardLand(Based):
    """标准地 indicators of one place."""

    name: str = Field(min_length=1)
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    industries: tuple[IndustryRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> StandardLand:
        _once([one.id for one in self.indicators], "指标")
        _once([one.id for one in self.industries], "行业")
        known = {one.id for one in self.indicators}
        for row in self.industries:
            if stray := sorted(set(row.values) - known):
                raise ValueError(f"行业“{row.label}”写了没有定义的指标“{stray[0]}”")
        return self


class PlotRatio(Based):
    """Least plot ratio of some industries. `codes_2002`: as printed; `codes`: the same in GB/T 4754-2017."""

    at_least: Exact
    names: tuple[str, ...] = Field(min_length=1)
    codes_2002: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class ControlIndicators(Based):
    """Limits of an industrial site. Shares are ratios (0.4 = 40 %). A storey above `double_height_m` metres counts twice."""

    name: str = Field(min_length=1)
    code_standard: str = ""
    coverage_at_least: Exact | None = None
    office_land_at_most: Exact | None = None
    office_floor_at_most: Exact | None = None
    double_height_m: Exact | None = None
    plot_ratios: tuple[PlotRatio, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> ControlIndicators:
        _once([code for row in self.plot_ratios for code in row.codes], "行业代码")
        _once([code for row in self.plot_ratios for code in row.codes_2002], "2002 版行业代码")
        return self


def _once(names: list[str], what: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{what}“{twice[0]}”重复")
