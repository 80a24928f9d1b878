"""疑似量身定制: the check shows why, and says what it could not look at."""

from __future__ import annotations

from decimal import Decimal

from tenglong.domain.landing.supply.policy import KIND, LandClocks
from tenglong.domain.landing.supply.tailored import Condition, Firm, check
from tenglong.domain.policy.shelf import packaged

RULES = LandClocks.model_validate(packaged(KIND, "cn@1").data).tailored
FIRMS = [
    Firm("甲装备有限公司", {"revenue": Decimal(900), "industry": "3484"}),
    Firm("乙装备有限公司", {"revenue": Decimal(500), "industry": "3484"}),
    Firm("丙电子有限公司", {"revenue": Decimal(800), "industry": "3911"}),
    Firm("丁材料有限公司", {"revenue": None, "industry": "2651"}),
]
BIG = Condition("上年营业收入不低于 600 万元", "revenue", "at_least", "600")
GEAR = Condition("属于通用设备制造业", "industry", "begins", "34")


def test_conditions_that_one_firm_meets_are_told_with_the_firm_and_what_decides() -> None:
    found = check([BIG, GEAR], FIRMS, RULES)
    few = next(one for one in found if one.rule == "few")
    assert "甲装备有限公司" in few.says
    assert "去掉“上年营业收入不低于 600 万元”后有 2 家" in few.says
    assert [one.says for one in found if one.rule == "unchecked"] == ["1 家企业缺少所要求的数，没有参与核对"]


def test_conditions_that_several_firms_meet_raise_nothing_and_none_is_told_too() -> None:
    assert check([GEAR], FIRMS, RULES) == []
    assert check([Condition("营业收入不低于 1 亿元", "revenue", "at_least", "10000")], FIRMS, RULES)[0].rule == "nobody"


def test_unusual_qualifications_exact_figures_and_names_are_told_one_by_one() -> None:
    given = [Condition("竞买人须为本地注册的国家级小巨人"), Condition("年产轴承 1,283,456 套"),
             Condition("与乙装备有限公司配套"), Condition("2026年3月以前成立，固定资产投资不低于 12000 万元")]
    found = check(given, FIRMS, RULES)
    assert [(one.rule, one.condition) for one in found[:-1]] == [("sign", 0), ("sign", 0), ("exact", 1), ("name", 2)]
    assert "7 位有效数字" in found[2].says
    assert found[-1].rule == "unchecked"


def test_without_a_register_the_check_says_that_it_did_not_look() -> None:
    assert [one.says for one in check([BIG], [], RULES)] == ["登记里没有可核对的企业"]
