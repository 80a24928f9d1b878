"""Names of persons in the names of 个体工商户, masked for lists that everybody may read.

个体工商户 hold a code that begins with 92 (GB 32100-2015: 登记部门 9, 机构类别 2); many are called after their
owner. In doubt a name is masked: the code still says who it is to those who may ask. Told by form alone, so a brand that
begins with a surname (金鑫五金店) is masked too, and a name without a known surname (红星五金厂) stays.
"""

from __future__ import annotations

import re
from typing import Final

INDIVIDUAL: Final = "92"
STAR: Final = "＊"
#: a bare name, nothing but the person
BARE: Final = 4
#: common family names; those of two characters first
DOUBLE: Final = ("欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "夏侯", "端木")
SINGLE: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳"
    "齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边竺虞裘"
    "骆娄杭阙酆郦经鄢茹郁濮寿宣"
)
#: words of trades and ends of names that follow a person's name
TRADE: Final = (
    "五金|机械|模具|塑料|塑胶|电器|电子|电机|灯具|伞|服装|服饰|针织|纺织|印染|绣花|鞋|箱包|皮革|家具|木业|木材|竹|建材|石材|玻璃|门窗|铝合金|不锈钢|"
    "金属|铸造|冲压|喷涂|电镀|焊接|印刷|包装|纸|化工|涂料|食品|粮|糕点|豆制品|饮食|餐饮|小吃|面馆|饭|酒|茶|水产|水果|蔬菜|养殖|种植|农|百货|日用|超市|便利|"
    "小商品|汽车|摩托|轮胎|运输|物流|货运|装饰|装潢|广告|美容|理发|美发|摄影|修理|维修|制品|加工|经营|经销|销售|批发|零售|商行|商店|商贸|贸易|工艺|工作室|"
    "个体|家庭|诊所|药|厂|店|部|行|坊|铺|馆|摊|站|场|社|室|中心"
)
_DIVISIONS: Final = re.compile(r"^(?:[\u4e00-\u9fff]{1,7}?(?:省|市|区|县|镇|乡|街道|村|社区))*")
_TRADE: Final = re.compile(TRADE)
_BRACKETS: Final = re.compile(r"([（(])([\u4e00-\u9fff·]{2,4})([）)])")


def masked_individual(name: str, uscc: str) -> str:
    """The name as it may be published: 上虞区张三丰五金店 → 上虞区张＊＊五金店. Names of companies are returned as they are."""
    if not uscc.startswith(INDIVIDUAL):
        return name
    plain = name.strip()
    if 2 <= len(plain) <= BARE:
        return _stars(plain, 1)
    told = _BRACKETS.sub(lambda found: f"{found[1]}{_bracketed(found[2])}{found[3]}", plain)
    head = _DIVISIONS.match(told)
    start = head.end() if head else 0
    for place in dict.fromkeys((start, start + 2, 0)):  # after 区划; after a place of two characters without 区划 word
        end = _person(told, place, sure=place == start + 2)
        if end:
            kept = 2 if told[place : place + 2] in DOUBLE else 1
            return told[:place] + _stars(told[place:end], kept) + told[end:]
    return told


def _person(text: str, start: int, *, sure: bool) -> int:
    """Where the person's name that begins at `start` ends, 0 when none does. `sure`: only when a trade follows it."""
    family = 2 if text[start : start + 2] in DOUBLE else int(text[start : start + 1] in SINGLE)
    if not family:
        return 0
    for given in (2, 1):
        end = start + family + given
        if _TRADE.match(text, end):
            return end if not _TRADE.match(text, end - given) else 0
    return 0 if sure else min(len(text), start + family + 2)


def _bracketed(inner: str) -> str:
    kept = 2 if inner[:2] in DOUBLE else int(inner[0] in SINGLE)
    return _stars(inner, kept) if kept else inner


def _stars(person: str, kept: int) -> str:
    return person[:kept] + STAR * (len(person) - kept)
