"""Papers given once, what departments owe, the four certificates and the countdown."""

from __future__ import annotations

from datetime import date, timedelta

from tenglong.domain.landing.permits import board, materials
from tenglong.domain.landing.permits.network import Fact, Situation, legal_before, plan
from tenglong.domain.landing.permits.tests import permit_networks as nets

CALENDAR, MONDAY = nets.CALENDAR, nets.MONDAY
POLICY = nets.network("zj-90")
SIGNED = Situation(MONDAY, {name: Fact(done_on=MONDAY) for name in (*legal_before(POLICY, "contract"), "contract")})


def lines(step: str, given: list[materials.Given], on: date, *, act: materials.Act = "done") -> dict[str, str]:
    return {one.material: one.state for one in materials.checklist(POLICY, step, given, SIGNED, on, act=act)}


def test_a_paper_given_once_serves_every_later_step_until_it_expires() -> None:
    agent = materials.Given("agent", MONDAY, materials.stands_until(POLICY.materials["agent"], MONDAY, CALENDAR))
    given = [materials.Given("licence", MONDAY), agent]
    assert agent.until == date(2027, 3, 2)
    assert lines("land_permit", given, MONDAY) == {
        "licence": "have", "agent": "have", "filing_notice": "awaited", "land_contract": "made"}
    assert lines("title_building", given, date(2027, 3, 3))["agent"] == "expired"
    assert lines("title_building", given, date(2027, 3, 2))["agent"] == "have"
    renewed = [*given, materials.Given("agent", date(2027, 3, 1), date(2028, 3, 1))]
    assert lines("title_building", renewed, date(2027, 3, 3))["agent"] == "have"
    assert lines("title_building", renewed, date(2027, 2, 1))["agent"] == "have"
    kinds, places = materials.saved(POLICY, given)
    assert (kinds, places) == (2, sum(step.materials.count("licence") + step.materials.count("agent")
                                      for step in POLICY.steps.values()))


def test_a_paper_may_come_later_only_where_the_policy_accepts_lack() -> None:
    assert lines("fire_design", [], MONDAY, act="review")["works_permit_paper"] == "awaited"  # made by a step, never handed in
    small = nets.network("zj-small")
    early = materials.checklist(small, "construction_permit", [], Situation(MONDAY), MONDAY, act="review")
    assert {one.material: one.state for one in early}["contractor_deal"] == "awaited"
    assert lines("construction_permit", [], MONDAY)["funds"] == "missing"
    assert all(not line.there for line in materials.checklist(POLICY, "energy", [], SIGNED, MONDAY))


def test_departments_owe_what_is_ready_or_running_by_the_day_of_the_pledge() -> None:
    found = plan(POLICY, "parallel", SIGNED, CALENDAR)
    rows = {one.step: one for one in board.owed(POLICY, SIGNED, found, CALENDAR, date(2026, 3, 6))}
    assert rows["filing"].due == date(2026, 3, 3) and rows["filing"].light == "late" and rows["filing"].by == "pledge"
    assert rows["cadastral"].due == date(2026, 3, 5) and rows["result"].by == "legal"
    assert "land_permit" not in rows  # waits for the filing
    assert board.state_of(POLICY, "land_permit", SIGNED) == "waiting"


def test_four_certificates_stand_in_the_order_of_the_law_with_their_days() -> None:
    given = Situation(MONDAY, {**SIGNED.facts, "land_permit": Fact(done_on=MONDAY), "title": Fact(pre_done_on=MONDAY)})
    four = board.certificates(POLICY, given, plan(POLICY, "pre_review", given, CALENDAR))
    assert [one.label for one in four] == ["建设用地规划许可证", "不动产权证书", "建设工程规划许可证", "建筑工程施工许可证"]
    assert [one.state for one in four] == ["done", "reviewed", "waiting", "waiting"] and four[0].on == MONDAY
    assert four[2].on < four[3].on


def test_the_countdown_counts_from_the_contract_and_says_how_many_days_are_over() -> None:
    early = board.countdown(POLICY, Situation(MONDAY), plan(POLICY, "parallel", Situation(MONDAY), CALENDAR), MONDAY)
    assert early is not None and early.since is None and early.left == 100
    found = plan(POLICY, "parallel", SIGNED, CALENDAR)
    for passed in (0, 40, 103):
        told = board.countdown(POLICY, SIGNED, found, MONDAY + timedelta(days=passed))
        assert told is not None and (told.day, told.left) == (passed, 100 - passed)
    assert board.next_steps(POLICY, SIGNED, found)[0].id == "scheme_design"


def refused(step: str, act: materials.Act, *kinds: str, on: date = MONDAY, promised: tuple[str, ...] = ()) -> str:
    given = [materials.Given(one, MONDAY) for one in kinds]
    return "；".join(materials.refused(POLICY, step, given, SIGNED, on, act, promised=promised, reference="zj-90@2019"))


def test_a_step_without_a_required_paper_is_refused_with_the_paper_and_the_clause() -> None:
    assert refused("filing", "start", "licence") == (
        "“项目备案赋码”材料不齐，不能登记受理：缺“项目基本信息表”（依据：zj-90@2019 步骤“项目备案赋码”的材料清单）；"
        "先在“材料和回执”收齐")
    assert not refused("filing", "start", "licence", "filing_info")
    said = refused("land_permit", "done", "licence", "agent")
    assert "“项目备案通知书（赋码）”待“项目备案赋码”形成" in said and "城乡规划法第三十八条" in said
    expired = [materials.Given("agent", MONDAY, MONDAY), *(materials.Given(one, MONDAY) for one in ("licence", "bid_form"))]
    assert "已于 2026-03-02 过期" in materials.refused(POLICY, "listing", expired, SIGNED, MONDAY + timedelta(1), "done")[0]


def test_only_what_the_policy_lists_may_come_later_and_only_with_a_promise() -> None:
    there = ("licence", "price_receipt", "tax_receipt", "cadastral_map")
    assert "缺“法定代表人身份证明和授权委托书”（可容缺）" in refused("title", "start", *there)
    assert not refused("title", "start", *there, promised=("agent",))
    assert "缺“法定代表人身份证明和授权委托书”" in refused("title", "done", *there, promised=("agent",))  # never past the end
    assert refused("title", "start", "agent", promised=("licence",))  # a promise for what may not lack is none
    assert not refused("construction_permit", "review", "licence", "agent", promised=("funds", "safety_measures"))
    assert "建筑法第八条" in refused("construction_permit", "start", "licence", "agent", promised=("funds", "safety_measures"))


def test_a_paper_whose_step_is_left_out_has_to_be_handed_in() -> None:
    without = Situation(MONDAY, {"filing": Fact(omitted=True)})
    assert "filing_notice" in materials.brought(POLICY, without) and "filing_notice" not in materials.brought(POLICY, SIGNED)
    assert {one.material: one.state for one in materials.checklist(POLICY, "energy", [], without, MONDAY)}[
        "filing_notice"] == "missing"
