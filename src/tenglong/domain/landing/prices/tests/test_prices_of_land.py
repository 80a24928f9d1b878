"""Prices per mu: exact medians, what is left out and why, prices that stand far off, floors with their days."""

from __future__ import annotations

import statistics
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.landing.prices import Limits, PriceRow, per_mu_fen, tabulate, usable_limits
from tenglong.domain.landing.prices.deals import per_floor_m2_fen
from tenglong.domain.landing.prices.exact import quantile
from tenglong.domain.landing.prices.floors import floor_issue, floor_issues, floor_of, grade_number, packaged_books
from tenglong.domain.landing.prices.telling import table_json
from tenglong.domain.units import to_cm2, to_fen

DAY = date(2017, 1, 6)


def deal(ref, wan="150", mu="15", method="listing", **more):
    said = {"region": "浙江省,绍兴市", "land_use": "工业用地", "signed_on": DAY, "location": f"地{ref}", "holder": f"企业{ref}"}
    price = None if wan is None else to_fen(wan, "wan_yuan")
    area = None if mu is None else to_cm2(mu, "mu")
    return PriceRow(ref=str(ref), row=2, method=method, price_fen=price, area_cm2=area, **(said | more))


def test_price_per_mu_is_exact_in_fractions():
    assert per_mu_fen(to_fen("282.8246", "wan_yuan"), to_cm2("11.2232", "ha")) == Fraction(282824600, 1) / Fraction("168.348")


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_median_equals_the_library_and_quartiles_lie_around_it(values):
    ordered = sorted(Fraction(value, 7) for value in values)
    middle = quantile(ordered, Fraction(1, 2))
    assert middle == statistics.median(ordered)
    low, high = quantile(ordered, Fraction(1, 4)), quantile(ordered, Fraction(3, 4))
    assert ordered[0] <= low <= middle <= high <= ordered[-1]
    if len(ordered) > 1:
        assert [low, middle, high] == statistics.quantiles(ordered, n=4, method="inclusive")


def test_what_has_no_market_price_is_left_out_with_its_reason():
    rows = [deal(1), deal(2, wan=None), deal(3, wan="0"), deal(4, mu=None), deal(5, method="allocation"),
            deal(6, method="lease"), deal(1)]
    whole = tabulate(rows).whole
    assert whole.n == 1
    assert whole.left_out == {"allocation": 1, "duplicate": 1, "lease": 1, "no-area": 1, "no-price": 1, "price-zero": 1}


@given(st.permutations([deal(at, wan=str(50 + at * 3), region=f"{'甲乙'[at % 2]}省,某市") for at in range(12)]))
@settings(max_examples=8, deadline=None)
def test_order_of_rows_moves_nothing(rows):
    table = tabulate(rows, ["province"])
    assert [(group.key, group.n, group.median) for group in table.groups] == [
        (("乙省",), 6, Fraction(to_fen("68", "wan_yuan"), 15)), (("甲省",), 6, Fraction(to_fen("65", "wan_yuan"), 15))]
    assert sum(group.n for group in table.groups) == table.whole.n


def test_far_prices_stay_in_the_count_and_are_told_with_the_company_they_were_compared_with():
    ordinary = [deal(at, wan=str(95 + at)) for at in range(11)]
    group = tabulate([*ordinary, deal("far", wan="900")]).groups[0]
    assert (group.n, [one.deal.ref for one in group.flagged]) == (12, ["far"])
    flag = group.flagged[0].flags[0]
    assert flag.id == "far-above" and "9.0 倍" in flag.says and "12 宗" in flag.says
    assert group.median_plain == Fraction(to_fen("100", "wan_yuan"), 15)


@pytest.mark.parametrize(("wan", "mu", "meaning"), [
    ("1000000", "15", "元而不是万元"), ("0.0100", "15", "亿元而不是万元"), ("100", "225", "亩而不是公顷"),
    ("1500", "15", "公顷而不是亩")])
def test_a_price_that_fits_under_another_unit_is_suspected(wan, mu, meaning):
    group = tabulate([*(deal(at, wan=str(95 + at)) for at in range(11)), deal("unit", wan=wan, mu=mu)]).groups[0]
    flags = {flag.id: flag.says for one in group.flagged for flag in one.flags}
    assert meaning in flags["unit-suspect"]


def test_strips_of_land_are_no_company_for_whole_sites():
    """Eleven storeys of a lock maker's plant must not make six ordinary sites look cheap."""
    sites = [deal(at, wan=str(250 + at)) for at in range(8)]
    strips = [deal(f"s{at}", wan="100", mu="0.5") for at in range(12)]
    group = tabulate([*sites, *strips]).groups[0]
    assert {one.deal.ref for one in group.flagged} == {one.ref for one in strips}
    assert all({"tiny-area", "far-above"} <= {flag.id for flag in one.flags} for one in group.flagged)


