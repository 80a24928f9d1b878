"""What a criterion, a cost or the entry of a route may ask: of the plot, of its owner, of the owner in earlier years.

An input of an owner is a measure of the dictionary (`tax_paid`; `tax_paid_y1` and `tax_paid_y2` are the one and two years
before), an attribute below, or one that the policy declares. What nobody recorded is missing; nothing here has a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from tenglong.domain.evaluation.kinds import Kind, NameKind
from tenglong.domain.evaluation.units import unit_label
from tenglong.domain.measures import packaged

Of = Literal["plot", "owner"]
#: suffix of a measure's id → how its label begins
YEARS: Final = {"": "", "_y1": "上年", "_y2": "前年"}


@dataclass(frozen=True)
class Input:
    """`choices`: id → word. `shown`: the unit as printed, where it is none of the units known to expressions."""

    id: str
    label: str
    type: Kind
    of: Of
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    shown: str = ""

    @property
    def kind(self) -> NameKind:
        return NameKind(self.type, self.unit)

    @property
    def unit_text(self) -> str:
        return self.shown or (unit_label(self.unit) if self.unit and self.unit != "ratio" else "")


IDLE: Final = {"none": "未闲置", "suspected": "疑似闲置", "confirmed": "已认定闲置"}
#: what the record says of the soil: nothing to do, survey due, survey clean, over the limit, remediated with proof
SOIL: Final = {
    "none": "无调查要求", "due": "应调查未调查", "clean": "调查未超标", "exceeds": "调查超标未修复",
    "remediated": "已修复并有效果评估",
}
SCALE: Final = {"above": "规上", "below": "规下"}
_SCALE_WORDS: Final = {"above": ("规模以上", "是"), "below": ("规模以下", "否")}
_IDLE_WORDS: Final = {"none": ("否", "无", "未闲置"), "suspected": ("疑似",), "confirmed": ("是", "认定", "闲置")}


def _plot(id_: str, label: str, type_: Kind = "number", unit: str = "", *synonyms: str, shown: str = "") -> Input:
    return Input(id_, label, type_, "plot", unit, synonyms=synonyms, shown=shown)


def _owner(id_: str, label: str, type_: Kind, unit: str = "", *synonyms: str) -> Input:
    return Input(id_, label, type_, "owner", unit, synonyms=synonyms)


_PLOT: Final = (
    _plot("plot_mu", "地块面积", "number", "mu", "宗地面积", "地块用地面积"),
    _plot("plot_tax", "地块税收", "number", "wan_yuan", "地块上全部企业税收", "地上企业税收"),
    _plot("plot_value_added", "地块工业增加值", "number", "wan_yuan", "地上企业增加值"),
    _plot("plot_floor_m2", "地块建筑面积", "number", "m2", "地上建筑面积", "地块总建筑面积"),
    _plot("plot_energy_tce", "地块综合能耗", "number", "tce", "地上企业能耗"),
    _plot("plot_jobs", "地块从业人员", "number", "person", "地上从业人员"),
    _plot("floor_ratio", "容积率", "number", "", "现状容积率"),
    _plot("built_share", "建成面积占比", "number", "percent", "建成比例", "已建面积占比"),
    _plot("d_years", "连续评为最差档的年数", "number", "year", "连续D档年数", "连续D类年数"),
    _plot("idle_days", "闲置天数", "number", "", "闲置日数", shown="日"),
    _plot("stopped_months", "停产月数", "number", "month", "连续停产月数"),
    _plot("leased_out_share", "出租面积占比", "number", "percent", "出租比例"),
    _plot("tenants", "承租企业数", "number", "", "承租户数", shown="户"),
    _plot("households", "住户数", "number", "", "地上住户数", shown="户"),
    _plot("in_control_line", "在工业区块控制线内", "flag", "", "控制线内", "是否在控制线内"),
    _plot("titled", "有不动产权证", "flag", "", "有证", "是否有证"),
    _plot("soil_key_unit", "土壤污染重点监管单位用地", "flag", "", "重点监管单位", "是否重点监管单位"),
    _plot("disputed", "权属争议、查封或涉诉", "flag", "", "有争议", "是否涉诉"),
    _plot("plot_town", "地块所在镇街", "text", "", "所在镇街"),
    _plot("plot_zone", "地块所在片区", "text", "", "所在片区"),
    Input("idle", "闲置认定", "text", "plot", choices=IDLE, words=_IDLE_WORDS, synonyms=("闲置情况", "是否闲置")),
    Input("soil", "土壤状况", "text", "plot", choices=SOIL, synonyms=("土壤调查情况",)),
)
_OWNER: Final = (
    Input("scale", "规模", "text", "owner", choices=SCALE, words=_SCALE_WORDS, synonyms=("规上规下", "是否规上", "企业规模")),
    _owner("industry", "行业代码", "text", "", "行业", "国民经济行业代码", "行业类别"),
    _owner("used_mu", "实际用地面积（含租用）", "number", "mu", "实际用地面积", "实际占地面积"),
    _owner("last_grade", "上年度等级", "text", "", "上年等级", "亩均评价等级"),
    _owner("bankrupt", "已进入破产程序", "flag", "", "破产", "是否破产"),
)


@lru_cache(maxsize=1)
def standard() -> Mapping[str, Input]:
    """Every input that a policy may name without declaring it, by id: plot, owner, then measures of three years."""
    found = {one.id: one for one in (*_PLOT, *_OWNER)}
    for measure in packaged().values():
        if "enterprise" not in measure.subject:
            continue
        for suffix, word in YEARS.items():
            words = tuple(f"{word}{synonym}" for synonym in measure.synonyms)
            id_ = f"{measure.id}{suffix}"
            found[id_] = Input(id_, f"{word}{measure.label}", "number", "owner", measure.unit, synonyms=words)
    return found
