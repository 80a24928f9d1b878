"""Damage to single cells: codes, numbers, units, dates, places."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tenglong.demo.raw.finished import Grid
from tenglong.demo.raw.seeding import Bench, defect
from tenglong.demo.towns import TOWNS

_CODE_PLACES = (("enterprises", "uscc"), ("parcels", "holder_uscc"), ("occupancies", "uscc"))


def _sheet(grid: Grid) -> bool:
    return grid.path.suffix in (".xlsx", ".csv")


def _book(grid: Grid) -> bool:
    return grid.path.suffix == ".xlsx"


@defect("信用代码科学计数", "信用代码被存成科学计数法", "文字 9.13E+17", "长尾数 9.1330604123456E+17", "单元格数值")
def scientific(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("enterprises", "uscc", grids=_book if variant == "单元格数值" else _sheet)
    digits = "".join(char if char.isdigit() else "0" for char in str(grid.get(index, "uscc")))
    figure = float(digits)
    said: Any = {"文字 9.13E+17": f"{figure:.5E}", "长尾数 9.1330604123456E+17": f"{figure:.13E}"}.get(variant, figure)
    bench.cell((grid, index), "uscc", said)


@defect("信用代码校验位错", "信用代码校验位不对", "末位改动", "中间改一位", "相邻两位颠倒")
def wrong_check(bench: Bench, variant: str) -> None:
    kind, field = _CODE_PLACES[int(bench.rng.integers(2))]
    grid, index = bench.pick(kind, field)
    code = list(str(grid.get(index, field)))
    if variant == "末位改动":
        code[17] = "7" if code[17] != "7" else "4"
    elif variant == "中间改一位":
        code[12] = str((int(code[12]) + 3) % 10) if code[12].isdigit() else "5"
    else:
        place = next((i for i in range(9, 16) if code[i] != code[i + 1] and code[i].isdigit() and code[i + 1].isdigit()), 9)
        code[place], code[place + 1] = code[place + 1], code[place]
    bench.cell((grid, index), field, "".join(code))


@defect("信用代码混入字母", "信用代码含字母 O、I 等不可能的字符", "零写成 O", "一写成 I", "二写成 Z")
def letters(bench: Bench, variant: str) -> None:
    digit, letter = {"零写成 O": ("0", "O"), "一写成 I": ("1", "I"), "二写成 Z": ("2", "Z")}[variant]
    kind, field = _CODE_PLACES[int(bench.rng.integers(2))]
    grid, index = bench.pick(kind, field, where=lambda grid, index: digit in str(grid.get(index, field))[8:])
    code = str(grid.get(index, field))
    bench.cell((grid, index), field, code[:8] + code[8:].replace(digit, letter, 1))


@defect("两列串位", "同一行两列内容串了位", "代码与名称对调", "宗地代码与权利人对调", "指标表代码与名称对调")
def swapped_columns(bench: Bench, variant: str) -> None:
    kind, one, two = {
        "代码与名称对调": ("enterprises", "uscc", "name"),
        "宗地代码与权利人对调": ("parcels", "parcel_code", "right_holder"),
        "指标表代码与名称对调": ("facts", "uscc", "enterprise_name"),
    }[variant]
    grid, index = bench.pick(kind, one, two)
    first, second = grid.get(index, one), grid.get(index, two)
    knock = bench._mentioning((grid, index), [one, two])
    bench.cell((grid, index), one, second)
    grid.set(index, two, first)
    bench.spots[-1][2].extend(knock)


@defect("数字写成文字", "应填数字的格子写了文字", "约数", "左右", "见附件")
def numbers_as_text(bench: Bench, variant: str) -> None:
    kind, field = (("plots", "stated_area"), ("occupancies", "area"), ("deals", "price"))[int(bench.rng.integers(3))]
    grid, index = bench.pick(kind, field, grids=_sheet)
    value = float(grid.get(index, field))
    bench.cell((grid, index), field, {"约数": f"约{value:.0f}多", "左右": f"{value:.0f}左右", "见附件": "见附件"}[variant])


@defect("面积为负", "面积是负数", "负号", "很小的负数", "括号负数")
def negative(bench: Bench, variant: str) -> None:
    kind, field = (("plots", "surveyed_area"), ("occupancies", "area"), ("parcels", "stated_area"))[int(bench.rng.integers(3))]
    grid, index = bench.pick(kind, field, grids=_sheet if variant == "括号负数" else lambda grid: True)
    value = float(grid.get(index, field))
    damaged: Any = {"负号": -value, "很小的负数": -0.01}.get(variant, f"({value:.2f})")
    bench.cell((grid, index), field, str(damaged) if grid.text_only else damaged)


@defect("亩与平方米写错", "证载面积与图形面积差了单位倍数", "亩当平方米", "平方米当亩", "公顷当亩")
def unit_slip(bench: Bench, variant: str) -> None:
    factor = {"亩当平方米": 15 / 10_000, "平方米当亩": 10_000 / 15, "公顷当亩": 1 / 15}[variant]
    kind = ("plots", "parcels")[int(bench.rng.integers(2))]
    grid, index = bench.pick(kind, "stated_area")
    value = round(float(grid.get(index, "stated_area")) * factor, 4)
    bench.cell((grid, index), "stated_area", str(value) if grid.text_only else value)


@defect("空日期写成 1900", "用 1900-01-01 一类日期代替空值", "1900-01-01", "1901-01-02", "1900年1月1日")
def null_dates(bench: Bench, variant: str) -> None:
    kind, field = (("enterprises", "registered_on"), ("occupancies", "start"), ("parcels", "granted_on"))[
        int(bench.rng.integers(3))
    ]
    grid, index = bench.pick(kind, field)
    real = isinstance(grid.get(index, field), date)
    damaged: Any = datetime.fromisoformat(variant) if real and "年" not in variant else variant
    bench.cell((grid, index), field, damaged)


@defect("不可能的日期", "日期不存在", "2 月 30 日", "13 月", "六位残缺")
def impossible_dates(bench: Bench, variant: str) -> None:
    kind, field = (("enterprises", "registered_on"), ("occupancies", "start"), ("deals", "delivery_on"))[
        int(bench.rng.integers(3))
    ]
    grid, index = bench.pick(kind, field, grids=_sheet)
    bench.cell((grid, index), field, {"2 月 30 日": "2021-02-30", "13 月": "2019年13月5日", "六位残缺": "2021.6.31"}[variant])


@defect("终止早于起始", "终止日期早于起始日期", "租期颠倒", "早一天", "权证到期早于取得")
def end_before_start(bench: Bench, variant: str) -> None:
    if variant == "权证到期早于取得":
        grid, index = bench.pick("parcels", "granted_on", "ends_on")
        bench.cell((grid, index), "ends_on", f"{int(str(grid.get(index, 'granted_on'))[:4]) - 3}-05-01")
        return
    grid, index = bench.pick("occupancies", "start", "end")
    start = grid.get(index, "start")
    day = start if isinstance(start, date) else date.fromisoformat(str(start)[:10])
    earlier = day - timedelta(days=1 if variant == "早一天" else 1500)
    bench.cell((grid, index), "end", earlier if isinstance(start, date) else earlier.isoformat())


@defect("一格多个年限", "一个格子写了几个使用年限", "两用途", "顿号", "分号")
def several_terms(bench: Bench, variant: str) -> None:
    bench.cell(
        bench.pick("deals", "term_years"),
        "term_years",
        {"两用途": "工业50年,商业40年", "顿号": "50、40", "分号": "40;50"}[variant],
    )


@defect("缺必填项", "必填的格子空着", "企业名称", "宗地代码", "地块镇街", "用地方式", "户号", "受让人")
def missing(bench: Bench, variant: str) -> None:
    kind, field = {
        "企业名称": ("enterprises", "name"),
        "宗地代码": ("parcels", "parcel_code"),
        "地块镇街": ("plots", "town"),
        "用地方式": ("occupancies", "role"),
        "户号": ("accounts", "number"),
        "受让人": ("deals", "holder"),
    }[variant]
    bench.cell(bench.pick(kind, field), field, None)


@defect("不认识的镇街", "镇街名称查不到", "错别字", "写不详", "多字")
def unknown_town(bench: Bench, variant: str) -> None:
    kind = ("plots", "enterprises", "parcels")[int(bench.rng.integers(3))]
    grid, index = bench.pick(kind, "town")
    town = str(grid.get(index, "town"))
    bench.cell((grid, index), "town", {"错别字": "囗" + town[1:], "写不详": "不详", "多字": town[:2] + "新区管委会"}[variant])


@defect("已撤销的区划名", "行政区划名称已撤销或更名", "上虞市", "绍兴县", "富阳市")
def abolished(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("deals", "division")
    if variant != "上虞市":
        grid.set(index, "location", "柯桥经济开发区工业地块" if variant == "绍兴县" else "富春街道工业地块")
    bench.cell((grid, index), "division", variant)


@defect("容积率上下限颠倒", "容积率下限大于上限", "对调", "下限过大", "上限过小")
def far_swapped(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("deals", "far_upper", "far_lower")
    upper, lower = grid.get(index, "far_upper"), grid.get(index, "far_lower")
    if variant == "上限过小":
        bench.cell((grid, index), "far_upper", 0.1)
        return
    if variant == "对调":
        grid.set(index, "far_upper", lower)
    bench.cell((grid, index), "far_lower", upper if variant == "对调" else float(upper) + 1)


@defect("成交价为零", "成交价格为 0", "数字 0", "文字 0", "文字 0.0000")
def price_zero(bench: Bench, variant: str) -> None:
    bench.cell(bench.pick("deals", "price"), "price", {"数字 0": 0, "文字 0": "0", "文字 0.0000": "0.0000"}[variant])


@defect("开工早于签约", "约定开工早于合同签订", "早一年", "早一月", "早一天")
def start_early(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("deals", "start_on", "signed_on")
    signed = datetime.strptime(str(grid.get(index, "signed_on")), "%Y年%m月%d日").date()  # noqa: DTZ007
    day = signed - timedelta(days={"早一年": 365, "早一月": 30, "早一天": 1}[variant])
    bench.cell((grid, index), "start_on", f"{day:%Y年%m月%d日}")


@defect("占用面积超地块", "占用面积大于地块面积", "大一半", "十倍", "单位写错")
def too_much(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("occupancies", "area", "survey_number")
    plot = next(spot for spot in bench.mentions["plot", str(grid.get(index, "survey_number"))] if spot[0].kind == "plots")
    drawn = bench.shape(*plot).area / {"mu": 2000 / 3, "m2": 1.0}[grid.unit("area")]
    factor = {"大一半": 1.5, "十倍": 10.0, "单位写错": 666.67}[variant]
    bench.cell((grid, index), "area", round(drawn * factor, 4), [plot])


@defect("注册在外生产在内", "注册地不在本县而生产地在本县", "地址在外市", "镇街在外区", "地址外省")
def registered_outside(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("enterprises", "address", "town", grids=lambda grid: "production_town" in grid.columns)
    town, address = grid.get(index, "town"), grid.get(index, "address")
    grid.set(index, "production_town", town)
    grid.set(index, "production_address", address)
    if variant == "镇街在外区":
        grid.set(index, "address", "绍兴市柯桥区钱清街道工业园区8号")
        bench.cell((grid, index), "town", "钱清街道")
        return
    grid.set(index, "town", None)
    outside = {"地址在外市": "浙江省杭州市萧山区瓜沥镇工业路8号", "地址外省": "江苏省苏州市吴江区盛泽镇丝绸路66号"}[variant]
    bench.cell((grid, index), "address", outside)


@defect("镇街写错", "所属镇街与图形所在镇街不一致", "相邻镇街", "较远镇街", "代码写错")
def wrong_town(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("plots", "town", alone=True)
    town, here = grid.get(index, "town"), bench.shape(grid, index)
    others = {
        str(g.get(i, "town")): bench.shape(g, i).distance(here)
        for g in bench.folder.of("plots")
        for i in range(len(g))
        if g.get(i, "town") not in (None, town)
    }
    real = {name for _, name, *_ in TOWNS}
    names = sorted((name for name in others if name in real), key=lambda name: others[name])
    chosen = names[-1] if variant == "较远镇街" else names[0]
    bench.cell((grid, index), "town", chosen if variant != "代码写错" else bench.code_of(chosen))
