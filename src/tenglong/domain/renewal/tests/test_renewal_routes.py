"""Thirteen routes: who may enter, what must be on file before a case closes, what each completion counts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.domain.renewal.routes import (
    Closed,
    count,
    documents_of,
    entry,
    exit_gaps,
    load,
    may_enter,
    open_routes,
)

BOOK = load()
NAMES = ["淘汰出清", "整治提升", "兼并重组", "国资运作", "收储", "集聚入园", "追加投资", "协议置换", "工改工", "分割转让",
         "功能转型", "搬迁", "司法处置"]
CLEAN = {"soil": "none", "soil_key_unit": False, "in_control_line": True}


def test_only_what_some_entry_or_evidence_asks_for_is_read() -> None:
    read = {name for one in BOOK.formulas.values() for name in one.names}
    assert set(BOOK.used) == read and "in_control_line" in read and len(BOOK.used) < len(BOOK.inputs) / 2


def test_the_thirteen_routes_are_here_under_all_their_names() -> None:
    assert sorted(BOOK.policy.routes[name].label for name in BOOK.ids) == sorted(NAMES)
    assert sorted(int(BOOK.policy.routes[name].code[1:]) for name in BOOK.ids) == list(range(1, 14))
    assert [BOOK.named(word) for word in ("关停退出", "R4", "reserve", "工改新")] == ["close", "reserve", "reserve", "rebuild"]
    with pytest.raises(LookupError, match="没有路径“不存在”，可用：close（淘汰出清）"):
        BOOK.named("不存在")


@pytest.mark.parametrize("route", BOOK.ids)
def test_no_case_closes_without_the_evidence_of_its_route(route: str) -> None:
    inputs = {"soil": "exceeds", "soil_key_unit": True, "in_control_line": True}
    documents = set(documents_of(BOOK, route))
    assert exit_gaps(BOOK, route, documents, inputs) == ()
    asked = exit_gaps(BOOK, route, set(), inputs)
    assert asked and all(gap.sentence.startswith(f"{gap.label}：还缺《") for gap in asked)
    for gap in asked:
        assert gap in exit_gaps(BOOK, route, documents - set(gap.documents), inputs)


def test_one_of_several_documents_is_enough() -> None:
    have = {"deal_contract", "certificate_changed"}
    assert exit_gaps(BOOK, "merge", have, CLEAN) == ()
    assert exit_gaps(BOOK, "merge", {"deal_contract"}, CLEAN)[0].documents == ("registration_changed", "certificate_changed")


def test_soil_evidence_is_asked_where_the_record_demands_it_and_where_nobody_knows() -> None:
    have = set(documents_of(BOOK, "reserve")) - {"soil_survey", "soil_remediated", "demolition_plan"}
    assert exit_gaps(BOOK, "reserve", have, CLEAN) == ()
    assert [gap.id for gap in exit_gaps(BOOK, "reserve", have, {**CLEAN, "soil": "due"})] == ["soil"]
    assert [gap.id for gap in exit_gaps(BOOK, "reserve", have, {**CLEAN, "soil": "exceeds"})] == ["soil", "remediation"]
    unknown = exit_gaps(BOOK, "reserve", have, {})
    assert [gap.id for gap in unknown] == ["demolition", "soil", "remediation"]
    assert all("先按需要办" in gap.sentence for gap in unknown)


def test_land_is_reserved_by_a_listed_body_only_and_a_company_purchase_is_no_reserve() -> None:
    plot = {"disputed": False, "titled": True, "buyer_state_owned": True}
    assert may_enter(BOOK, "reserve", {**plot, "reserve_body_listed": False}) is False
    assert may_enter(BOOK, "reserve", {**plot, "reserve_body_listed": True}) is True
    assert may_enter(BOOK, "reserve", plot) is None
    assert [one.missing for one in entry(BOOK, "reserve", plot)][0] == ("收储单位在土地储备机构名录内",)
    assert may_enter(BOOK, "state_purchase", plot) is True
    assert may_enter(BOOK, "state_purchase", {**plot, "disputed": True}) is False
    assert entry(BOOK, "rebuild", {"in_control_line": False})[0].reason == "在工业区块控制线内：在工业区块控制线内（否）"
    found = count(BOOK, [Closed("state_purchase", ["A"], ["P"], Fraction(10))])
    assert (found["firms_state"], found["land_reserved"], found["land_treated"]) == (1, 0, 10)


def test_routes_without_conditions_are_open_to_every_plot() -> None:
    states = open_routes(BOOK, {})
    assert states["close"] is True
    assert states["relocate"] is True
    assert states["upgrade"] is None


def test_counters_have_their_own_scope_and_are_never_reconciled() -> None:
    closed = [
        *(Closed("close", [f"c{place}"], [f"pc{place}"], Fraction(5)) for place in range(31)),
        *(Closed("upgrade", [f"u{place}"], [f"pu{place}"], Fraction(3)) for place in range(193)),
        *(Closed("merge", [f"m{place}"], [f"pm{place}"], Fraction(7)) for place in range(2)),
        *(Closed("state_purchase", [f"s{place}"], [f"ps{place}"], Fraction(9)) for place in range(3)),
        Closed("upgrade", ["u0"], ["pu0b"], Fraction(1, 3)),
    ]
    found = count(BOOK, closed)
    assert [found[name] for name in ("firms_closed", "firms_upgraded", "firms_merged", "firms_state")] == [31, 193, 2, 3]
    assert found["land_treated"] == 31 * 5 + 193 * 3 + 2 * 7 + 3 * 9 + Fraction(1, 3)
    assert all(counter.scope for counter in BOOK.policy.counters.values())
    with pytest.raises(LookupError, match="没有路径“x”"):
        count(BOOK, [Closed("x")])


@pytest.mark.parametrize(("change", "told"), [
    ("routes: {close: {evidence: {power: {document: nothing}}}}", "没有材料“nothing”"),
    ("routes: {close: {evidence: {power: {any_of: [power_cut]}}}}", "document（一种材料）或 any_of"),
    ("routes: {close: {counters: [nothing]}}", "没有计数“nothing”"),
    ("routes: {close: {aliases: [收储]}}", "也是路径"),
    ("routes: {upgrade: {entry: {producing: {when: stopped_months < plot_mu}}}}", "量纲不同"),
])
def test_a_catalogue_that_contradicts_itself_is_refused(change: str, told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_yaml(f"extends: default@1\n{change}", kind="routes", id="own")
    assert told in str(caught.value)
