"""How offices head their columns: the writer picks from here, the seeder finds its way back by the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: kind → (word in the file name)
KIND_WORDS = {
    "plots": "地块",
    "parcels": "宗地",
    "links": "对应",
    "buildings": "厂房",
    "enterprises": "企业",
    "occupancies": "用地关系",
    "accounts": "户号",
    "facts": "指标数据",
    "deals": "成交",
}

#: kind → field → headings in use (units are added in brackets by the writer)
HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "plots": {
        "survey_number": ("摸排编号", "地块编号", "图斑编号", "调查编号"),
        "town": ("所属镇街", "镇街", "乡镇街道", "所在乡镇"),
        "name": ("地块名称", "用地名称"),
        "address": ("坐落", "地块坐落", "具体位置"),
        "zone": ("所属园区", "园区", "工业园区"),
        "land_use": ("土地用途", "用途", "地类名称"),
        "status": ("用地现状", "现状", "利用现状"),
        "control_line": ("控制线", "工业控制线"),
        "acquisition": ("取得方式", "供地方式"),
        "title_status": ("权证情况", "权证状态"),
        "surveyed_area": ("实测面积", "占地面积", "占地亩数"),
        "stated_area": ("证载面积", "发证面积", "证载亩数"),
        "valid_from": ("调查日期", "摸排日期"),
        "geometry": ("WKT", "图形坐标"),
    },
    "parcels": {
        "parcel_code": ("宗地代码", "不动产单元号"),
        "town": ("所属镇街", "镇街"),
        "right_holder": ("权利人", "土地使用权人"),
        "holder_uscc": ("权利人信用代码", "权利人证件号"),
        "stated_area": ("证载面积", "宗地面积"),
        "acquisition": ("权利性质", "取得方式"),
        "title_status": ("权证状态", "登记状态"),
        "title_number": ("不动产权证号", "权证号"),
        "granted_on": ("取得日期", "登记日期"),
        "ends_on": ("到期日期", "终止日期"),
        "price": ("土地价款", "出让金"),
        "agreed_plot_ratio": ("约定容积率", "容积率"),
    },
    "links": {
        "survey_number": ("摸排编号", "地块编号"),
        "town": ("所属镇街", "镇街"),
        "parcel_code": ("宗地代码", "宗地号"),
        "area": ("重叠面积", "落入面积"),
        "basis": ("依据", "面积依据"),
    },
    "buildings": {
        "building_code": ("建筑编号", "幢号"),
        "survey_number": ("摸排编号", "地块编号"),
        "town": ("所属镇街", "镇街"),
        "parcel_code": ("宗地代码", "宗地号"),
        "name": ("建筑名称", "厂房名称"),
        "floors": ("层数", "总层数"),
        "floor_area": ("建筑面积", "总建筑面积"),
        "built_year": ("建成年份", "竣工年份"),
        "structure": ("结构", "建筑结构"),
        "use": ("用途", "房屋用途"),
    },
    "enterprises": {
        "uscc": ("统一社会信用代码", "信用代码", "社会信用代码"),
        "name": ("企业名称", "单位名称", "单位详细名称"),
        "former_name": ("曾用名", "原企业名称"),
        "town": ("所属镇街", "注册地镇街", "镇街"),
        "industry": ("行业代码", "国民经济行业代码"),
        "scale": ("规模", "规上规下"),
        "status": ("经营状态", "登记状态"),
        "listed": ("上市情况", "上市板块"),
        "address": ("注册地址", "住所"),
        "registered_on": ("成立日期", "注册日期"),
        "production_address": ("生产地址", "实际经营地址"),
        "production_town": ("生产地镇街", "实际生产镇街"),
        "contact": ("联系人", "法定代表人"),
        "phone": ("联系电话", "电话"),
    },
    "occupancies": {
        "survey_number": ("摸排编号", "地块编号"),
        "town": ("所属镇街", "镇街"),
        "building_code": ("建筑编号", "厂房编号"),
        "uscc": ("统一社会信用代码", "信用代码"),
        "enterprise_name": ("企业名称", "用地企业"),
        "role": ("用地方式", "使用方式"),
        "area": ("占地面积", "使用土地面积"),
        "floor_area": ("建筑面积", "使用建筑面积"),
        "start": ("起始日期", "租赁起始日期"),
        "end": ("终止日期", "租赁终止日期"),
        "contract": ("合同号", "租赁合同编号"),
        "landlord_uscc": ("出租方信用代码", "房东信用代码"),
        "landlord_name": ("出租方", "出租方名称"),
    },
    "accounts": {
        "account_kind": ("户号类别", "类别"),
        "number": ("户号", "用户编号"),
        "uscc": ("统一社会信用代码", "信用代码"),
        "share": ("份额", "分摊比例"),
        "start": ("起始日期", "开户日期"),
        "evidence": ("凭据", "证明材料"),
    },
    "facts": {
        "uscc": ("统一社会信用代码", "信用代码", "纳税人识别号"),
        "enterprise_name": ("企业名称", "单位名称", "纳税人名称"),
        "period": ("期间", "年份", "年度"),
        "department": ("来源部门", "数据来源", "部门"),
        "legal_basis": ("采集依据", "依据类型"),
        "legal_document": ("依据文号", "共享目录号"),
        "tax_paid": ("税收", "实缴税金"),
        "revenue": ("营业收入", "销售收入"),
        "profit": ("利润总额",),
        "output": ("工业总产值",),
        "value_added": ("工业增加值",),
        "rd_expense": ("研发费用",),
        "employees": ("参保人数", "职工人数"),
        "electricity_kwh": ("用电量",),
        "water_t": ("用水量",),
        "energy_tce": ("综合能耗",),
        "export": ("出口交货值", "出口额"),
        "cod_t": ("化学需氧量",),
        "nh3n_t": ("氨氮",),
        "so2_t": ("二氧化硫",),
        "nox_t": ("氮氧化物",),
        "voc_t": ("挥发性有机物",),
        "fixed_investment": ("固定资产投资",),
    },
    "deals": {
        "contract_number": ("电子监管号", "合同编号"),
        "region": ("地区",),
        "division": ("行政区",),
        "location": ("土地坐落",),
        "area": ("总面积", "面积"),
        "land_use": ("土地用途",),
        "supply_method": ("供应方式", "供地方式"),
        "signed_on": ("签订日期", "合同签订日期"),
        "project_name": ("项目名称",),
        "term_years": ("土地使用年限",),
        "industry": ("行业分类",),
        "price": ("成交价格",),
        "holder": ("土地使用权人",),
        "far_upper": ("约定容积率(上限)",),
        "far_lower": ("约定容积率(下限)",),
        "delivery_on": ("约定交地时间",),
        "start_on": ("约定开工时间",),
        "completion_on": ("约定竣工时间",),
        "approver": ("批准单位",),
    },
}
UNIT_WORDS = {
    "mu": "亩",
    "m2": "平方米",
    "ha": "公顷",
    "wan_yuan": "万元",
    "yuan": "元",
    "kwh": "千瓦时",
    "wan_kwh": "万千瓦时",
    "t": "吨",
    "tce": "吨标准煤",
    "person": "人",
    "percent": "%",
}
_WORD_UNITS = {word: unit for unit, word in UNIT_WORDS.items()}
_TAIL = re.compile(r"[(（]([^()（）]+)[)）]$")


@dataclass(frozen=True)
class Column:
    """A column to write: field id, full heading, unit id ('' for none)."""

    field: str
    heading: str
    unit: str = ""


def column(kind: str, field: str, variant: int = 0, unit: str = "", said: bool = True) -> Column:
    """`variant` chooses the synonym; with `said` the unit stands in the heading."""
    names = HEADINGS[kind][field]
    name = names[variant % len(names)]
    return Column(field, f"{name}（{UNIT_WORDS[unit]}）" if unit and said else name, unit)


def read_heading(kind: str, heading: str) -> Column | None:
    """The field a heading stands for, or None when it is not one of ours."""
    text = str(heading or "").strip()
    names = {name: field for field, names in HEADINGS[kind].items() for name in names}
    if text in names:
        return Column(names[text], text, "mu" if text.endswith("亩数") else "")
    tail = _TAIL.search(text)
    if tail and (unit := _WORD_UNITS.get(tail.group(1))) and text[: tail.start()] in names:
        return Column(names[text[: tail.start()]], text, unit)
    return None


def kind_of_file(name: str) -> str | None:
    """The kind a file of the folder holds, by the word after its number: `1-地块-百官街道.shp` → plots."""
    word = name.split("-")[1] if name.count("-") else ""
    return next((kind for kind, said in KIND_WORDS.items() if word.startswith(said)), None)
