"""Working days: the published arrangements of 国庆 and 调休, unpublished years, and equality with counting day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.apps.policy import presets
from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.policy import PolicyError, load_yaml

DAY = timedelta(days=1)
CHINA = WorkCalendar.of(CalendarSpec.model_validate(presets.load("calendar", "cn").data).years)
days = st.dates(date(2017, 1, 1), date(2029, 12, 31))


def counted(calendar: WorkCalendar, start: date, end: date) -> int:
    """The oracle: every day asked one by one."""
    if end < start:
        return -counted(calendar, end, start)
    return sum(calendar.is_working(start + DAY * (i + 1)) for i in range((end - start).days))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    some = draw(st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), unique=True, max_size=40))
    off, on = frozenset(some[::2]), frozenset(day for day in some[1::2] if day.weekday() >= 5)
    return WorkCalendar(off, on, frozenset({2024, 2025, 2026}))


@given(calendars(), days, st.integers(0, 400))
def test_working_days_between_equals_counting_day_by_day(calendar: WorkCalendar, start: date, length: int) -> None:
    end = start + DAY * length
    assert calendar.working_days_between(start, end) == counted(calendar, start, end)
    assert calendar.working_days_between(end, start) == -counted(calendar, start, end)


@given(calendars(), days, st.integers(0, 120))
def test_adding_working_days_lands_on_the_nth_working_day(calendar: WorkCalendar, start: date, n: int) -> None:
    at, left = start, n
    while left:
        at += DAY
        left -= calendar.is_working(at)
    assert calendar.add_working_days(start, n) == at


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_terms_in_working_days_add_up(start: date, first: int, second: int) -> None:
    assert CHINA.add_working_days(CHINA.add_working_days(start, first), second) == CHINA.add_working_days(start, first + second)


@given(days, st.integers(1, 90))
def test_a_term_in_calendar_days_never_ends_on_a_day_off(start: date, n: int) -> None:
    due = CHINA.deadline(start, days=n).due
    assert CHINA.is_working(due)
    assert counted(CHINA, start + DAY * n, due) == (0 if due == start + DAY * n else 1)


@given(days)
def test_the_seeded_calendar_says_what_the_package_says(day: date) -> None:
    chinese_calendar = pytest.importorskip("chinese_calendar")
    if day.year in CHINA.published:
        assert CHINA.is_working(day) == chinese_calendar.is_workday(day)


def test_five_working_days_before_national_day_2025_end_after_the_holiday() -> None:
    """国庆中秋 2025-10-01 to 08 off, Sunday 09-28 and Saturday 10-11 worked."""
    assert CHINA.add_working_days(date(2025, 9, 26), 5) == date(2025, 10, 10)
    assert CHINA.add_working_days(date(2025, 9, 26), 1) == date(2025, 9, 28)
    assert CHINA.add_working_days(date(2025, 9, 30), 3) == date(2025, 10, 11)


def test_seven_calendar_days_that_end_in_the_holiday_end_on_its_first_working_day() -> None:
    assert CHINA.deadline(date(2025, 9, 26), days=7).due == date(2025, 10, 9)
    assert CHINA.deadline(date(2025, 9, 21), days=7).due == date(2025, 9, 28)  # a Sunday that is worked


def test_a_term_into_an_unpublished_year_says_so() -> None:
    newest = max(CHINA.published)
    told = CHINA.deadline(date(newest, 12, 25), working_days=10)
    assert told.unpublished == (newest + 1,)
    assert CHINA.deadline(date(newest, 3, 2), working_days=10).unpublished == ()


def test_negative_and_endless_terms_are_refused() -> None:
    for n in (-1, 5_001):
        with pytest.raises(ValueError, match="工作日数"):
            CHINA.add_working_days(date(2025, 1, 1), n)
    with pytest.raises(ValueError, match="之一"):
        CHINA.deadline(date(2025, 1, 1))


@pytest.mark.parametrize(("year", "reason"), [
    ("2027: {published: true, workdays: [2027-01-04]}", "是工作日"),
    ("2027: {published: true, holidays: [2026-12-31]}", "不在 2027 年"),
    ("2027: {published: true, holidays: [2027-01-02], workdays: [2027-01-02]}", "既写成放假又写成上班"),
    ("2027: {published: false, holidays: [2027-01-01]}", "放假安排公布后再填"),
])
def test_a_calendar_that_contradicts_itself_is_refused_with_its_line(year: str, reason: str) -> None:
    with pytest.raises(PolicyError, match=reason) as refused:
        load_yaml(f"label: 本县\nyears:\n  2026: {{published: true}}\n  {year}\n", kind="calendar", id="county")
    assert "第" in str(refused.value)


def test_a_county_adds_only_the_year_that_differs() -> None:
    text = "label: 本县\nextends: cn\nyears:\n  2027: {published: true, holidays: [2027-01-01]}\n"
    own = WorkCalendar.of(CalendarSpec.model_validate(load_yaml(text, kind="calendar", id="county").data).years)
    assert own.published == CHINA.published | {2027}
    assert not own.is_working(date(2027, 1, 1))
    assert own.holidays > CHINA.holidays
