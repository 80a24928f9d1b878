"""Networks as policy: the promised totals, the waits that nothing shortens, what a wrong file is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain import presets
from tenglong.domain.casework.network import schedule
from tenglong.domain.landing.permits import catalogue, days, rules
from tenglong.domain.landing.permits.network import (
    PRE,
    Fact,
    Situation,
    activities,
    at_once,
    compare,
    counted_days,
    lawful_minimum,
    legal_before,
    plan,
)
from tenglong.domain.landing.permits.tests import permit_networks as nets
from tenglong.domain.policy import PolicyError, load_yaml

CALENDAR, MONDAY = nets.CALENDAR, nets.MONDAY
LONG_AGO = date(2026, 1, 5)


def test_zhejiang_90_days_are_60_and_30() -> None:
    """G25: 浙江在线 2019-04-25."""
    policy = nets.network("zj-90")
    assert {name: counted_days(policy, one) for name, one in policy.promises.items()} == {
        "before_start": 60, "completion": 30, "whole": 90}
    assert policy.promises["before_start"].working_days + policy.promises["completion"].working_days == 90


def test_small_low_risk_is_20_days_up_to_5000_square_metres() -> None:
    """G25: 浙江日报 2020-08-21."""
    policy = nets.network("zj-small")
    assert counted_days(policy, policy.promises["whole"]) == policy.promises["whole"].working_days == 20
    assert policy.misfits(50_000_000, ["warehouse"]) == []
    assert policy.misfits(50_000_001, ["warehouse"]) == ["总建筑面积 5,000.0001 平方米，超过 5,000 平方米"]
    assert policy.misfits(None, ["warehouse", "standard_plant"]) == ["没有填总建筑面积", "须功能单一"]
    assert policy.misfits(10_000, ["hotel"]) == ["功能不在适用范围：hotel"]


def test_land_and_start_gives_four_certificates_days_after_the_deal_not_weeks() -> None:
    policy = nets.network("zj-land-and-start")
    found = compare(policy, Situation(MONDAY), CALENDAR)
    deal, permit = found["pre_review"].task("deal"), found["pre_review"].task("construction_permit")
    reviewed = replace(Situation(MONDAY), facts={  # everything that may be reviewed was, inside the notice window
        name: Fact(pre_started_on=MONDAY, pre_done_on=date(2026, 3, 20)) for name, step in policy.steps.items() if step.early})
    flipped = plan(policy, "pre_review", reviewed, CALENDAR)
    sold, built = (flipped.task(one).early_finish for one in ("deal", "construction_permit"))
    assert CALENDAR.working_days_between(sold, built) <= 5
    ends = [found[route].task("construction_permit").early_finish for route in ("pre_review", "parallel", "serial")]
    assert ends == sorted(ends) and len(set(ends)) == 3
    assert permit.early_finish > deal.early_finish and found["serial"].task("deal").early_finish == deal.early_finish


@pytest.mark.parametrize(("name", "wait"), nets.WAITS)
def test_a_wait_runs_in_full_on_every_route_however_early_the_rest_begins(name: str, wait: str) -> None:
    policy = nets.network(name)
    rule = policy.steps[wait].wait
    assert rule is not None and rule.clause
    everything = Situation(MONDAY, early=frozenset(policy.steps))
    for route in policy.routes:
        for now in (Situation(MONDAY), everything):
            for made in (plan(policy, route, now, CALENDAR), plan(policy, route, now, CALENDAR, at_once)):
                begins = max([MONDAY, *(made.task(one).early_finish for one in policy.steps[wait].after)])
                assert made.task(wait).early_finish == rule.deadline(begins, CALENDAR).due
                followers = [one for one, step in policy.steps.items() if wait in step.after]
                for one in followers:
                    assert made.task(one).early_finish >= rule.earliest(begins, CALENDAR)


@pytest.mark.parametrize(("name", "wait"), nets.WAITS)
def test_a_wait_refuses_the_day_before_with_its_clause_and_no_policy_may_begin_it_early(name: str, wait: str) -> None:
    policy = nets.network(name)
    rule = policy.steps[wait].wait
    assert rule is not None
    now = Situation(LONG_AGO, facts={one: Fact(done_on=MONDAY) for one in policy.steps if one != wait})
    due = rule.deadline(MONDAY, CALENDAR).due
    early = rules.refused_done(policy, wait, due - timedelta(days=1), now, CALENDAR)
    assert len(early) == 1 and rule.clause in early[0] and due.isoformat() in early[0]
    assert rules.refused_done(policy, wait, due, now, CALENDAR) == []
    assert rules.refused_review(policy, wait, MONDAY, now)[0].endswith(f"（{rule.clause}）")
    for follower in (one for one, step in policy.steps.items() if wait in step.after):
        said = rules.refused_done(policy, follower, MONDAY, now, CALENDAR)
        assert any(rule.clause in one for one in said) or (said and policy.steps[follower].wait)  # its own has not begun
        over = replace(now, facts={**now.facts, wait: Fact(done_on=due)})
        assert bool(rules.refused_done(policy, follower, due, over, CALENDAR)) == (
            rule.opens == "day_after" or policy.steps[follower].wait is not None)


@pytest.mark.parametrize(("name", "step", "kind"), nets.CLOCKS)
def test_a_deadline_or_a_pledge_only_warns(name: str, step: str, kind: str) -> None:
    policy = nets.network(name)
    clock = getattr(policy.steps[step], kind)
    facts = {one: Fact(done_on=LONG_AGO) for one in legal_before(policy, step)}
    due = clock.deadline(MONDAY, CALENDAR).due
    for late, day in ((False, due), (True, due + timedelta(days=1))):
        now = Situation(LONG_AGO, facts={**facts, step: Fact(started_on=MONDAY, done_on=day)})
        told = [one.clock.id for who, one in rules.warnings(policy, now, day, CALENDAR) if who == step]
        assert (clock.id in told) == late
        assert rules.refused_done(policy, step, day, now, CALENDAR) == []


@pytest.mark.parametrize("name", nets.NETWORKS)
def test_the_lawful_minimum_is_the_waits_alone_and_no_plan_comes_sooner(name: str) -> None:
    policy = nets.network(name)
    _route, least = lawful_minimum(policy, Situation(MONDAY), CALENDAR)
    assert least.end <= min(one.end for one in compare(policy, Situation(MONDAY), CALENDAR).values())
    if name == "zj-land-and-start":  # 20 days of notice, 10 of listing from Monday 2 March: 22 March is a Sunday
        assert (least.task("notice").early_finish, least.end) == (date(2026, 3, 23), date(2026, 4, 2))


def test_no_permit_carries_a_holder_before_the_deal() -> None:
    policy = nets.network("zj-land-and-start")
    now = Situation(MONDAY)
    assert rules.before_deal(policy, now)
    for name, step in policy.steps.items():
        if step.certificate:
            assert rules.refused_done(policy, name, date(2027, 3, 1), now, CALENDAR)
    early = rules.refused_review(policy, "land_permit", MONDAY, now)
    assert early == ["“建设用地规划许可证”要在“发布出让公告”、“项目备案赋码”之后才能预审"]
    assert rules.refused_review(policy, "start_build", MONDAY, now)[0].startswith("“开工”不得提前：建筑法第七条")


def test_a_blocker_holds_what_follows_and_nothing_else() -> None:
    policy = nets.network("zj-90")
    free, until = plan(policy, "parallel", Situation(MONDAY), CALENDAR), date(2026, 12, 1)
    held = plan(policy, "parallel", Situation(MONDAY, holds={"drawing_review": until}), CALENDAR)
    assert held.task("drawing_review").early_finish == free.task("drawing_review").early_finish
    assert held.task("construction_permit").early_finish > until > free.task("construction_permit").early_finish
    assert held.task("title").early_finish == free.task("title").early_finish
    done = Situation(MONDAY, facts={"drawing_review": Fact(done_on=MONDAY)}, holds={"drawing_review": until})
    assert plan(policy, "parallel", done, CALENDAR).task("construction_permit").early_finish < until


def test_a_step_that_is_left_out_lets_its_followers_pass() -> None:
    policy = nets.network("zj-90")
    without = Situation(MONDAY, facts={name: Fact(omitted=True) for name in ("energy", "soil_water")})
    assert plan(policy, "serial", without, CALENDAR).end <= plan(policy, "serial", Situation(MONDAY), CALENDAR).end
    assert plan(policy, "serial", without, CALENDAR).task("energy").early_finish == \
        plan(policy, "serial", without, CALENDAR).task("eia").early_finish


DAY = st.integers(0, 400).map(lambda n: MONDAY + timedelta(days=n))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(nets.NETWORKS), st.data())
def test_the_passes_over_arrays_are_the_one_forward_pass(name: str, data: st.DataObject) -> None:
    policy = nets.network(name)
    route = data.draw(st.sampled_from(list(policy.routes)))
    steps = data.draw(st.lists(st.sampled_from(list(policy.steps)), max_size=6, unique=True))
    facts = {one: Fact(*data.draw(st.sampled_from([(MONDAY, None), (None, MONDAY), (None, None, MONDAY, None),
                                                   (None, None, MONDAY, MONDAY)]))) for one in steps}
    holds = {one: data.draw(DAY) for one in data.draw(st.lists(st.sampled_from(list(policy.steps)), max_size=2))}
    now = Situation(MONDAY, facts, holds, data.draw(st.none() | DAY))
    acts = activities(policy, route, now)
    told = schedule(acts, now.start, CALENDAR, as_of=now.as_of)
    ends = days.forward(acts, now.start, CALENDAR, as_of=now.as_of)
    assert {one.id: days.day_of(int(ends[one.id])) for one in acts} == {one.id: one.early_finish for one in told.tasks}


NOTICE = "    wait: {id: notice, label: 出让公告"
WRONG = [
    (NOTICE, f"    early: {{how: pre_review, after: [], formal: {{working_days: 0}}}}\n{NOTICE}", "法定最短时限不能提前"),
    (NOTICE, f"    may_omit: 无\n{NOTICE}", "法定最短时限不能提前，也不能省略"),
    ("after: [contract, filing]\n    legal", "after: [filing]\n    legal", "应在“成交确认”之后"),
    ("label: 设计方案联合审查, kind: pledge, working_days: 15", "label: 设计方案, kind: pledge, working_days: 16",
     "不超过 60 个工作日”"),
    ("label: 施工图审查, kind: pledge, working_days: 15", "label: 图审, kind: pledge, working_days: 16",
     "长于法定 15 个工作日"),
    ("after: [notice]\n    wait", "after: [contract]\n    wait", "步骤绕成了圈"),
    ("department: hb", "department: xx", "没有部门“xx”"),
    ("materials: [as_built, works_permit_paper]", "materials: [as_built, nothing]", "没有材料“nothing”"),
    ("kind: min_wait, days: 20", "kind: pledge, days: 20", "wait 里的时限应是 min_wait"),
]


@pytest.mark.parametrize(("old", "new", "why"), WRONG)
def test_a_wrong_network_is_refused_with_its_line(old: str, new: str, why: str) -> None:
    text = presets.preset("permits/zj-90@2019.yaml")
    assert old in text
    with pytest.raises(PolicyError) as found:
        load_yaml(text.replace(old, new, 1), kind="permits", id="zj-90", file="x.yaml")
    assert why in str(found.value) and "x.yaml 第 " in str(found.value)


def test_reviews_exist_only_on_routes_that_use_them() -> None:
    policy = nets.network("zj-90")
    for route, uses in ((name, one.uses) for name, one in policy.routes.items()):
        made = {one.id for one in activities(policy, route, Situation(MONDAY)) if one.id.endswith(PRE)}
        assert bool(made) == ("pre_review" in uses)
    assert catalogue.load("zj-90").fastest == "pre_review"