def test_a_small_group_is_compared_with_a_wider_one_and_says_so():
    rows = [*(deal(at, wan=str(95 + at)) for at in range(11)), deal("x", wan="1000", region="海南省,某市")]
    group = tabulate(rows, ["province", "use"]).groups[-1]
    assert group.compared_with == "工业用地" and group.flagged[0].flags[-1].id == "far-above"
    assert tabulate(rows[:3]).groups[0].compared_with == ""


def test_equal_prices_call_none_far():
    rows = [deal(at) for at in range(20)]
    assert tabulate([*rows, deal("near", wan="110")]).whole.flagged == []


def test_short_terms_are_told_and_a_published_zero_is_no_term():
    assert [one.deal.ref for one in tabulate([deal(1, term_years="4"), deal(2, term_years="0"),
                                              deal(3, term_years="其他工业用地50年;")]).whole.flagged] == ["1"]


def test_swapped_ratios_are_never_used():
    swapped = deal(1, far_lower=Decimal("2.0"), far_upper=Decimal("1.0"))
    assert usable_limits(swapped.far_lower, swapped.far_upper) is None and per_floor_m2_fen(swapped) is None
    usable = deal(2, far_lower=Decimal(0), far_upper=Decimal("1.5"))
    assert per_floor_m2_fen(usable) == 100_00  # 150 万元 ÷ 15,000 m² = 100 yuan
    table = tabulate([swapped, usable])
    assert (table.whole.swapped, len(table.whole.floor)) == (1, 1)


def test_json_is_text_in_yuan_per_mu_and_every_median_has_its_denominator():
    body = table_json(tabulate([deal(1), deal(2, wan="151.5")], ["province", "method"]), {"listing": "挂牌出让"})
    group = body["groups"][0]
    assert (body["unit"], group["key"]) == ("yuan/mu", {"province": "浙江省", "method": "挂牌出让"})
    assert (group["n"], group["median"], group["median_exact"]) == (2, "100500.00", "100500")


def test_unknown_group_names_those_that_are_known():
    with pytest.raises(ValueError, match="province"):
        tabulate([], ["colour"])


# ---- floor prices


@pytest.fixture(scope="module")
def books():
    from tenglong import policies  # noqa: F401 - puts the presets in place

    return packaged_books()


@pytest.mark.parametrize(("code", "wan"), [("330602", "16.8"), ("330603", "13.6"), ("330604", "12"), ("330681", "12"),
                                           ("330683", "11.2"), ("330624", "9.6")])
def test_shaoxing_floors_of_2013_per_mu(books, code, wan):
    found = floor_of(books, division_code=code, grade="", use="工业用地", method="listing", on=DAY)
    assert found is not None and found.fen_per_mu == to_fen(wan, "wan_yuan")


def test_a_floor_holds_from_its_day_on_and_the_place_comes_before_the_grade(books):
    asked = {"division_code": "330604", "grade": "十四等级", "use": "工业用地", "method": "listing"}
    assert floor_of(books, on=date(2014, 1, 1), **asked).book.pin == "zj-shaoxing@2013"
    assert floor_of(books, on=date(2013, 12, 31), **asked).book.pin == "cn@2007"
    assert floor_of(books, on=date(2006, 12, 31), **asked) is None
    assert floor_of(books, on=None, **asked) is None
    assert floor_of(books, on=DAY, **(asked | {"use": "商业用地"})) is None
    assert floor_of(books, on=DAY, **(asked | {"method": "allocation"})) is None


def test_a_local_level_is_not_a_national_grade():
    assert [grade_number(text) for text in ("十四等级", "14等", "十等", "二十等", "五级", "未评估地区", "")] == [
        14, 14, 10, 20, None, None, None]


def test_below_the_floor_is_told_with_the_clause_at_it_is_lawful_and_a_listing_is_refused(books):
    low = deal(1, wan="179", division_code="330604")
    even = deal(2, wan="180", division_code="330604")
    issue = floor_issues([low, even], books)[0]
    assert (issue.rule, str(issue.severity), issue.size["floor_yuan_per_mu"], issue.size["short_yuan"]) == (
        "below-floor-price", "warning", "120000.00", "10000.00")
    assert "2014-01-01" in issue.message and "浙江省工业用地出让最低价" in issue.message
    assert len(floor_issues([low, even], books)) == 1
    assert str(floor_issues([low], books, dataset="listings")[0].severity) == "error"


def test_a_shortfall_inside_the_published_decimals_only_informs(books):
    asked = {"division_code": "330604", "grade": "", "use": "工业用地", "method": "listing", "on": DAY}
    near = deal(1, wan="179.9950", division_code="330604")
    assert str(floor_issue(near, floor_of(books, **asked)).severity) == "info"


def test_limits_are_what_the_table_says_it_used():
    assert table_json(tabulate([], limits=Limits(Decimal(2))), {})["limits"]["tiny_mu"] == "2"
