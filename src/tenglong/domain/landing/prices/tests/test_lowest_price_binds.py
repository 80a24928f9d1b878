"""A price below the floor is refused with the clause; a declared case carries it down to its own limit and no further."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tenglong.domain.landing.prices.deals import PriceRow
from tenglong.domain.landing.prices.floors import floor_of, packaged_books
from tenglong.domain.landing.prices.lawful import Case, refusal
from tenglong.domain.units import to_cm2, to_fen

ON = date(2026, 3, 2)
BOOKS = packaged_books(["zj-shaoxing@2013"])
FLOOR = floor_of(BOOKS, division_code="330604001", grade="", use="工业用地", method="listing", on=ON)
PRIORITY, SHORT = Case("priority", "浙发改〔2026〕1号"), Case("short_term", "评估报告 3 号")


def row(wan: str, **more: Any) -> PriceRow:
    """100 亩 at so many 万元; the floor is 1,200 万元."""
    return PriceRow("1", division_code="330604001", land_use="工业用地", method="listing", signed_on=ON,
                    area_cm2=int(to_cm2("100", "mu")), price_fen=int(to_fen(wan, "wan_yuan")), **more)


@pytest.mark.parametrize(("wan", "case", "says"), [
    ("1200.01", None, None), ("1199.995", None, None), ("1199", None, "最低价 12.00 万元/亩"),
    ("840.01", PRIORITY, None), ("839", PRIORITY, "的 70%（8.40 万元/亩）"), ("1199", Case("no_such", "1"), "重新申报"),
    ("900", Case("priority", "1", Fraction(to_fen("899", "wan_yuan"))), None),
    ("900", Case("priority", "1", Fraction(to_fen("901", "wan_yuan"))), "不得低于实际成本"),
    ("1300", Case("priority", "1", Fraction(to_fen("2000", "wan_yuan"))), None)])
def test_the_floor_binds_and_the_case_has_its_own_limit(wan: str, case: Case | None, says: str | None) -> None:
    found = refusal(row(wan), FLOOR, case)
    assert (found is None) if says is None else (found is not None and says in found)


def test_a_short_term_is_a_case_of_short_terms_only_and_without_a_floor_nothing_binds() -> None:
    assert refusal(row("700", term_years="20年"), FLOOR, SHORT) is None
    for term in ("50年", "", "长期"):
        assert "不足 50 年" in (refusal(row("700", term_years=term), FLOOR, SHORT) or "")
    assert refusal(row("1"), None) is None
