"""Names and codes of places, always as of a day."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.codes.books import load
from tenglong.domain.codes.division import successors_in_force
from tenglong.domain.codes.explain import explain
from tenglong.domain.codes.model import Kind
from tenglong.domain.codes.resolve import Hints, resolve_division
from tenglong.policies import code_books, read_text

DAY = date(2017, 1, 31)
DEALS = (
    Path(os.environ.get("TENGLONG_SHARED_DATA", Path(__file__).parents[6] / "shared/data"))
    / "land_deals_industrial_2017-01.xlsx"
)


def found(name: str, within: str | None = None, on: date | None = DAY, hints: Hints | None = None) -> tuple[str, list[str]]:
    answer = resolve_division(code_books(), name, within, on, hints)
    return answer.code, [issue.rule for issue in answer.issues]


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("格尔木市", "青海省,海西蒙古族藏族自治州", "632801"),
        ("上虞区", "浙江省,绍兴市", "330604"),
        ("绍兴市柯桥区", None, "330603"),
        ("浙江省绍兴市上虞区", None, "330604"),
        ("北辰区", "天津市,天津市市辖区", "120113"),
        ("天门市", "湖北省,省直辖县级行政单位", "429006"),
        ("百官街道", "330604", "330604001"),
        ("330604", None, "330604"),
        ("330604104", None, "330604104"),
        ("嘉峪关市", "甘肃省", "620200"),
        ("和田市", "新疆维吾尔,和田地区", "653201"),
        ("宁乡县", "湖南省,长沙市", "430124"),
    ],
)
def test_names_in_force_resolve_without_a_word(name: str, within: str | None, code: str) -> None:
    assert found(name, within) == (code, [])


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("上虞市", "浙江省,绍兴市", "330604"),
        ("九台市", "吉林省,长春市", "220113"),
        ("赣县", "江西省,赣州市", "360704"),
        ("简阳市", "四川省,资阳市", "510185"),
        ("寿县", "安徽省,六安市", "340422"),
        ("庐江县", "安徽省,巢湖市", "340124"),
        ("含山县", "安徽省,巢湖市", "340522"),
        ("枣阳市", "湖北省,襄樊市", "420683"),
        ("万山特区", "贵州省,铜仁地区", "520603"),
        ("戚墅堰区", "江苏省,常州市", "320412"),
        ("330682", None, "330604"),
        ("上虞县", "浙江省", "330604"),
    ],
)
def test_names_no_longer_in_force_resolve_to_their_successor_with_a_warning(name: str, within: str | None, code: str) -> None:
    assert found(name, within) == (code, ["division-name-abolished"])


def test_the_same_name_was_in_force_before_its_day() -> None:
    assert found("上虞市", "浙江省,绍兴市", date(2012, 1, 1)) == ("330682", [])
    assert found("公主岭市", "吉林省,四平市", None) == ("220184", ["division-name-abolished"])
    assert found("上虞区", "浙江省,绍兴市", date(2012, 1, 1)) == ("330604", ["division-name-not-yet"])


@pytest.mark.parametrize(
    ("hints", "code"),
    [
        (Hints(approver="绍兴市柯桥区"), "330603"),
        (Hints(address="孙端镇某路 3 号"), "330602"),
        (Hints(town="钱清镇"), "330603"),
        (Hints(approver="绍兴市越城区人民政府"), "330602"),
    ],
)
def test_shaoxing_county_is_decided_by_town_address_or_approver(hints: Hints, code: str) -> None:
    assert found("绍兴县", "浙江省,绍兴市", hints=hints) == (code, ["division-name-abolished"])


def test_shaoxing_county_alone_is_ambiguous() -> None:
    assert found("绍兴县") == ("", ["division-name-abolished", "ambiguous-division"])
    assert found("绍兴县", hints=Hints(approver="绍兴市")) == ("", ["division-name-abolished", "ambiguous-division"])


def test_the_document_of_a_checked_succession_is_named_and_a_derived_one_says_so() -> None:
    checked = resolve_division(code_books(), "上虞市", "浙江省", DAY).issues[0].message
    derived = resolve_division(code_books(), "九台市", "吉林省", DAY).issues[0].message
    assert "国函〔2013〕112号" in checked
    assert "推导、待核" in derived


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("绍兴市本级", "浙江省,绍兴市", "330600"),
        ("市本级", "浙江省,绍兴市", "330600"),
        ("绍兴市本级", None, "330600"),
        ("农一师本级", "新疆建设兵团,农一师", "659002"),
        ("66团", "新疆建设兵团,农四师", "659008"),
        ("绍兴市", "浙江省", "330600"),
        ("330601", None, "330600"),
        ("杭州湾上虞经济技术开发区", "浙江省,绍兴市", "330604"),
        ("沧州渤海新区", "河北省", "130900"),
        ("上海市本级", "上海市,上海市市辖区", "310000"),
        ("新疆生产建设兵团第八师石河子市", None, "659001"),
        ("石河子总场", "新疆建设兵团,农八师", "659001"),
        ("上虞经济开发区管委会", "浙江省,绍兴市", "330604"),
        ("滨江工业园区", "浙江省,绍兴市", "330600"),
        ("横店镇", "浙江省,东阳市", "330783"),
    ],
)
def test_a_city_itself_a_corps_unit_or_a_zone_is_only_coarse(name: str, within: str | None, code: str) -> None:
    assert found(name, within) == (code, ["division-level-coarse"])


def test_a_zone_of_the_statistical_list_says_it_is_no_division() -> None:
    assert found("沧州渤海新区", "河北省", None) == ("130973", ["division-statistical-only"])


def test_a_name_of_several_provinces_needs_its_region() -> None:
    assert found("鼓楼区") == ("", ["ambiguous-division"])
    assert found("鼓楼区", "福建省,福州市") == ("350102", [])
    assert found("鼓楼区", hints=Hints(address="南京市某路")) == ("320106", [])


def test_a_blank_division_is_taken_from_the_approving_unit() -> None:
    hints = Hints(approver="察右前旗")
    assert found("", "内蒙古,乌兰察布市", hints=hints) == ("150926", ["division-name-near", "division-from-approver"])
    assert found("", "湖州市", hints=Hints(approver="湖州市"))[1] == ["division-level-coarse", "division-from-approver"]


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("石柱县", "重庆市", "500240"),
        ("崧厦镇", "330604", "330604007"),
        ("章镇", "330604", "330604104"),
        ("柯桥", None, "330603"),
    ],
)
def test_short_and_former_forms_are_told_as_near(name: str, within: str | None, code: str) -> None:
    assert found(name, within) == (code, ["division-name-near"])


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("红兴隆分局", "黑龙江省,黑龙江农垦总局"),
        ("不存在县", None),
        ("上虞区", "江苏省"),
        ("999999", None),
        ("", None),
    ],
)
def test_what_is_no_division_there_is_unknown(name: str, within: str | None) -> None:
    assert found(name, within) == ("", ["division-unknown"])


def test_shangyu_has_its_twenty_townships() -> None:
    towns = [code for code in code_books().divisions.by_code if code.startswith("330604") and len(code) == 9]
    assert Counter(code[6] for code in towns) == {"0": 7, "1": 10, "2": 3}


def test_all_six_counties_of_shaoxing_are_in_force_with_townships() -> None:
    book = code_books().divisions
    assert {"330602", "330603", "330604", "330624", "330681", "330683"} <= book.parents_in_force


def test_every_successor_is_a_known_code_and_every_chain_ends() -> None:
    book = code_books().divisions
    spells = [one for many in book.by_code.values() for one in many]
    assert [link.code for one in spells for link in one.successors if link.code not in book.by_code] == []
    stuck = [
        one
        for one in spells
        if one.successors
        and one.valid_to
        and one.valid_to > date(2009, 1, 1)
        and one.system == "gbt2260"
        and not successors_in_force(book, one, None)
    ]
    assert stuck == []


def test_spells_of_one_code_do_not_overlap() -> None:
    for spells in code_books().divisions.by_code.values():
        ordered = sorted(spells, key=lambda one: one.valid_from or date.min)
        assert all(
            (one.valid_to or date.max) <= (two.valid_from or date.min) for one, two in zip(ordered, ordered[1:], strict=False)
        )


@pytest.mark.parametrize(
    ("code", "valid", "issues"),
    [
        ("33", True, []),
        ("3306", True, []),
        ("330604", True, []),
        ("330604001", True, []),
        ("330604000000", True, []),
        ("330682", False, ["division-name-abolished"]),
        ("330699", False, ["division-unknown"]),
        ("330604108", False, ["division-unknown"]),
        ("110101001", True, ["township-not-listed"]),
        ("330604104201", True, ["village-not-listed"]),
        ("330601", True, ["division-level-coarse"]),
    ],
)
def test_codes_are_explained_by_level(code: str, valid: bool, issues: list[str]) -> None:
    answer = explain(Kind.DIVISION, code, None, code_books())
    assert (answer.valid, [issue.rule for issue in answer.issues]) == (valid, issues)


@given(st.text(max_size=12), st.text(max_size=12), st.dates(date(1970, 1, 1), date(2040, 1, 1)))
def test_any_text_gets_a_code_or_a_reason(name: str, within: str, on: date) -> None:
    answer = resolve_division(code_books(), name, within, on)
    assert answer.code or answer.issues


def test_every_name_in_force_resolves_to_itself_within_its_parent() -> None:
    book = code_books().divisions
    for spells in book.by_code.values():
        for one in spells:
            if one.valid_to is None and one.level == "county" and one.system == "gbt2260":
                assert resolve_division(code_books(), one.name, one.code[:4] + "00").code == one.code, one


def test_real_deals_resolve_fast_and_only_one_is_unknowable() -> None:
    if not DEALS.exists():
        pytest.skip(f"没有真实成交资料 {DEALS.name}")
    from python_calamine import load_workbook

    head, *rows = load_workbook(str(DEALS)).get_sheet_by_index(0).to_python()
    at = [head.index(name) for name in ("地区", "行政区", "土地坐落", "批准单位")]
    cells = [[str(row[i]) for i in at] for row in rows]
    started = time.process_time()
    answers = [
        resolve_division(code_books(), name, region, DAY, Hints("", place, approver)) for region, name, place, approver in cells
    ]
    assert time.process_time() - started < 0.5
    assert len(answers) == 745
    assert [answer.name for answer in answers if not answer.code] == ["红兴隆分局"]
    told = Counter(issue.rule for answer in answers for issue in answer.issues)
    assert told["division-name-abolished"] > 40
    assert told["division-level-coarse"] > 90


def test_the_books_load_fast() -> None:
    spent = []
    for _ in range(3):
        started = time.process_time()
        load(read_text)
        spent.append(time.process_time() - started)
    assert min(spent) < 0.3


def test_a_code_dealt_out_anew_does_not_lead_astray() -> None:
    """410307 was 洛龙区 and is 偃师区 now; 海南 dealt its codes out anew in 2007."""
    assert found("洛龙区", "河南省,洛阳市", None) == ("410311", [])
    book = code_books().divisions
    for old in book.by_name["定安县"]:
        assert {one.name for one, _ in successors_in_force(book, old, None)} <= {"定安县"}
