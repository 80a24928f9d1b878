"""Golden cases G17 and G18 of idle land, and the whole truth table against the rule written out a second time; exact."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest

from tenglong.domain.renewal.idle import Cause, LandRecord, as_input, assess, fee_fen, load, may_see_amount, says, shown_amount

POLICY = load("cn@2012")
START = date(2021, 3, 1)
WAN = 1_000_000  # 分 in 万元


def on(days: int) -> date:
    return START + timedelta(days=days)


def stopped(built: str, invested: str) -> LandRecord:
    return LandRecord(START, True, Fraction(built), Fraction(invested), stopped=True, stopped_on=START)


def test_g17_not_started_a_year_after_the_agreed_day_is_idle() -> None:
    assert assess(POLICY, LandRecord(START, started=False), on(366)).verdict == "idle"
    assert assess(POLICY, LandRecord(START, started=False), on(364)).verdict == "not_idle"


def test_g17_a_third_built_or_a_quarter_invested_and_stopped_a_year() -> None:
    assert assess(POLICY, stopped("0.33", "0.24"), on(365)).verdict == "idle"
    assert assess(POLICY, stopped("0.34", "0.26"), on(365)).verdict == "not_idle"
    # either share below its line is enough; a third exactly and a quarter exactly are not below
    assert assess(POLICY, stopped("0.33", "0.26"), on(365)).verdict == "idle"
    assert assess(POLICY, stopped("0.34", "0.24"), on(365)).verdict == "idle"
    assert assess(POLICY, stopped("1/3", "1/4"), on(365)).verdict == "not_idle"
    assert assess(POLICY, stopped("0.33", "0.24"), on(364)).verdict == "not_idle"


def test_g18_a_fifth_of_the_price_after_one_year_and_taking_back_after_two() -> None:
    year = assess(POLICY, LandRecord(START, started=False), on(365))
    assert (year.consequence, fee_fen(POLICY, year, 1000 * WAN)) == ("fee", 200 * WAN)
    almost = assess(POLICY, LandRecord(START, started=False), on(729))
    assert (almost.consequence, fee_fen(POLICY, almost, 1000 * WAN)) == ("fee", 200 * WAN)
    two = assess(POLICY, LandRecord(START, started=False), on(730))
    assert (two.consequence, fee_fen(POLICY, two, 1000 * WAN)) == ("take_back", None)


def test_g18_stalled_land_is_idle_without_a_fee() -> None:
    for days in (365, 730, 5000):
        found = assess(POLICY, stopped("0.33", "0.24"), on(days))
        assert (found.verdict, found.consequence, fee_fen(POLICY, found, 1000 * WAN)) == ("idle", "negotiate", None)
        assert "协商处置" in found.reason


@pytest.mark.parametrize("cause", list(POLICY.causes))
def test_a_cause_of_the_government_leaves_five_ways_and_no_fee(cause: str) -> None:
    record = LandRecord(START, started=False, causes=(Cause(cause, START, document="函1"),))
    found = assess(POLICY, record, on(1000))
    assert (found.verdict, found.consequence, fee_fen(POLICY, found, 1000 * WAN)) == ("idle", "negotiate", None)
    assert found.options == ("extension", "change_use", "temporary_use", "swap", "buy_back")


def expected(
    started: bool | None, days: int, built: str | None, invested: str | None, halted: bool | None, caused: bool
) -> str:
    """The rule again, in its own words."""
    if started is None:
        return "unclear"
    if not started:
        if days < 365:
            return "not_idle none"
        return "idle negotiate" if caused else "idle take_back" if days >= 730 else "idle fee"
    if halted is False:
        return "not_idle none"
    below = [None if share is None else 3 * Fraction(share) < 1 if line == 3 else 4 * Fraction(share) < 1
             for share, line in ((built, 3), (invested, 4))]
    if below == [False, False] or (halted and days < 365):
        return "not_idle none"
    if halted is None or True not in below:
        return "unclear"
    return "idle negotiate"


def test_the_whole_truth_table() -> None:
    shares_built, shares_invested = (None, "0", "0.33", "1/3", "0.34", "1"), (None, "0", "0.24", "0.25", "0.26", "1")
    cases = list(product((None, False, True), (0, 364, 365, 366, 729, 730, 3000), shares_built, shares_invested,
                         (None, False, True), (False, True)))
    assert len(cases) == 4536
    for started, days, built, invested, halted, caused in cases:
        record = LandRecord(
            START, started, None if built is None else Fraction(built), None if invested is None else Fraction(invested),
            halted, START if halted else None, (Cause("late_delivery", START, document="函1"),) if caused else ())
        found = assess(POLICY, record, on(days))
        told = found.verdict if found.verdict == "unclear" else f"{found.verdict} {found.consequence}"
        assert told == expected(started, days, built, invested, halted, caused), record
        assert (fee_fen(POLICY, found, 1000 * WAN) is not None) == (told == "idle fee")
        assert bool(found.missing) == (told == "unclear")


def test_before_recognition_the_land_is_only_suspected_and_amounts_stay_in_the_team() -> None:
    assert [says(POLICY, state) for state in ("clue", "inquiry", "recognised", "dismissed")] == [
        "疑似闲置", "疑似闲置", "闲置土地", ""]
    assert [as_input(POLICY, state.id) for state in POLICY.states] == [
        "suspected", "suspected", "confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "none", "none"]
    assert may_see_amount("u1", {"u1", "u2"})
    assert not may_see_amount("leader", {"u1", "u2"})
    assert not may_see_amount("", {""})
    assert shown_amount(200 * WAN, "leader", {"u1"}) == (None, "金额仅案件组成员可见")
    assert shown_amount(200 * WAN, "u1", {"u1"}) == (200 * WAN, "")
