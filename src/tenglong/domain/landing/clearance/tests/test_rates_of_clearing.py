"""Rates on any day by three bases agree with a count over the rows; the plan's S; steps, stages and soil that block."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.clearance import curve, rates, soil, stages, steps
from tenglong.domain.landing.clearance.book import load
from tenglong.domain.landing.clearance.policy import STAGES
from tenglong.domain.landing.clearance.rates import Line, Rate, Share
from tenglong.domain.landing.clearance.stages import Dates

DAY, PLAIN = date(2023, 5, 1), WorkCalendar(frozenset(), frozenset(), frozenset())
days = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))
maybe = st.none() | days


@st.composite
def a_line(draw: Any) -> Line:
    listed = draw(days)
    kept = {stage: draw(maybe) for stage in STAGES}
    dropped = draw(st.none() | st.integers(1, 30).map(lambda n: listed + timedelta(days=n)))
    land = draw(st.dictionaries(st.integers(1, 4), st.integers(1, 10**9), max_size=3))
    paid = tuple(draw(st.lists(st.tuples(days, st.integers(1, 10**9)), max_size=3)))
    return Line(draw(st.integers(1, 10**6)), Dates(listed, dropped=dropped, **kept), tuple(Share(*one) for one in land.items()),
                draw(st.integers(0, 10**10)), paid, paid)


@settings(max_examples=60)
@given(st.lists(a_line(), max_size=6), days)
def test_rates_by_three_bases_agree_with_a_count_over_the_rows(lines: list[Line], on: date) -> None:
    found = rates.rates(lines, on)
    listed = [row for row in lines if row.dates.listed <= on and not (row.dates.dropped and row.dates.dropped <= on)]
    plots = {share.plot for row in listed for share in row.land}
    for stage in STAGES:
        there = {id(row) for row in listed if (at := getattr(row.dates, stage)) and at <= on}
        area = sum(share.area_cm2 for row in listed for share in row.land if id(row) in there)
        whole = [plot for plot in plots
                 if not [row for row in listed if plot in {share.plot for share in row.land} and id(row) not in there]]
        total = sum(share.area_cm2 for row in listed for share in row.land)
        assert found.cells[stage] == {
            "holders": Rate(len(there), len(listed)), "area": Rate(area, total), "plots": Rate(len(whole), len(plots))}
    signed = [row for row in listed if row.dates.signed and row.dates.signed <= on]
    assert found.money.due == sum(row.due_fen for row in signed)
    assert found.money.funded == sum(amount for row in signed for day, amount in row.funds if day <= on)


@settings(max_examples=20)
@given(st.lists(a_line(), min_size=1, max_size=3), days)
def test_a_point_of_the_curve_is_the_rate_of_its_day_and_the_future_has_none(lines: list[Line], today: date) -> None:
    plan = {"signed": curve.Span(DAY, DAY + timedelta(days=30))}
    points = curve.curve(lines, plan, ("signed", "vacated"), "area", today)
    assert [point.on for point in points] == sorted({point.on for point in points})
    for point in points:
        wanted = rates.rates(lines, point.on).cells["signed"]["area"].value if point.on <= today else None
        assert point.actual["signed"] == wanted
    shares = [point.planned["signed"] for point in points]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1


def test_the_plan_is_half_done_in_the_middle_and_whole_on_its_last_day() -> None:
    span = curve.Span(date(2023, 1, 1), date(2023, 1, 11))
    assert [span.share(date(2023, 1, day)) for day in (1, 6, 11)] == [0, Fraction(1, 2), 1]
    assert curve.Span(DAY, DAY).share(DAY) == 1


def test_ninety_nine_and_a_bit_is_never_called_a_hundred() -> None:
    assert [Rate(1999, 2000).percent, Rate(99_999, 100_000).percent, Rate(54, 54).percent] == ["99.95%", "99.99%", "100.00%"]
    assert Rate(0, 0).percent == "—"


def test_a_plot_has_the_colour_of_its_least_advanced_holder() -> None:
    done = Line(1, Dates(DAY, DAY, None, DAY, DAY), (Share(7, 1), Share(8, 1)))
    late = Line(2, Dates(DAY, DAY), (Share(8, 1),))
    assert rates.colours([done, late], DAY) == {7: "demolished", 8: "signed"}
    assert rates.colours([done, late], DAY - timedelta(days=1)) == {}


def test_a_day_that_has_not_come_or_goes_against_the_order_is_refused() -> None:
    late = DAY + timedelta(days=1)
    assert stages.problems(Dates(DAY, signed=DAY, vacated=DAY), DAY) == []
    assert "还没有到" in stages.problems(Dates(DAY, signed=late), DAY)[0]
    assert "还没有签约" in stages.problems(Dates(DAY, vacated=DAY), DAY)[0]
    assert "早于签约" in stages.problems(Dates(DAY, signed=late, vacated=DAY), late)[0]
    assert "早于列入名单" in stages.problems(Dates(late, signed=DAY), late)[0]


# ---- steps


@pytest.mark.parametrize(("kind", "step"), [
    (kind, step.id) for kind, taking in load().kinds.items() for step in taking.steps if step.clocks])
def test_a_wait_refuses_with_its_clause_and_a_deadline_or_pledge_only_warns(kind: str, step: str) -> None:
    taking = load().kind(kind)
    asked = taking.step(step)
    clock = asked.clocks[0]
    done = dict.fromkeys([one.id for one in taking.steps[: taking.steps.index(asked)] if not one.optional], DAY)
    early = steps.refusals(taking, asked, done, False, DAY + timedelta(days=1), PLAIN)
    late = DAY + timedelta(days=400)
    assert steps.refusals(taking, asked, done, False, late, PLAIN) == ()
    told = [one for one in steps.clocks(asked, done, late, PLAIN) if one.warned]
    if clock.kind == "min_wait":
        assert clock.clause in early[0] and told == []
        first = clock.earliest(DAY, PLAIN)
        assert steps.refusals(taking, asked, done, False, first - timedelta(days=1), PLAIN)
        assert steps.refusals(taking, asked, done, False, first, PLAIN) == ()
    else:
        assert early == () and clock.clause in told[0].says


@pytest.mark.parametrize("kind", list(load().kinds))
def test_a_survey_opens_nothing_but_its_own_step(kind: str) -> None:
    taking = load().kind(kind)
    found = steps.stand(taking, {}, True, DAY, PLAIN)
    assert [one.step.id for one in found if one.open] == ["survey"]
    assert all("摸底" in steps.gate(taking, stage, {}, True, DAY)[0] for stage in STAGES)
    everything = {one.id: DAY for one in taking.steps}
    assert all(steps.gate(taking, stage, everything, False, DAY) == [] for stage in STAGES)
    assert steps.gate(taking, "signed", {}, False, DAY)
    assert steps.decided(taking, everything, DAY) and not steps.decided(taking, everything, DAY - timedelta(days=1))


def test_a_step_waits_for_those_before_it_but_not_for_one_that_was_not_called_for() -> None:
    taking = load().kind("state_house")
    done = {"survey": DAY, "interest": DAY, "plan": DAY, "opinions": DAY}
    assert "先办" in steps.refusals(taking, taking.step("decision"), done, False, DAY, PLAIN)[0]
    assert "补偿决定" in steps.refusals(taking, taking.step("court"), done, False, DAY, PLAIN)[0]
    agreed = dict.fromkeys(("opinions_done", "risk", "funds"), DAY)
    assert steps.refusals(taking, taking.step("decision"), done | agreed, False, DAY, PLAIN) == ()


# ---- soil


def test_land_of_a_key_unit_is_not_demolished_without_its_plan_nor_delivered_without_the_survey() -> None:
    gate, key = load().soil, soil.Soil("T1", "due", True)
    assert gate.demolition in soil.demolition(gate, [key], ()).blocks[0]
    assert soil.demolition(gate, [key], {soil.PLAN}).blocks == ()
    assert gate.delivery in soil.delivery(gate, [key]).blocks[0]
    assert soil.delivery(gate, [soil.Soil("T1", "clean", True), soil.Soil("T2", "none", False)]).blocks == ()
    assert "修复" in soil.delivery(gate, [soil.Soil("T1", "exceeds", False)]).blocks[0]
    unknown = soil.delivery(gate, [soil.Soil("T3")])
    assert unknown.blocks == () and "没有登记" in unknown.warns[0]
