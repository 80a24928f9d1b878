"""Critical path against a second implementation that knows no passes: it delays each task day by day and looks at the end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.casework.network import Activity, NetworkError, Schedule, schedule
from tenglong.domain.policy.shelf import packaged

YEARS = CalendarSpec.model_validate(packaged("calendar", "cn").data).years
CALENDAR = WorkCalendar.of(YEARS)
OFF = {day for year in YEARS.values() if year.published for day in year.holidays}
MADE_UP = {day for year in YEARS.values() if year.published for day in year.workdays}
ONE = timedelta(days=1)


# ---- the oracle


def works(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def finish(one: Activity, begins: date) -> date:
    day, left = begins, one.working_days or 0
    while left:
        day += ONE
        left -= works(day)
    if one.days:
        day = begins + one.days * ONE
        while not works(day):
            day += ONE
    return day


def simulate(
    tasks: Mapping[str, Activity], start: date, begin: Mapping[str, date], end: Mapping[str, date]
) -> dict[str, tuple[date, date]]:
    """Start and end of every task by asking its predecessors; `begin`, `end` force single ones later."""
    found: dict[str, tuple[date, date]] = {}

    def ask(name: str) -> tuple[date, date]:
        if name not in found:
            one = tasks[name]
            begins = begin.get(name) or max([start, *(ask(before)[1] for before in one.after), *filter(None, [one.not_before])])
            found[name] = begins, end.get(name) or finish(one, begins)
        return found[name]

    for name in tasks:
        ask(name)
    return found


def last_harmless(tasks: Mapping[str, Activity], start: date, name: str, which: int) -> tuple[date, int]:
    """Latest working day (or the earliest date itself) to which start (0) or end (1) may slip, and working days to it."""
    plain = simulate(tasks, start, {}, {})
    over = max(ends for _begins, ends in plain.values())
    day = best = plain[name][which]
    slipped = counted = 0
    while day < over:
        day += ONE
        slipped += works(day)
        forced = ({name: day}, {}) if which == 0 else ({}, {name: day})
        if max(ends for _begins, ends in simulate(tasks, start, *forced).values()) > over:
            break
        if works(day):
            best, counted = day, slipped
    return best, counted


def random_network(seed: int) -> tuple[list[Activity], date]:
    draw = random.Random(seed)
    start = date(draw.choice([2023, 2024, 2025, 2026]), 1, 1) + timedelta(days=draw.randrange(365))
    if seed % 4 == 0:  # just before National Day or the Spring Festival
        start = draw.choice([date(2025, 9, 24), date(2026, 2, 9), date(2024, 2, 5), date(2023, 9, 25), date(2025, 1, 20)])
    made = []
    for place in range(draw.randint(1, 7)):
        before = [f"t{other}" for other in range(place) if draw.random() < 0.4]
        calendar_days = draw.random() < 0.25
        length = draw.choice([0, 1, 1, 2, 3, 5, 8, 13])
        made.append(Activity(
            f"t{place}", working_days=None if calendar_days else length, days=length if calendar_days else None,
            after=tuple(before), not_before=start + timedelta(days=draw.randrange(12)) if draw.random() < 0.15 else None))
    draw.shuffle(made)
    return made, start


def test_a_thousand_random_networks_agree_with_the_oracle() -> None:
    for seed in range(1000):
        made, start = random_network(seed)
        tasks = {one.id: one for one in made}
        found = schedule(made, start, CALENDAR)
        plain = simulate(tasks, start, {}, {})
        assert found.end == max(ends for _begins, ends in plain.values()), seed
        for one in found.tasks:
            late_finish, slack = last_harmless(tasks, start, one.id, 1)
            late_start, _slack = last_harmless(tasks, start, one.id, 0)
            told = (one.early_start, one.early_finish, one.late_start, one.late_finish, one.slack)
            assert told == (*plain[one.id], late_start, late_finish, slack), (seed, one.id)
        assert_driving_chain(found, tasks, start)


def assert_driving_chain(found: Schedule, tasks: Mapping[str, Activity], start: date) -> None:
    chain = [found.task(name) for name in found.path]
    assert chain[-1].early_finish == found.end
    for before, after in zip(chain, chain[1:], strict=False):
        assert before.id in tasks[after.id].after
        assert before.early_finish == after.early_start
    assert chain[0].early_start in (start, tasks[chain[0].id].not_before)


# ---- the calendar


@pytest.mark.parametrize(("start", "days", "end"), [
    # National Day 2025: off 1–8 October; 28 September (Sunday) and 11 October (Saturday) are worked
    (date(2025, 9, 26), 1, date(2025, 9, 28)), (date(2025, 9, 26), 3, date(2025, 9, 30)),
    (date(2025, 9, 26), 4, date(2025, 10, 9)),
    (date(2025, 9, 26), 6, date(2025, 10, 11)), (date(2025, 9, 26), 7, date(2025, 10, 13)),
    # Spring Festival 2026: off 15–23 February; 14 and 28 February (Saturdays) are worked
    (date(2026, 2, 13), 1, date(2026, 2, 14)), (date(2026, 2, 13), 2, date(2026, 2, 24)),
    (date(2026, 2, 13), 6, date(2026, 2, 28)),
    (date(2026, 2, 13), 7, date(2026, 3, 2)),
    # Spring Festival 2024: off 10–17 February; 4 February (Sunday) and 18 February (Sunday) are worked
    (date(2024, 2, 2), 1, date(2024, 2, 4)), (date(2024, 2, 9), 1, date(2024, 2, 18)), (date(2024, 2, 9), 2, date(2024, 2, 19)),
])
def test_working_days_cross_the_holidays_as_published(start: date, days: int, end: date) -> None:
    first, rest = (1, days - 1) if days > 1 else (0, 1)
    made = [Activity("a", working_days=first), Activity("b", working_days=rest, after=("a",))]
    found = schedule(made, start, CALENDAR)
    assert (found.end, found.unpublished) == (end, ())


def test_a_year_that_nobody_has_published_is_marked() -> None:
    made = [Activity("a", working_days=5), Activity("b", working_days=10, after=("a",))]
    found = schedule(made, date(2026, 12, 24), CALENDAR)
    assert (found.end, found.unpublished) == (date(2027, 1, 14), (2027,))
    assert found.end_text == "2027-01-14（2027 年放假安排未公布，按周一至周五推算）"
    assert [task.unpublished for task in found.tasks] == [(), (2027,)]


# ---- progress and refusals


def test_what_is_done_stays_and_what_is_late_pushes_the_end() -> None:
    made = [Activity("a", working_days=5, done_on=date(2025, 6, 4)),
            Activity("b", working_days=5, after=("a",), started_on=date(2025, 6, 4)),
            Activity("c", working_days=3, after=("b",))]
    on_time = schedule(made, date(2025, 6, 2), CALENDAR, as_of=date(2025, 6, 5))
    assert [task.early_finish.day for task in on_time.tasks] == [4, 11, 16]
    late = schedule(made, date(2025, 6, 2), CALENDAR, as_of=date(2025, 6, 20))
    assert [(task.early_finish.day, task.slack) for task in late.tasks] == [(4, None), (20, 0), (25, 0)]
    assert late.path == ("b", "c")


def test_a_ring_names_its_tasks_and_unknown_ones_are_refused() -> None:
    ring = [Activity("a", "甲", after=("c",)), Activity("b", "乙", after=("a",)), Activity("c", "丙", after=("b",))]
    with pytest.raises(NetworkError, match="绕成了圈：甲 → 乙 → 丙 → 甲|乙 → 丙 → 甲 → 乙|丙 → 甲 → 乙 → 丙"):
        schedule(ring, date(2025, 6, 2), CALENDAR)
    with pytest.raises(NetworkError, match="前置任务“x”不存在"):
        schedule([Activity("a", after=("x",))], date(2025, 6, 2), CALENDAR)
    with pytest.raises(NetworkError, match="任务“a”重复"):
        schedule([Activity("a"), Activity("a")], date(2025, 6, 2), CALENDAR)
    with pytest.raises(NetworkError, match="之一"):
        schedule([Activity("a", working_days=1, days=1)], date(2025, 6, 2), CALENDAR)
    with pytest.raises(NetworkError, match="0 到 5,000"):
        schedule([Activity("a", days=-1)], date(2025, 6, 2), CALENDAR)
    with pytest.raises(NetworkError, match="没有任务"):
        schedule([], date(2025, 6, 2), CALENDAR)
