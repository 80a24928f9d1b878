"""One test per rule of every packaged clock file: a wait refuses with its clause, a deadline and a pledge only warn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.landing.clocks import Clock, lawful, verdict
from tenglong.domain.landing.supply.policy import KIND, LandClocks, Procedure, StepClock
from tenglong.domain.landing.supply.steps import may, standing
from tenglong.domain.landing.supply.supplement import Added, with_supplements
from tenglong.domain.policy import shelf

CALENDAR = WorkCalendar.of(CalendarSpec.model_validate(shelf.packaged("calendar", "cn").data).years)
DAY = timedelta(days=1)
BEGAN = date(2026, 3, 2)
BOOKS = {ref.stem: LandClocks.model_validate(shelf.packaged(KIND, ref.stem).data) for ref in shelf.refs(KIND)}
RULES = [
    pytest.param(procedure, step.id, clock, id=f"{stem}.{clock.id}")
    for stem, book in BOOKS.items() for procedure in book.procedures for step in procedure.steps for clock in step.clocks
]


def done_before(procedure: Procedure, step: str, start: str) -> dict[str, date]:
    """Everything before the step on the day the clock began."""
    names = [one.id for one in procedure.steps]
    return dict.fromkeys(names[: names.index(step)], BEGAN)


@pytest.mark.parametrize(("procedure", "step", "clock"), RULES)
def test_each_rule_blocks_or_warns_as_its_kind_says(procedure: Procedure, step: str, clock: StepClock) -> None:
    done = done_before(procedure, step, clock.start)
    due = clock.deadline(BEGAN, CALENDAR).due
    if clock.kind == "min_wait":
        first = clock.earliest(BEGAN, CALENDAR)
        early = may(procedure, step, done, first - DAY, CALENDAR)
        assert not early.allowed
        assert any(clock.clause in says and first.isoformat() in says for says in early.blocks)
        assert may(procedure, step, done, first, CALENDAR).allowed
        assert early.earliest == first
    else:
        late = may(procedure, step, done, due + DAY, CALENDAR)
        assert late.allowed
        assert any(clock.clause in says for says in late.warnings)
        assert not any(clock.clause in says for says in may(procedure, step, done, due, CALENDAR).warnings)


def test_notice_of_twenty_days_and_listing_of_ten_are_waits_and_the_result_is_a_deadline() -> None:
    book = BOOKS["cn@1"]
    kinds = {clock.id: (clock.kind, clock.days, clock.working_days)
             for procedure in book.procedures for step in procedure.steps for clock in step.clocks}
    assert kinds["listing_notice"] == ("min_wait", 20, None)
    assert kinds["listing_days"] == ("min_wait", 10, None)
    assert kinds["listing_result"] == ("max_deadline", None, 10)
    assert kinds["plan_notice"] == ("min_wait", 30, None)


def test_an_early_start_of_the_next_step_never_shortens_the_wait() -> None:
    listing = BOOKS["cn@1"].procedure("listing_sale")
    announced = date(2026, 3, 2)
    early = may(listing, "started", {"announced": announced}, date(2026, 3, 10), CALENDAR)
    assert early.blocks == (
        "出让公告不得少于 20 日：从 2026-03-02 起算，最早 2026-03-23 才能办，提前办理不能缩短（国土资源部令第39号第八条）",)
    assert not may(listing, "opened", {"announced": announced}, date(2026, 5, 1), CALENDAR).allowed
    before = may(listing, "started", {"announced": announced}, announced - DAY, CALENDAR)
    assert before.blocks[0] == "不能早于前一步的日期 2026-03-02"


def test_a_wait_ends_on_a_working_day_and_a_public_notice_opens_the_day_after() -> None:
    assert date(2026, 3, 22).weekday() == 6
    wait = Clock(id="notice", label="公告", kind="min_wait", days=20, clause="条")
    assert wait.earliest(date(2026, 3, 2), CALENDAR) == date(2026, 3, 23)
    after = Clock(id="notice", label="公示", kind="min_wait", days=20, clause="条", opens="day_after")
    assert after.earliest(date(2026, 3, 2), CALENDAR) == date(2026, 3, 24)
    assert lawful([(wait, BEGAN), (after, BEGAN)], BEGAN, CALENDAR) == date(2026, 3, 24)


def test_a_clock_that_has_not_begun_blocks_only_when_it_is_a_wait() -> None:
    kinds = {kind: verdict(Clock(id="c", label="事", kind=kind, days=3, clause="条"), None, BEGAN, CALENDAR)
             for kind in ("min_wait", "max_deadline", "pledge")}
    assert {kind: one.refused for kind, one in kinds.items()} == {"min_wait": True, "max_deadline": False, "pledge": False}
    assert not any(one.warned for one in kinds.values())


def test_a_year_without_published_days_off_is_told() -> None:
    clock = Clock(id="c", label="事", kind="min_wait", days=3, clause="条")
    found = verdict(clock, date(2034, 3, 2), date(2034, 3, 3), CALENDAR)
    assert found.unpublished == (2034,)


def test_a_step_that_is_done_is_judged_by_its_own_day_and_blocks_nothing() -> None:
    listing = BOOKS["cn@1"].procedure("listing_sale")
    days = {"announced": date(2026, 3, 2), "started": date(2026, 3, 23), "opened": date(2026, 4, 2),
            "confirmed": date(2026, 4, 2), "result": date(2026, 5, 20)}
    states = {state.step.id: state for state in standing(listing, days, date(2026, 6, 1), CALENDAR)}
    assert states["result"].warnings
    assert not states["result"].blocks
    assert states["contracted"].allowed
    assert states["contracted"].warnings
    assert states["half_paid"].blocks == ("要先办“签订出让合同”",)


SUPPLEMENTS = [pytest.param(one, id=f"{stem}.{one.id}") for stem, book in BOOKS.items() for one in book.procedures
               if one.supplement]


@pytest.mark.parametrize("procedure", SUPPLEMENTS)
def test_a_weighty_supplementary_notice_runs_the_wait_anew_and_a_light_one_does_not(procedure: Procedure) -> None:
    rule = procedure.supplement
    assert rule is not None
    done = {rule.after: BEGAN, "supplement_1": BEGAN + 30 * DAY}
    for weighs in (True, False):
        changed = with_supplements(procedure, [Added(1, weighs)])
        state = may(changed, rule.before, done, BEGAN + 31 * DAY, CALENDAR)
        assert state.allowed is not weighs and (rule.wait.clause in "".join(state.blocks)) is weighs
        assert not may(changed, rule.before, {rule.after: BEGAN}, BEGAN + 90 * DAY, CALENDAR).allowed
    first = rule.wait.earliest(BEGAN + 30 * DAY, CALENDAR)
    assert may(with_supplements(procedure, [Added(1, True)]), rule.before, done, first, CALENDAR).allowed
