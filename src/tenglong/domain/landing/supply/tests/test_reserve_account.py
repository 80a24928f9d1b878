"""The reserve account: stock, cost and interest on any day, by the stated day-count."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.landing.supply.reserve import DAY_COUNTS, Entry, ReserveError, days, stock, whole_fen

IN = Entry("a", "a", "in", date(2026, 1, 1), 3_000, 1_000_000, Decimal("0.0365"))


def test_interest_of_a_year_by_each_day_count() -> None:
    on = date(2027, 1, 1)
    told = {count: stock([Entry("a", "a", "in", date(2026, 1, 1), 1, 1_000_000, Decimal("0.036"), count)], on).interest_fen
            for count in DAY_COUNTS}
    assert told == {"act/365": 36_000, "act/360": 36_500, "30/360": 36_000}


def test_thirty_day_months_count_the_last_days_as_the_thirtieth() -> None:
    assert days(date(2026, 1, 31), date(2026, 3, 31), "30/360") == 60
    assert days(date(2026, 1, 30), date(2026, 2, 28), "30/360") == 28


def test_land_that_goes_out_carries_its_share_of_cost_and_interest() -> None:
    out = Entry("b", "a", "out", date(2026, 4, 11), 1_000)
    found = stock([out, IN], date(2026, 4, 11))
    gone = found.carried[0]
    assert (gone.cost_fen, gone.interest_fen) == (Fraction(1_000_000, 3), Fraction(10_000, 3))
    assert (found.area_cm2, found.cost_fen, found.interest_fen) == (2_000, Fraction(2_000_000, 3), Fraction(20_000, 3))
    later = stock([IN, out], date(2026, 7, 20))
    assert later.interest_fen == Fraction(40_000, 3)
    assert stock([IN, out], date(2026, 4, 10)).area_cm2 == 3_000
    assert stock([IN, out], date(2025, 12, 31)).lots == ()


def test_a_lot_can_not_give_more_than_it_holds_and_needs_an_entry_first() -> None:
    with pytest.raises(ReserveError, match="不超过库存"):
        stock([IN, Entry("b", "a", "out", date(2026, 2, 1), 3_001)], date(2026, 3, 1))
    with pytest.raises(ReserveError, match="先有一笔入库"):
        stock([Entry("b", "a", "out", date(2026, 2, 1), 1)], date(2026, 3, 1))
    gone = Entry("b", "a", "out", date(2026, 2, 1), 3_000)
    with pytest.raises(ReserveError, match="全部出库"):
        stock([IN, gone, Entry("c", "a", "cost", date(2026, 2, 2), cost_fen=5)], date(2026, 3, 1))


@given(
    outs=st.lists(st.tuples(st.integers(1, 300), st.integers(1, 9)), max_size=4),
    costs=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 10**9), st.sampled_from(["0", "0.0345", "0.05"]),
                             st.sampled_from(DAY_COUNTS)), max_size=3),
)
def test_cost_and_interest_in_stock_and_carried_out_add_up_to_what_was_laid_out(
    outs: list[tuple[int, int]], costs: list[tuple[int, int, str, str]]
) -> None:
    start = date(2026, 1, 1)
    lines = [Entry("a", "a", "in", start, 100, 777_777, Decimal("0.04"))]
    lines += [Entry(f"o{at}", "a", "out", start + timedelta(days=day), area) for at, (day, area) in enumerate(outs)]
    lines += [Entry(f"c{at}", "a", "cost", start + timedelta(days=day), cost_fen=fen, rate=Decimal(rate), day_count=count)
              for at, (day, fen, rate, count) in enumerate(costs)]
    found = stock(lines, start + timedelta(days=400))
    assert found.area_cm2 == 100 - sum(area for _day, area in outs)
    laid = 777_777 + sum(fen for _day, fen, _rate, _count in costs)
    assert found.cost_fen + sum(one.cost_fen for one in found.carried) == laid
    if not outs:
        brute = Fraction(777_777 * 4 * 400, 36_500)
        for day, fen, rate, count in costs:
            spent = days(start + timedelta(days=day), start + timedelta(days=400), count)
            brute += fen * Fraction(rate) * spent / (365 if count == "act/365" else 360)
        assert found.interest_fen == brute


def test_exact_fen_round_half_away_from_zero() -> None:
    assert [whole_fen(Fraction(value, 2)) for value in (1, 3, -1, 4)] == [1, 2, -1, 2]
