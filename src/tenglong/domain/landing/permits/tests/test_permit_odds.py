"""Odds of an end against what can be worked out exactly, and savings against running it all again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tenglong.domain.casework.definition import Term
from tenglong.domain.casework.network import Activity
from tenglong.domain.landing.permits.days import day_of
from tenglong.domain.landing.permits.montecarlo import beliefs, drawn, odds, simulate
from tenglong.domain.landing.permits.network import PRE, Fact, Situation, activities, base, end_of, plan, pledged
from tenglong.domain.landing.permits.saving import savings
from tenglong.domain.landing.permits.spread import Spread, believed
from tenglong.domain.landing.permits.tests import permit_networks as nets

CALENDAR, MONDAY = nets.CALENDAR, nets.MONDAY
A = Spread((2, 5, 11), (0.5, 0.3, 0.2))
B = Spread((1, 3, 4, 20), (0.25, 0.25, 0.4, 0.1))
C = Spread((6, 7, 30), (0.3, 0.58, 0.12))
FEW = Activity("a", working_days=1), Activity("b", working_days=1), Activity("c", working_days=1)


def chances(spread: Spread) -> np.ndarray:  # type: ignore[type-arg]
    """Probability of 0, 1, 2 … working days."""
    found = np.zeros(200)
    found[list(spread.days)] = spread.chances
    return found


def series(*spreads: Spread) -> np.ndarray:  # type: ignore[type-arg]
    found = chances(spreads[0])
    for one in spreads[1:]:
        found = np.convolve(found, chances(one))[:200]
    return found


def parallel(*each: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.diff(np.prod([np.cumsum(one) for one in each], axis=0), prepend=0.0)


def chain(*names: str) -> list[Activity]:
    return [Activity(name, working_days=1, after=(names[at - 1],) if at else ()) for at, name in enumerate(names)]


JOIN = [Activity("a", working_days=1), Activity("b", working_days=1), Activity("c", working_days=1),
        Activity("end", after=("a", "b", "c"))]
DIAMOND = [Activity("a", working_days=1), Activity("b", working_days=1, after=("a",)),
           Activity("c", working_days=1, after=("a",)), Activity("end", after=("b", "c"))]
CLOSED = [
    (chain("a", "b", "c"), "c", series(A, B, C)), (JOIN, "end", parallel(chances(A), chances(B), chances(C))),
    (DIAMOND, "end", np.convolve(chances(A), parallel(chances(B), chances(C)))[:200]),
]


@pytest.mark.parametrize(("acts", "end", "exact"), CLOSED, ids=["series", "parallel", "diamond"])
def test_p50_and_p90_are_those_of_the_closed_form(acts: list[Activity], end: str, exact: np.ndarray) -> None:  # type: ignore[type-arg]
    draws = 200_000
    found = drawn(acts, MONDAY, CALENDAR, {"a": A, "b": B, "c": C}, draws=draws, seed=7)
    told = odds(found[end], draws)
    reached = np.cumsum(exact)
    for share, day in ((0.5, told.p50), (0.9, told.p90)):
        assert CALENDAR.working_days_between(MONDAY, day) == int(np.searchsorted(reached, share))
    for n in np.flatnonzero(exact):
        assert abs(told.by(CALENDAR.add_working_days(MONDAY, int(n))) - reached[n]) < 0.01


def test_the_same_seed_gives_the_same_answer_and_another_seed_hardly_another() -> None:
    policy = nets.network("zj-90")
    one, again, other = (simulate(policy, "parallel", Situation(MONDAY), CALENDAR, seed=seed) for seed in (1, 1, 2))
    assert one == again and one != other
    for goal in policy.goals:
        assert abs((one[goal].p50 - other[goal].p50).days) <= 7


def test_no_draw_shortens_a_lawful_wait() -> None:
    policy = nets.network("zj-90")
    for route in policy.routes:
        acts = activities(policy, route, Situation(MONDAY))
        spreads = beliefs(policy, acts, dict.fromkeys(policy.steps, [1] * 500))
        assert not {base(name) for name in spreads} & set(policy.waits())
        ends = drawn(acts, MONDAY, CALENDAR, spreads, draws=500)
        for wait in policy.waits():
            rule = policy.steps[wait].wait
            assert rule is not None
            begins = np.maximum.reduce([ends[one] for one in policy.steps[wait].after])
            for begin, end in {(int(a), int(b)) for a, b in np.broadcast(begins, ends[wait])}:
                assert day_of(end) >= rule.deadline(day_of(begin), CALENDAR).due


def test_few_cases_leave_the_belief_of_the_policy_and_many_take_it_over() -> None:
    policy = nets.network("zj-90")
    none, few, many = (believed(10, [30] * n, policy.forecast) for n in (0, 2, 800))
    assert (none.n, none.quantile(0.5), none.quantile(0.9)) == (0, 10, 15)
    assert few.quantile(0.5) == 10 and few.mean > none.mean and few.n == 2
    assert many.quantile(0.1) == 30 and sum(many.chances) == pytest.approx(1)


def test_a_step_that_has_begun_takes_longer_than_it_has_taken() -> None:
    acts = [Activity("a", working_days=5, started_on=MONDAY)]
    today = CALENDAR.add_working_days(MONDAY, 4)
    told = odds(drawn(acts, MONDAY, CALENDAR, {"a": A}, as_of=today)["a"], 10_000)
    assert [CALENDAR.working_days_between(MONDAY, day) for day, _share in told.cases] == [5, 11]
    assert told.cases[0][1] == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("route", ["serial", "pre_review"])
def test_what_saves_most_is_what_running_it_again_says(route: str) -> None:
    """Every step changed by hand, one run of the plan each."""
    policy = nets.network("zj-90")
    now = Situation(MONDAY, {"publish": Fact(done_on=MONDAY), "filing": Fact(started_on=MONDAY)},
                    {"eia_review": date(2027, 2, 1)}, date(2026, 3, 10))
    before = plan(policy, route, now, CALENDAR).task("start_build").early_finish
    told = {(one.step, one.how): one.days for one in savings(policy, route, now, CALENDAR, goal="start_build")}
    again = {}
    for name, step in policy.steps.items():
        for how, less in (("at_once", 10_000), ("one_day", 1)):
            def shorter(one, that, name=name, less=less):  # type: ignore[no-untyped-def]
                term = pledged(one, that)
                least = 1 if one in ("works_permit", "eia") else 0
                keep = one != name or term is None or that.wait is not None or not term.working_days
                return term if keep else Term(working_days=max(least, term.working_days - less))

            if step.early is None or not (route == "pre_review" and step.early.formal.working_days):
                end = plan(policy, route, now, CALENDAR, shorter).task("start_build").early_finish
                again[name, how] = (before - end).days
        early = plan(policy, route, replace(now, early=frozenset({name})), CALENDAR).task("start_build").early_finish
        again[name, "early"] = (before - early).days
    free = plan(policy, route, replace(now, holds={}), CALENDAR).task("start_build").early_finish
    again["eia_review", "unblocked"] = (before - free).days
    assert {key: days for key, days in again.items() if days > 0} == {key: told[key] for key in told if key in again}
    assert told and max(told.values()) == told["eia_review", "unblocked"]


def test_reviews_are_drawn_and_the_formal_act_after_them_is_not() -> None:
    policy = nets.network("zj-land-and-start")
    acts = activities(policy, "pre_review", Situation(MONDAY))
    spreads = beliefs(policy, acts, {"works_permit": [3, 4]})
    assert f"works_permit{PRE}" in spreads and "works_permit" not in spreads and spreads[f"works_permit{PRE}"].n == 2
    assert end_of({"a": 1, "a.hold": 2}, "a") == 2
