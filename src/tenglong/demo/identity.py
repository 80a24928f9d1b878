"""Invented names and valid codes: credit codes (GB 32100), organisation codes (GB 11714), parcel codes (GB/T 37346)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_USCC_SET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_SET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Trade:
    """An industry class with the word firms use; `output` is 万元 revenue per person, `power` kWh per 万元 revenue."""

    code: str
    word: str
    weight: int
    output: float
    power: float
    emits: bool = False


TRADES = (
    Trade("3462", "风机", 9, 88, 120), Trade("3812", "电机", 10, 92, 130), Trade("3872", "照明", 8, 74, 110),
    Trade("2645", "染料", 4, 160, 380, True), Trade("2662", "精细化工", 4, 170, 360, True),
    Trade("2710", "药业", 3, 140, 240, True), Trade("2720", "制药", 2, 150, 200, True),
    Trade("3251", "铜业", 5, 260, 260), Trade("3252", "铝业", 2, 210, 300),
    Trade("1751", "化纤织造", 7, 80, 330), Trade("1752", "印染", 3, 95, 420, True), Trade("1761", "针织", 5, 62, 190),
    Trade("1830", "服饰", 4, 48, 60), Trade("4119", "伞业", 9, 46, 70), Trade("2110", "家具", 3, 58, 80),
    Trade("2231", "包装", 5, 72, 120), Trade("2319", "印务", 3, 66, 90), Trade("2651", "高分子材料", 3, 190, 250, True),
    Trade("2921", "薄膜", 3, 110, 210), Trade("2922", "管业", 4, 100, 190), Trade("2929", "塑胶", 7, 64, 180),
    Trade("3021", "水泥制品", 2, 86, 170), Trade("3311", "钢结构", 6, 98, 110), Trade("3351", "五金", 6, 56, 120),
    Trade("3360", "表面处理", 2, 52, 360, True), Trade("3421", "机床", 4, 90, 100), Trade("3441", "泵业", 4, 78, 110),
    Trade("3443", "阀门", 4, 76, 110), Trade("3451", "轴承", 4, 72, 150), Trade("3464", "制冷设备", 5, 96, 110),
    Trade("3482", "紧固件", 3, 68, 170), Trade("3484", "机械", 12, 60, 140), Trade("3525", "模具", 6, 58, 130),
    Trade("3551", "纺机", 3, 74, 90), Trade("3591", "环保设备", 5, 94, 70), Trade("3670", "汽配", 9, 86, 150),
    Trade("3831", "电缆", 3, 180, 140), Trade("3841", "新能源", 2, 210, 320), Trade("3979", "电子", 5, 92, 140),
    Trade("3985", "电子材料", 2, 150, 260), Trade("4012", "仪表", 3, 80, 60), Trade("4190", "工贸", 3, 50, 70),
)
_FIRST = "宏瑞恒盛嘉锦卓鼎凯华鑫泰永丰越舜江海腾飞博远中天万隆康德信诚志达明辉金龙新光同创联众东方亿晟睿致昌荣"
_SECOND = "达丰利兴旺源通宇翔峰晖诺拓锐合正阳安顺裕泽润森林邦杰豪祥益茂锋立群盈佳美凌云科汇力强特普朗成"
_SURNAMES = "王李张陈刘杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国文斌浩宇婷雪琳晨阳佳怡"


def org_check(body: str) -> str:
    """Check character of an 8-character organisation code (GB 11714)."""
    rest = 11 - sum(_ORG_SET.index(char) * weight for char, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def credit_code(division: str, body: str, head: str = "91") -> str:
    """18-character credit code with both check characters right."""
    first17 = head + division + body + org_check(body)
    total = sum(_USCC_SET.index(char) * pow(3, place, 31) for place, char in enumerate(first17))
    return first17 + _USCC_SET[(31 - total % 31) % 31]


def credit_codes(count: int, rng: np.random.Generator) -> list[str]:
    """Distinct codes; a third with the division of before 2013 and a digits-only organisation code."""
    codes: dict[str, None] = {}
    letters = [char for char in _USCC_SET if char.isalpha()]
    while len(codes) < count:
        if rng.random() < 0.35:
            body, division = f"{rng.integers(14_000_000, 80_000_000)}", "330682"
        else:
            body = f"MA{rng.integers(20, 29)}{rng.choice(letters)}{rng.integers(0, 1000):03d}"
            division = "330604"
        codes[credit_code(division, body)] = None
    return list(codes)


def firm_names(trades: list[Trade], rng: np.random.Generator) -> list[str]:
    """One invented name per firm; no two share their two-character brand, so none looks like a variant of another."""
    brands = [a + b for a in dict.fromkeys(_FIRST) for b in dict.fromkeys(_SECOND) if a != b]
    brands += [b + a for a in dict.fromkeys(_FIRST) for b in dict.fromkeys(_SECOND) if b + a not in brands and a != b]
    chosen = rng.permutation(len(brands))[: len(trades)]
    return [_firm_name(brands[pick], trade, rng) for pick, trade in zip(chosen, trades, strict=True)]


def _firm_name(brand: str, trade: Trade, rng: np.random.Generator) -> str:
    place = str(rng.choice(["绍兴上虞", "绍兴市上虞区", "浙江", "绍兴"], p=[0.35, 0.25, 0.2, 0.2]))
    form = str(rng.choice(["有限公司", "科技有限公司", "股份有限公司"], p=[0.78, 0.19, 0.03]))
    return f"{place}{brand}{trade.word}{form}"


def person(rng: np.random.Generator) -> str:
    given = "".join(rng.choice(list(_GIVEN), int(rng.integers(1, 3))).tolist())
    return str(rng.choice(list(_SURNAMES))) + given


def phone(rng: np.random.Generator) -> str:
    """A number in the reserved-looking 0575-820 range: invented, rings nowhere we know of."""
    return f"0575-820{rng.integers(0, 100_000):05d}"


def parcel_code(town: str, serial: int, collective: bool) -> str:
    """19 characters: county, district = town order, sub-district, GB or JB, serial."""
    return f"{town[:6]}{int(town[6:]):03d}{1 + serial % 3:03d}{'JB' if collective else 'GB'}{serial:05d}"
