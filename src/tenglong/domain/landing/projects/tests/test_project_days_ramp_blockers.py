"""Pairs of days, lawful waits, expected output with its band, and blockers: against counting by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.landing.projects import blockers, days, ramp
from tenglong.domain.landing.projects.policy import STAGES, Milestones, Pair, stage_of
from tenglong.domain.policy.shelf import packaged

HEADER = ("policy_kind", "policy_id", "version", "authority", "source", "verified", "document", "valid_from")
BODY = {name: value for name, value in packaged("milestones", "shangyu@1").data.items() if name not in HEADER}
POLICY = Milestones.model_validate(BODY)
CALENDAR = WorkCalendar.of(CalendarSpec.model_validate(
    {name: value for name, value in packaged("calendar", "cn").data.items() if name not in HEADER}).years)
D = date
YI = 10_000_000_000  # 一亿元 in 分


def pair(name: str) -> Pair:
    return next(one for one in POLICY.pairs if one.id == name)


def measured(name: str, done: dict[str, date], today: date) -> days.Measured:
    return days.measure(pair(name), POLICY, done, today, CALENDAR)


def test_nineteen_days_are_counted_without_the_day_they_begin_on() -> None:
    done = {"service_began": D(2026, 2, 27), "launched": D(2026, 3, 18)}
    found = measured("service_19", done, D(2026, 6, 1))
    assert (found.days, found.state, found.due) == (19, "kept", D(2026, 3, 18))
    late = measured("service_19", {**done, "launched": D(2026, 3, 19)}, D(2026, 6, 1))
    assert (late.days, late.state) == (20, "missed")


def test_a_hundred_days_count_down_and_then_are_late_but_never_refused() -> None:
    done = {"signed": D(2026, 1, 1)}
    running = measured("landing_100", done, D(2026, 4, 1))
    assert (running.state, running.days, running.left) == ("running", 90, 10)
    late = measured("landing_100", done, D(2026, 4, 12))
    assert (late.state, late.left) == ("late", -1)
    assert measured("landing_100", {}, D(2026, 4, 1)).state == "before"


def test_the_lawful_minimum_of_a_pair_is_the_chain_of_its_waits() -> None:
    """Notice 20 days, then listing 10: 30 days; the plan's notice runs beside them with 31."""
    found = measured("landing_100", {"signed": D(2026, 3, 2)}, D(2026, 3, 3))
    alone = POLICY.model_copy(update={"waits": tuple(w for w in POLICY.waits if w.after != "plan_notice")})
    assert days.measure(pair("landing_100"), alone, {"signed": D(2026, 3, 2)}, D(2026, 3, 3), CALENDAR).lawful >= 30
    assert found.lawful >= 31
    assert not found.unlawful


def test_a_pledge_below_the_law_yields_to_the_lawful_minimum() -> None:
    tight = Pair.model_validate({"id": "tight", "label": "十天拿地", "from": "notice", "to": "deal", "days": 10})
    found = days.measure(tight, POLICY, {"notice": D(2026, 3, 2)}, D(2026, 3, 3), CALENDAR)
    assert found.unlawful
    assert found.limit == found.lawful
    assert found.due == D(2026, 3, 2) + timedelta(days=found.lawful)
    assert found.lawful >= 30


@pytest.mark.parametrize("wait", POLICY.waits, ids=lambda wait: wait.clock.id)
def test_no_event_is_dated_before_its_wait_is_over(wait: object) -> None:
    """Each wait of the shipped policy: the day before is refused with the clause, the first lawful day is taken."""
    start = D(2026, 3, 2)
    first = wait.clock.earliest(start, CALENDAR)  # type: ignore[attr-defined]
    done = {wait.after: start}  # type: ignore[attr-defined]
    said = days.refusals(wait.before, first - timedelta(days=1), POLICY, done, CALENDAR)  # type: ignore[attr-defined]
    assert len(said) == 1 and wait.clock.clause in said[0]  # type: ignore[attr-defined]
    assert days.refusals(wait.before, first, POLICY, done, CALENDAR) == []  # type: ignore[attr-defined]
    assert days.refusals(wait.before, first, POLICY, {}, CALENDAR) != []  # type: ignore[attr-defined]


