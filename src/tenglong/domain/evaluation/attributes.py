"""Attributes an evaluation may ask of an enterprise besides measures, under the names that every scheme shares.

A scheme lists the ones it uses (`attributes:`) and says what a missing record means; label, type and synonyms of a standard
one need not be repeated. `source` names where the record finds it; "file" = only by table or by the evaluation's own lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

AttributeType = Literal["number", "text", "flag"]


@dataclass(frozen=True)
class Standard:
    label: str
    type: AttributeType
    source: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


STANDARD: Final[dict[str, Standard]] = {
    "scale": Standard("规模", "text", "enterprise.scale", choices=("above", "below"),
                      synonyms=("规上规下", "企业规模", "是否规上")),
    "industry": Standard("行业代码", "text", "enterprise.industry", synonyms=("国民经济行业代码", "行业类别", "行业")),
    "town": Standard("属地镇街", "text", "enterprise.town", synonyms=("镇街", "所属镇街", "乡镇街道")),
    "zone": Standard("所在片区", "text", "enterprise.zone", synonyms=("片区", "园区", "平台")),
    "holding": Standard("用地方式", "text", "occupancy", choices=("own", "leased", "mixed", "none"),
                        synonyms=("用地性质", "自有或租赁")),
    "carrier": Standard("国有平台载体", "flag", "list", synonyms=("是否载体", "载体")),
    "registered_years": Standard("注册满年数", "number", "enterprise.registered_on", "year", synonyms=("注册年限", "成立年限")),
    "land_years": Standard("取得土地满年数", "number", "parcel.granted_on", "year", synonyms=("供地年限",)),
    "production_years": Standard("投产满年数", "number", "list", "year", synonyms=("投产年限",)),
    "leased_floor_m2": Standard("租用厂房面积", "number", "occupancy", "m2", synonyms=("租赁厂房面积",)),
    "tenants_below": Standard("承租的规下企业数", "number", "occupancy", "ratio",
                              synonyms=("出租给规下企业户数", "规下承租户数")),
    "unit": Standard("合并评价单元", "text", "list", synonyms=("评价单元", "合并单元")),
    "landlord": Standard("出租方", "text", "occupancy", synonyms=("出租方统一社会信用代码", "房东")),
    "last_grade": Standard("上年度等级", "text", "last_run", synonyms=("上年等级", "上年评价等级")),
    "head_office": Standard("总公司", "text", "list", synonyms=("总公司统一社会信用代码",)),
    "tax_share": Standard("分摊总公司税收的比例", "number", "list", "percent", synonyms=("税收分摊比例",)),
    "newly_above": Standard("首次上规", "flag", "list", synonyms=("是否首次上规", "新上规")),
    "newly_founded": Standard("新设企业", "flag", "list", synonyms=("是否新设",)),
    "under_construction": Standard("重大项目在建", "flag", "list", synonyms=("在建项目",)),
    "overdue_build": Standard("逾期未建成", "flag", "list", synonyms=("逾期未竣工", "逾期未投产")),
    "exempt_applied": Standard("已申请不参评", "flag", "list", synonyms=("申请不参评",)),
    "public_service": Standard("公益公用类", "flag", "list", synonyms=("公用工程类", "公益类")),
}
#: how a table may write the choices of a standard attribute
CHOICE_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "scale": {"above": ("规上", "规模以上", "是"), "below": ("规下", "规模以下", "否")},
    "holding": {
        "own": ("自有", "自有用地", "出让"), "leased": ("租赁", "承租", "租用", "租赁用地"),
        "mixed": ("混合", "自有和租赁", "部分租赁"), "none": ("无", "无用地"),
    },
}
