"""Steps of idle land: nothing is skipped, the clock runs, and a decision needs what the rule asks for."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.renewal.idle import Cause, LandRecord, Step, assess, extension_ends, load, stands

POLICY = load()
CALENDAR = WorkCalendar.of(CalendarSpec.model_validate(packaged("calendar", "cn").data).years)
START, TODAY = date(2024, 3, 1), date(2025, 9, 1)
FEE = assess(POLICY, LandRecord(START, started=False), TODAY)
LEAD = Step("clue", date(2025, 3, 3))
ASKED = Step("inquiry", date(2025, 3, 10), "调查通知书1号")
FOUND = Step("recognised", date(2025, 5, 6), "认定书1号")
TOLD = Step("hearing", date(2025, 8, 25), "告知书1号")


def test_a_lead_may_only_be_investigated() -> None:
    at = stands(POLICY, (), FEE, CALENDAR, TODAY)
    assert (at.state.id, dict(at.next), at.clock) == ("clue", {"inquiry": ()}, None)


def test_the_clock_of_the_notice_ends_on_a_working_day() -> None:
    at = stands(POLICY, (LEAD, Step("inquiry", date(2025, 9, 8), "1号")), FEE, CALENDAR, date(2025, 9, 10))
    assert at.clock is not None
    # 30 days end on 8 October, which is a day off
    assert (at.clock.due, at.clock_for) == (date(2025, 10, 9), "权利人提供材料、说明情况")


def test_recognition_needs_idle_land_and_its_opposite_needs_the_opposite() -> None:
    at = stands(POLICY, (LEAD, ASKED), FEE, CALENDAR, TODAY)
    assert at.next["recognised"] == ()
    assert "须不构成闲置" in at.next["dismissed"][0]


def test_a_fee_waits_for_the_hearing_term_and_is_never_taking_back() -> None:
    early = stands(POLICY, (LEAD, ASKED, FOUND, TOLD), FEE, CALENDAR, date(2025, 9, 1))
    assert early.next["fee_decided"] == ("听证申请期到 2025-09-01，期满前不能作出决定",)
    later = stands(POLICY, (LEAD, ASKED, FOUND, TOLD), FEE, CALENDAR, date(2025, 9, 2))
    assert later.next["fee_decided"] == ()
    assert "须符合无偿收回的条件" in later.next["take_back_decided"][0]


def test_stalled_land_goes_to_agreement_not_to_a_hearing() -> None:
    stalled = assess(POLICY, LandRecord(START, True, Fraction(1, 10), Fraction(1, 10), True, START), TODAY)
    at = stands(POLICY, (LEAD, ASKED, FOUND), stalled, CALENDAR, TODAY)
    assert at.next["agreed"] == ()
    assert "征缴闲置费或无偿收回" in at.next["hearing"][0]


def test_a_claimed_cause_without_proof_stops_the_fee_until_it_is_settled() -> None:
    record = LandRecord(START, started=False, causes=(Cause("late_delivery", START),))
    claimed = assess(POLICY, record, TODAY)
    assert (claimed.consequence, claimed.unproven) == ("fee", ("late_delivery",))
    at = stands(POLICY, (LEAD, ASKED, FOUND), claimed, CALENDAR, TODAY)
    assert any("尚无证明材料" in block for block in at.next["hearing"])


@pytest.mark.parametrize(("history", "told"), [
    ((ASKED,), "从“线索”开始"),
    ((LEAD, FOUND), "不能从“线索”直接到“已认定”"),
    ((LEAD, Step("inquiry", date(2025, 1, 1), "1号")), "早于前一步"),
    ((LEAD, Step("inquiry", date(2025, 4, 1))), "须有《闲置土地调查通知书》"),
    ((LEAD, Step("nowhere", date(2025, 4, 1))), "没有状态“nowhere”"),
])
def test_a_history_that_skips_something_is_refused(history: tuple[Step, ...], told: str) -> None:
    with pytest.raises((ValueError, LookupError), match=told):
        stands(POLICY, history, FEE, CALENDAR, TODAY)


def test_an_extension_is_at_most_a_year_and_moves_the_clock() -> None:
    moved = extension_ends(POLICY, START, 365)
    assert moved == START + timedelta(days=365)
    assert assess(POLICY, LandRecord(moved, started=False), TODAY).verdict == "not_idle"
    with pytest.raises(ValueError, match="1 到 365"):
        extension_ends(POLICY, START, 366)


def test_a_cause_that_ended_before_the_agreed_start_does_not_count() -> None:
    old = LandRecord(START, started=False, causes=(Cause("late_delivery", date(2020, 1, 1), date(2021, 1, 1), "函"),))
    assert assess(POLICY, old, TODAY).consequence == "fee"
    with pytest.raises(LookupError, match="没有闲置原因“weather”"):
        assess(POLICY, LandRecord(START, started=False, causes=(Cause("weather", START),)), TODAY)


@pytest.mark.parametrize(("change", "told"), [
    ("parameters: {take_back_years: {value: 1}}", "无偿收回"),
    ("parameters: {fee_share: {value: 2}}", "0 到 1"),
    ("parameters: {fee_share: {value: a fifth}}", "应写成整数、小数"),
])
def test_a_rule_that_contradicts_itself_is_refused(change: str, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        load_yaml(f"extends: cn@2012\n{change}", kind="idle_land", id="own")
