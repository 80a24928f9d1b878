"""How figures and coded values are said on screen: thousands separators, 亩 and 万元, words for codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.domain.units import from_cm2, from_fen

Text = str | Promise
NONE = "—"

#: the loop of mission.md, in order
STAGES: dict[str, Text] = {
    "survey": _("摸排"),
    "code": _("赋码"),
    "evaluate": _("评价"),
    "decide": _("分类处置"),
    "clear": _("征迁腾空"),
    "reserve": _("收储控规"),
    "supply": _("供地出让"),
    "land": _("招商落地"),
    "permit": _("四证办理"),
    "build": _("开工建设"),
    "produce": _("投产达产"),
}
CHOICES: dict[str, dict[str, Text]] = {
    "stage": STAGES,
    "status": {
        "in_use": _("在用"),
        "idle_suspected": _("疑似闲置"),
        "building": _("在建"),
        "vacated": _("已腾空"),
        "retired": _("已退出"),
    },
    "control_line": {"in": _("线内"), "out": _("线外")},
    "acquisition": {
        "grant": _("出让"),
        "allocation": _("划拨"),
        "collective": _("集体流转"),
        "lease": _("租赁"),
        "rent_for_requisition": _("以租代征"),
        "legacy": _("历史遗留"),
        "unapproved": _("占用未批"),
    },
    "title_status": {
        "titled": _("有证"),
        "untitled": _("无证"),
        "mismatch": _("证载不符"),
        "mortgaged": _("抵押"),
        "sealed": _("查封"),
    },
    "role": {"owner": _("自有"), "lessee": _("承租"), "sublessee": _("转租承租"), "idle": _("空置")},
    "scale": {"above_scale": _("规上"), "below_scale": _("规下")},
    "enterprise_status": {
        "active": _("在营"),
        "suspended": _("停产"),
        "moved_out": _("迁出"),
        "cancelled": _("注销"),
        "revoked": _("吊销"),
        "bankrupt": _("破产"),
    },
    "let_state": {"available": _("待租"), "talking": _("洽谈中"), "let": _("已租"), "closed": _("不可租")},
    "sewage": {"1": _("不得排放生产废水"), "2": _("生活污水纳管"), "3": _("预处理后纳管"), "4": _("园区集中处理")},
    "fire_class": {"1": _("戊类"), "2": _("丁类"), "3": _("丙类"), "4": _("乙类"), "5": _("甲类")},
    "gas": {"True": _("有"), "False": _("无")},
    "water": {"True": _("有"), "False": _("无")},
    "offered": {"True": _("公开"), "False": _("不公开")},
    "zone_kind": {
        "platform": _("平台"),
        "town_park": _("镇街园区"),
        "small_firm_park": _("小微企业园"),
        "quarter": _("片区"),
        "axis": _("发展轴"),
        "core": _("核心"),
        "community": _("产业社区"),
    },
    "level": {"province": _("省"), "city": _("市"), "county": _("县（市、区）"), "town": _("镇街")},
    "attribution": {
        "location": _("属地镇街"),
        "manager": _("管理平台"),
        "tax": _("税收入库地"),
        "statistics": _("统计归属"),
        "production": _("实际生产地"),
    },
    "account": {"power": _("电表户号"), "water": _("水表"), "discharge": _("排污许可证"), "tax": _("税号")},
    "severity": {"error": _("错误"), "warning": _("警告"), "info": _("提示")},
    "legal_basis": {"declared": _("企业申报并授权"), "shared": _("部门共享"), "public": _("公开"), "statistics": _("统计")},
    "event": {"split": _("分割"), "merge": _("合并"), "replan": _("重新规划"), "undo": _("撤销")},
    "document": {
        "title": _("权证"),
        "contract": _("合同"),
        "survey": _("摸排表"),
        "photo": _("照片"),
        "approval": _("批文"),
        "other": _("其他"),
    },
}
#: tones: ok run wait warn late — always beside the word
TONES: dict[str, dict[str, str]] = {
    "status": {"in_use": "ok", "idle_suspected": "warn", "building": "run", "vacated": "wait", "retired": "wait"},
    "title_status": {"titled": "ok", "untitled": "warn", "mismatch": "warn", "mortgaged": "run", "sealed": "late"},
    "control_line": {"in": "ok", "out": "wait"},
    "let_state": {"available": "ok", "talking": "run", "let": "wait", "closed": "late"},
    "severity": {"error": "late", "warning": "warn", "info": "wait"},
    "role": {"owner": "ok", "lessee": "run", "sublessee": "warn", "idle": "wait"},
    "enterprise_status": {
        "active": "ok",
        "suspended": "warn",
        "moved_out": "wait",
        "cancelled": "wait",
        "revoked": "late",
        "bankrupt": "late",
    },
}
FIELD_LABELS: dict[str, Text] = {
    "code": _("编码"),
    "survey_number": _("摸排编号"),
    "name": _("名称"),
    "address": _("坐落"),
    "zone_code": _("片区"),
    "division_code": _("所属镇街"),
    "land_use": _("用途"),
    "land_use_system": _("用途分类标准"),
    "status": _("现状"),
    "stage": _("环节"),
    "control_line": _("工业控制线"),
    "acquisition": _("取得方式"),
    "title_status": _("权证状态"),
    "surveyed_cm2": _("实测面积"),
    "stated_cm2": _("证载面积"),
    "stated_text": _("证载面积（原文）"),
    "valid_from": _("起始日期"),
    "valid_to": _("终止日期"),
    "shape_id": _("边界"),
    "soil": _("土壤"),
    "attributes": _("附加属性"),
    "uscc": _("统一社会信用代码"),
    "former_names": _("曾用名"),
    "industry": _("行业代码"),
    "industry_year": _("行业分类年份"),
    "scale": _("规模"),
    "listed": _("上市情况"),
    "honours": _("荣誉"),
    "registered_on": _("成立日期"),
    "right_holder": _("权利人"),
    "holder_uscc": _("权利人代码"),
    "title_number": _("权证号"),
    "granted_on": _("取得日期"),
    "ends_on": _("到期日期"),
    "price_fen": _("价款"),
    "agreed_plot_ratio": _("约定容积率"),
    "floors": _("层数"),
    "floor_cm2": _("建筑面积"),
    "built_year": _("建成年份"),
    "structure": _("结构"),
    "use": _("用途"),
    "area_cm2": _("占地面积"),
    "role": _("用地方式"),
    "contract": _("合同号"),
    "lock_version": _("版次"),
    "geometry": _("边界"),
    "plot_code": _("地块码"),
    "contact": _("联系人"),
    "phone": _("联系电话"),
    "contact_cipher": _("联系方式"),
    "let_state": _("状态"),
    "park_id": _("园区"),
    "building_id": _("厂房"),
    "operator": _("运营单位"),
    "floor": _("楼层"),
    "number": _("编号"),
    "unit_cm2": _("可租面积"),
    "height_mm": _("层高"),
    "load_n_m2": _("楼面荷载"),
    "power_va": _("用电容量"),
    "gas": _("天然气"),
    "water": _("生产用水"),
    "sewage": _("排水条件"),
    "fire_class": _("火灾危险性"),
    "crane_kg": _("行车"),
    "lift_kg": _("货梯"),
    "permitted": _("准入行业"),
    "rent_fen": _("租金"),
    "free_from": _("可用日期"),
    "offered": _("对企业公开"),
    "source": _("来源"),
    "note": _("说明"),
}
#: whole numbers of the store that are said in a larger unit: how many make one, and its name
SCALED: dict[str, tuple[int, Text]] = {
    "unit_cm2": (10_000, "m²"),
    "height_mm": (1000, "m"),
    "load_n_m2": (1000, "kN/m²"),
    "power_va": (1000, "kVA"),
    "crane_kg": (1000, "t"),
    "lift_kg": (1000, "t"),
    "rent_fen": (100, _("元/m²·月")),
}


def thousands(value: int | float | Decimal | str | None, places: int | None = None) -> str:
    """With separators; the empty text a template makes of a key that is not there is no value."""
    if value is None or isinstance(value, str):
        return value or NONE
    return f"{value:,}" if places is None else f"{value:,.{places}f}"


def listed(items: Iterable[object]) -> str:
    """甲、乙、丙, or a, b, c."""
    return _now("、").join(str(item) for item in items)


def mu(cm2: int | None, places: int = 2) -> str:
    """cm² → 亩 with thousands separators, without the unit."""
    return NONE if cm2 is None else f"{from_cm2(int(cm2), 'mu', places):,}"


def square_metres(cm2: int | None, places: int = 2) -> str:
    return NONE if cm2 is None else f"{from_cm2(int(cm2), 'm2', places):,}"


def wan_yuan(fen: int | None, places: int = 2) -> str:
    return NONE if fen is None else f"{from_fen(int(fen), 'wan_yuan', places):,}"


def day(value: date | datetime | None) -> str:
    if value is None:
        return NONE
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value.isoformat()


def choice(kind: str, value: str | None) -> Text:
    """The word for a coded value; an unknown one is shown as it is."""
    if not value:
        return NONE
    return CHOICES.get(kind, {}).get(value, value)


def tone(kind: str, value: str | None) -> str:
    return TONES.get(kind, {}).get(value or "", "wait")


def field_label(name: str) -> Text:
    return FIELD_LABELS.get(name, name)


def scaled(name: str, value: int) -> Decimal:
    """A whole number of the store in the unit of SCALED, exact, without trailing zeros."""
    number = Decimal(value) / SCALED[name][0]
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


#: kinds of words that a bare field name may mean: a plot and a firm both have a `status`, a decision has a `state`
WORDS_OF = {"status": ("status", "enterprise_status"), "state": ("decision_state",)}


def _word(name: str, value: str) -> Text | None:
    """The word for a coded value of the field, by the first kind that knows it."""
    kinds = WORDS_OF.get(name, (name,))
    return next((CHOICES[kind][value] for kind in kinds if value in CHOICES.get(kind, {})), None)


def shown(name: str, value: object) -> str:
    """A field value as people read it: areas in 亩, money in 万元, words for codes."""
    if value is None or value in ("", [], {}):
        return NONE
    if name in SCALED:
        return f"{scaled(name, int(str(value))):,f} {SCALED[name][1]}"
    if name.endswith("_cm2"):
        return _now("%(number)s 亩") % {"number": mu(int(str(value)))}
    if name.endswith("_fen"):
        return _now("%(number)s 万元") % {"number": wan_yuan(int(str(value)))}
    if (word := _word(name, str(value))) is not None:
        return str(word)
    if name == "permitted":
        return "、".join(filter(None, str(value).split(",")))
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value)
    return str(value)