def test_moving_a_notice_later_breaks_what_followed_it() -> None:
    done = {"notice": D(2026, 3, 2), "listing": D(2026, 3, 23)}
    assert days.breaches(POLICY, done, CALENDAR) == []
    assert days.breaches(POLICY, {**done, "notice": D(2026, 3, 10)}, CALENDAR) != []


def test_the_stage_is_the_last_one_reached() -> None:
    assert stage_of(set()) == "lead"
    assert stage_of({"signed", "launched", "started"}) == "started"
    assert stage_of(set(STAGES)) == "full_output"


def test_output_goes_from_the_first_product_to_full_output() -> None:
    one = ramp.Expected(400 * YI, D(2026, 1, 1), 36)
    points = POLICY.ramp.points
    assert ramp.rate(one, D(2025, 12, 1), points) == ramp.NOTHING
    assert ramp.rate(one, D(2026, 1, 1), points).fen == (20 * YI, 40 * YI, 80 * YI)
    assert ramp.rate(one, D(2027, 1, 1), points).mid == 160 * YI
    assert ramp.rate(one, D(2029, 1, 1), points) == ramp.rate(one, D(2039, 1, 1), points)
    assert ramp.full([one], points).mid == 400 * YI
    assert ramp.rate(ramp.Expected(400 * YI, None, 36), D(2030, 1, 1), points) == ramp.NOTHING


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_band_holds_its_middle_and_never_falls(month: int, length: int) -> None:
    one = ramp.Expected(7 * YI, D(2026, 1, 1), length)
    bands = [ramp.rate(one, days.after(D(2026, 1, 1), at), POLICY.ramp.points) for at in range(month, month + 3)]
    assert all(band.low <= band.mid <= band.high for band in bands)
    assert all(a.mid <= b.mid and a.low <= b.low and a.high <= b.high for a, b in pairwise(bands))


def test_own_history_replaces_the_assumption_only_when_every_point_has_enough() -> None:
    places = [point.at for point in POLICY.ramp.points]
    seen = {str(n): {at: at * Fraction(n, 10) for at in places} for n in range(1, 6)}
    found = ramp.learned(POLICY.ramp, seen)
    assert found.own and found.n == (5, 5, 5, 5)
    assert found.points[-1].mid == Fraction(3, 10)
    seen["5"].pop(Fraction(1))
    kept = ramp.learned(POLICY.ramp, seen)
    assert not kept.own and kept.points == POLICY.ramp.points and kept.n == (5, 5, 5, 4)


HALF, NINE_TENTHS = Fraction(1, 2), Fraction(9, 10)


@pytest.mark.parametrize(("values", "at", "is_"), [([1], HALF, 1), ([1, 3], HALF, 2), ([0, 10, 20, 30, 40], NINE_TENTHS, 36)])
def test_quantiles_lie_between_order_statistics(values: list[int], at: Fraction, is_: int) -> None:
    assert ramp.quantile([Fraction(value) for value in values], at) == is_


def test_a_blocker_goes_up_when_its_days_have_passed_and_stays_at_the_top() -> None:
    monday = D(2026, 3, 2)
    last = blockers.escalates(POLICY, "team", monday, CALENDAR)
    assert last is not None and last.due == D(2026, 3, 9)
    assert blockers.next_level("team") == "park" and blockers.next_level("county") is None
    assert blockers.escalates(POLICY, "county", monday, CALENDAR) is None


def test_a_step_is_held_until_the_day_that_was_told_or_the_usual_days_of_the_level() -> None:
    today = D(2026, 3, 2)
    assert blockers.holds_until(POLICY, "park", D(2026, 4, 1), today, CALENDAR) == D(2026, 4, 1)
    passed = blockers.holds_until(POLICY, "team", D(2026, 2, 1), today, CALENDAR)
    assert passed == blockers.holds_until(POLICY, "team", None, today, CALENDAR) == D(2026, 3, 9)


def test_time_to_solve_counts_only_what_was_solved_and_names_what_is_open() -> None:
    rows = [(D(2026, 1, 1), D(2026, 1, 5)), (D(2026, 1, 1), D(2026, 1, 11)), (D(2026, 1, 1), None)]
    found = blockers.solving(rows, D(2026, 2, 1))
    assert (found.total, found.solved, found.open, found.oldest) == (3, 2, 1, 31)
    assert found.median == 7
    assert blockers.solving([], D(2026, 2, 1)).median is None
