"""Floors, vacancy, tax a m² and the trade of a tower: each figure with the denominator it was made with."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.landing.towers import Level, Tenant, feature, stack, tax_share

M2 = 10_000


def test_vacancy_is_by_area_and_a_floor_let_twice_fills_no_other():
    whole = stack([Level(1, 100 * M2, (Tenant(1, "甲", 150 * M2),)), Level(2, 100 * M2), Level(-1, 0)])
    assert [one.floor for one in whole.levels] == [2, 1, -1]
    assert (whole.vacant_cm2, whole.vacancy) == (100 * M2, Fraction(1, 2))
    assert [(one.floor, one.over_cm2) for one in whole.over] == [(1, 50 * M2)]
    assert stack([Level(-1, 0)]).vacancy is None


def test_tax_counts_only_firms_that_work_nowhere_else_and_tells_the_rest_by_reason():
    floors = [Level(1, 900 * M2, (Tenant(1, "甲", 100 * M2), Tenant(2, "乙", 200 * M2), Tenant(None, "丙", 50 * M2))),
              Level(2, 900 * M2, (Tenant(1, "甲", 100 * M2), Tenant(3, "丁", 300 * M2)))]
    found = tax_share(stack(floors), {1: 40_000_00, 2: 10_000_00}, {2})
    assert (found.fen, found.cm2, found.fen_per_m2) == (40_000_00, 200 * M2, 200_00)
    assert (found.counted, found.unknown, found.elsewhere, found.unregistered, found.tenants) == (1, 1, 1, 1, 4)
    assert tax_share(stack(floors), {1: 40_000_00}, set(), least=2).fen_per_m2 is None


def test_trade_is_a_share_of_what_is_known():
    floors = stack([Level(1, 900 * M2, (Tenant(1, "甲", 100 * M2, "I6513"), Tenant(2, "乙", 100 * M2, "7299"),
                                        Tenant(3, "丙", 500 * M2)))])
    found = feature(floors, ("65",), Fraction(1, 2))
    assert (found.share, found.known_cm2, found.unknown_cm2, found.reached) == (Fraction(1, 2), 200 * M2, 500 * M2, True)
    assert feature(stack([]), ("65",), Fraction(1, 2)).reached is None


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10**7), st.lists(st.integers(1, 10**7), max_size=4)), max_size=8))
@settings(max_examples=50, deadline=None)
def test_vacant_and_let_make_up_the_whole_on_every_floor(given_floors):
    levels = [Level(at, whole, tuple(Tenant(n, "", cm2) for n, cm2 in enumerate(let))) for at, whole, let in given_floors]
    for one in stack(levels).levels:
        assert one.lettable_cm2 == one.let_cm2 - one.over_cm2 + one.vacant_cm2
        assert one.vacant_cm2 * one.over_cm2 == 0
