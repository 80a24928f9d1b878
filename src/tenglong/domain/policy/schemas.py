"""Schemas of every policy kind: the body without the header keys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tenglong.domain.casework.calendar import CalendarSpec
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.evaluation.scheme import Scheme
from tenglong.domain.evaluation.terms import EvaluationTerms
from tenglong.domain.landing.clearance.policy import ClearancePolicy
from tenglong.domain.landing.covenant.policy import CovenantPolicy
from tenglong.domain.landing.permits.policy import Permits
from tenglong.domain.landing.prices.policy import FloorPrices
from tenglong.domain.landing.projects.policy import Milestones
from tenglong.domain.landing.standard.policy import ControlIndicators, StandardLand
from tenglong.domain.landing.supply.policy import LandClocks
from tenglong.domain.landing.towers.policy import Towers
from tenglong.domain.measures import Measure
from tenglong.domain.quality.thresholds import Quality
from tenglong.domain.renewal.criteria.policy import LowEfficiency
from tenglong.domain.renewal.economics.policy import RenewalEconomics
from tenglong.domain.renewal.idle_policy import IdleLand
from tenglong.domain.renewal.routes_policy import Routes
from tenglong.domain.survey.kinds import KindSpec


class Measures(BaseModel):
    """`measures.yaml`: the dictionary of raw figures."""

    model_config = ConfigDict(extra="forbid")
    measures: list[Measure] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Measures:
        _no_repeat([measure.id for measure in self.measures], "指标")
        return self


class Codes(BaseModel):
    """`codes/<id>.yaml`: code systems and their tables; the code readers check the details."""

    model_config = ConfigDict(extra="allow")


class Point(BaseModel):
    """A place in degrees, EPSG:4490."""

    model_config = ConfigDict(extra="forbid")
    lon: Decimal = Field(ge=-180, le=180)
    lat: Decimal = Field(ge=-90, le=90)


class Extent(BaseModel):
    """Bounding box in degrees, EPSG:4490."""

    model_config = ConfigDict(extra="forbid")
    west: Decimal = Field(ge=-180, le=180)
    south: Decimal = Field(ge=-90, le=90)
    east: Decimal = Field(ge=-180, le=180)
    north: Decimal = Field(ge=-90, le=90)

    @model_validator(mode="after")
    def _order(self) -> Extent:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("范围颠倒：west 应小于 east，south 应小于 north")
        return self


class Town(BaseModel):
    """A township of the county with its 9-digit code."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^\d{9}$")
    name: str


class Provenance(BaseModel):
    """Where one value comes from, and whether somebody has checked it."""

    model_config = ConfigDict(extra="forbid")
    authority: str
    source: str
    verified: Literal["verified", "to-verify"]
    document: str = ""


class County(BaseModel):
    """`county/<id>.yaml`: the profile of the county that keeps this record.

    `names` mean this county inside an address; `aliases` are its older or spoken names; `provenance` is by key.
    """

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1)
    division: str = Field(pattern=r"^\d{6}$")
    names: list[str] = Field(default_factory=list)
    aliases: list[str] = Field(default_factory=list)
    extent: Extent
    central_meridian: Decimal = Field(ge=73, le=136)
    towns: list[Town] = Field(default_factory=list)
    provenance: dict[str, Provenance] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sources_of_what_is_here(self) -> County:
        if unknown := set(self.provenance) - (set(County.model_fields) - {"provenance"}):
            raise ValueError(f"provenance 里没有对应的键：{'、'.join(sorted(unknown))}")
        if any(not name.strip() for name in (*self.names, *self.aliases)):
            raise ValueError("names、aliases 里不能有空的名称")
        return self

    @model_validator(mode="after")
    def _towns_inside(self) -> County:
        _no_repeat([town.code for town in self.towns], "镇街代码")
        if strangers := [town.code for town in self.towns if not town.code.startswith(self.division)]:
            raise ValueError(f"镇街代码 {'、'.join(strangers)} 不属于 {self.division}")
        return self


def _no_repeat(names: list[Any], what: str) -> None:
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what}“{name}”重复")
        seen.add(name)


#: policy kind → schema; a kind that is not here cannot be loaded
BODY_SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "calendar": CalendarSpec, "cases": CaseDefinition, "codes": Codes, "county": County,
    "evaluation": Scheme,
    "evaluation_terms": EvaluationTerms, "idle_land": IdleLand, "kinds": KindSpec, "low_efficiency": LowEfficiency,
    "measures": Measures, "milestones": Milestones, "quality": Quality, "renewal_economics": RenewalEconomics, "routes": Routes,
    "clearance": ClearancePolicy,
    "floor_prices": FloorPrices, "towers": Towers,
    "control_indicators": ControlIndicators, "land_clocks": LandClocks, "standard_land": StandardLand,
    "covenant": CovenantPolicy,
    "permits": Permits,
}
LABELS: Final = {
    "calendar": "工作日历", "cases": "办事流程", "codes": "编码", "county": "县域概况",
    "evaluation": "评价办法",
    "evaluation_terms": "评价期限和核查阈值", "idle_land": "闲置土地处置", "kinds": "摸排表字段",
    "low_efficiency": "低效用地认定办法", "measures": "原始指标", "milestones": "项目节点和卡点", "quality": "质量检查参数",
    "renewal_economics": "整治测算参数", "routes": "整治路径",
    "clearance": "征收腾空拆除",
    "floor_prices": "工业用地最低价", "towers": "楼宇经济口径",
    "control_indicators": "用地控制指标", "land_clocks": "供地步骤和时限", "standard_land": "标准地指标",
    "covenant": "履约监管",
    "permits": "审批网络",
}
#: policy kind → module whose `problems_of(document)` tells what its schema cannot; named, since such a module reads documents
CHECKS: Final[dict[str, str]] = {
    "evaluation": "tenglong.domain.evaluation.checks", "low_efficiency": "tenglong.domain.renewal.criteria.checks",
    "renewal_economics": "tenglong.domain.renewal.economics.checks", "routes": "tenglong.domain.renewal.routes",
    "permits": "tenglong.domain.landing.permits.checks",
}
