"""Chinese names of divisions: cleaning, and the stem that survives a change of status."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_STATUS = re.compile(r"(自治县|自治旗|自治州|自治区|地区|新区|特区|林区|矿区|省|市|县|区|旗|盟|镇|乡|街道)$")
_PEOPLE = re.compile(rf"({PEOPLES})族$")
_BARE_PEOPLE = re.compile(rf"({PEOPLES})族?$")
_OFFICE = re.compile(
    r"(人民政府|人民政储|政府|国土资源(分?局|厅)|自然资源(和规划)?(分?局|厅)|规划和自然资源局|管理委员会|管委会|办公室)+$"
)


@cache
def stem(name: str) -> str:
    """The part that names the place: 赣县 → 赣, 石柱土家族自治县 → 石柱, 绍兴市 → 绍兴. Never empty."""
    ethnic = "自治" in name
    short = _STATUS.sub("", name)
    pattern = _BARE_PEOPLE if ethnic else _PEOPLE
    while (shorter := pattern.sub("", short)) != short and shorter:
        short, pattern = shorter, _PEOPLE
    return short or name


def clean(text: str) -> str:
    """Full-width forms, spaces and blanks removed; nothing else changed."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def place_of(office: str) -> str:
    """The place an approving office is named after: 泗阳县人民政府 → 泗阳县."""
    return _OFFICE.sub("", clean(office))


def normal_industry(name: str) -> str:
    """Editions differ in brackets, 及/和/与, 的 and a final 业; the rest of the name is kept."""
    plain = clean(name).replace("的", "")
    return re.sub("[及与]", "和", plain).removesuffix("业")
