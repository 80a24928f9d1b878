"""The record of earlier years reproduces the figures of the press, each counter by itself, the same every time."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from tenglong.demo.county import PLOTS
from tenglong.demo.story_treated import Firm, Ground, Tale, history
from tenglong.domain.units import from_cm2, to_cm2

GROUNDS = [Ground(at, f"P{at:05d}", f"33060400{at % 9}", to_cm2(5 + at % 37, "mu") + at) for at in range(PLOTS)]
FIRMS = [Firm(at, f"K{at:05d}", "330604001", "suspended" if at % 30 == 0 else "active") for at in range(4043)]
TALE = Tale(5, {"output": "1000000"})


def test_the_county_has_the_counters_of_the_press_exactly() -> None:
    lines = history(GROUNDS, FIRMS, TALE)
    firms = [(one.counter, one.route) for one in lines if one.enterprise_id is not None]
    assert Counter(firms) == {
        ("firms_closed", "close"): 31, ("firms_upgraded", "upgrade"): 193, ("firms_merged", "merge"): 2,
        ("firms_state", "state_purchase"): 3}
    assert len({one.enterprise_id for one in lines if one.enterprise_id is not None}) == 229
    land = [one for one in lines if one.counter == "land_treated"]
    assert sum(one.land_cm2 for one in land) == to_cm2(14_662, "mu")
    assert len({one.plot_id for one in land}) == len(land)
    sold = [one for one in lines if one.counter == "plots_sold"]
    assert len({one.plot_id for one in sold}) == 8
    assert from_cm2(sum(one.land_cm2 for one in lines if one.counter == "land_sold"), "mu", 2) == 90
    assert lines == history(GROUNDS, FIRMS, TALE)
    assert {one.done_on.year for one in land} == {2021, 2022, 2023, 2024, 2025}


def test_the_firm_of_the_tale_is_upgraded_and_carries_what_was_before() -> None:
    told = [one for one in history(GROUNDS, FIRMS, TALE) if one.enterprise_id == TALE.firm]
    assert [(one.counter, one.before) for one in told] == [
        ("firms_upgraded", {"period": "2020", "recorded": {"output": "1000000"}})]


def test_a_small_county_has_its_part() -> None:
    lines = history(GROUNDS[:260], FIRMS[:400], part=Fraction(260, PLOTS))
    assert sum(one.land_cm2 for one in lines if one.counter == "land_treated") == to_cm2(1469, "mu")
    assert sum(one.counter == "firms_upgraded" for one in lines) == 19
