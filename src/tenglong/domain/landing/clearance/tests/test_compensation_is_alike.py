"""The list for 纪检: what lies outside the policy, what looks split, what was revalued; like cases give nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenglong.domain.landing.clearance import consistency
from tenglong.domain.landing.clearance.book import load
from tenglong.domain.landing.clearance.consistency import Dossier, Item, Paid, Valued

DAY, YUAN, WAN = date(2023, 6, 1), 100, 10_000 * 100


def item(kind: str, quantity: str, yuan: int, amount: int | None = None) -> Item:
    told = Decimal(quantity)
    return Item(kind, told, yuan * YUAN, consistency.amount_of(told, yuan * YUAN) if amount is None else amount)


def rules(*dossiers: Dossier) -> list[tuple[str, int]]:
    return [(one.rule, one.key) for one in consistency.doubts(load(), dossiers)]


def like(key: int, yuan: int = 1000) -> Dossier:
    return Dossier(key, f"{key} 号", (item("building", "123.45", yuan),))


def test_like_cases_inside_the_range_raise_nothing() -> None:
    assert rules(*(like(key) for key in range(6))) == []


@pytest.mark.parametrize(("yuan", "found"), [(600, []), (599, ["range"]), (1800, []), (1801, ["range"])])
def test_both_ends_of_the_range_belong_to_it(yuan: int, found: list[str]) -> None:
    assert [rule for rule, _key in rules(like(1, yuan))] == found


def test_a_unit_price_off_the_median_of_like_items_is_told_once_there_are_enough() -> None:
    assert rules(*(like(key) for key in range(3)), like(9, 1300)) == []
    found = consistency.doubts(load(), [*(like(key) for key in range(5)), like(9, 1300)])
    assert [(one.rule, one.key) for one in found] == [("spread", 9)] and "+30.0%" in found[0].says
    assert rules(*(like(key) for key in range(5)), like(9, 1250)) == []


def test_payments_just_under_the_limit_within_days_look_split_and_others_do_not() -> None:
    def paid(*parts: tuple[int, int]) -> Dossier:
        told = tuple(Paid(DAY + timedelta(days=day), wan * WAN) for day, wan in parts)
        whole = sum(part.amount_fen for part in told)
        return Dossier(1, "甲", (Item("land", Decimal(1), whole, whole),), told)

    def split(*parts: tuple[int, int]) -> bool:
        return "split" in [rule for rule, _key in rules(paid(*parts))]

    assert split((0, 490), (10, 480))
    assert not split((0, 490)) and not split((0, 500), (5, 500)) and not split((0, 440), (5, 440))
    assert not split((0, 490), (31, 480)) and split((0, 490), (30, 480), (60, 499))


def test_a_plan_that_does_not_add_up_a_wrong_product_and_a_revaluation_are_told() -> None:
    wrong = Dossier(1, "甲", (item("building", "10", 1000, 999_999),), (Paid(DAY, 5),),
                    tuple(Valued(DAY + timedelta(days=9 * at), wan * WAN) for at, wan in enumerate((100, 105, 106))))
    assert [rule for rule, _key in rules(wrong)] == ["sum", "plan", "revalued"]
    assert rules(Dossier(2, "乙", (item("gold", "1", 1),))) == [("range", 2)]
