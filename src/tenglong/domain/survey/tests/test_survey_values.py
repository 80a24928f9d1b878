"""Cells → values: golden cases and properties."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.quality.issue import Severity
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.values import parse, text_of

AREA_MU = spec_of("plots").field("surveyed_area")
AREA_HA = spec_of("deals").field("area")
PRICE = spec_of("deals").field("price")
TERM = spec_of("deals").field("term_years")
DAY = spec_of("deals").field("delivery_on")
ROLE = spec_of("occupancies").field("role")
TITLE = spec_of("plots").field("title_status")
USCC = spec_of("enterprises").field("uscc")
FLOORS = spec_of("buildings").field("floors")
PERIOD = spec_of("facts").field("period")
POWER = spec_of("facts").field("electricity_kwh")


def value(cell, field, unit=""):
    found, problems = parse(cell, field, unit)
    assert problems == ()
    return found


def rules(cell, field, unit=""):
    return [(problem.rule, problem.severity) for problem in parse(cell, field, unit)[1]]


@pytest.mark.parametrize(
    ("cell", "unit", "cm2"),
    [
        ("11.223200", "ha", 1_122_320_000),
        (11.2232, "ha", 1_122_320_000),
        ("15", "mu", 100_000_000),
        ("1,234.5", "m2", 12_345_000),
        ("１２．５", "ha", 1_250_000_000),
        (1, "mu", 6_666_667),
        ("3亩", "mu", 20_000_000),
        ("1.5 公顷", "ha", 150_000_000),
        ("1e2", "m2", 1_000_000),
    ],
)
def test_areas_become_whole_square_centimetres(cell, unit, cm2):
    assert value(cell, AREA_MU, unit) == cm2


def test_a_unit_in_the_cell_wins_over_the_column_and_is_told():
    found, problems = parse("2公顷", AREA_MU, "mu")
    assert found == 200_000_000
    assert [problem.rule for problem in problems] == ["cell-unit-differs"]
    assert rules("2万元", AREA_MU, "mu") == [("cell-unit-differs", Severity.ERROR)]


@pytest.mark.parametrize("cell", ["约12.5", "12.5左右", "约12.5亩", "12.5亩以上", "大约 12.5 亩"])
def test_a_rough_figure_is_taken_and_told(cell):
    found, problems = parse(cell, AREA_MU, "mu")
    assert found == 83_333_333
    assert [(problem.rule, problem.severity) for problem in problems] == [("number-in-text", Severity.WARNING)]


@pytest.mark.parametrize(
    "cell", ["abc", "12.3.4", "3~5", "1-2", "十二", True, date(2020, 1, 1), float("inf"), "1e999", "12亩3分"]
)
def test_what_is_no_number_is_refused(cell):
    assert rules(cell, AREA_MU, "mu") == [("bad-number", Severity.ERROR)]


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "—", "/", "无数据", "#N/A", float("nan")])
def test_blanks_say_nothing(cell):
    assert value(cell, AREA_MU) is None


def test_negative_and_impossible_figures_are_errors_and_unlikely_ones_warnings():
    assert rules(-1, AREA_MU, "mu") == [("negative-value", Severity.ERROR)]
    assert rules("0", AREA_HA, "ha") == [("value-out-of-range", Severity.ERROR)]
    assert rules("2000000", AREA_MU, "mu") == [("value-out-of-range", Severity.WARNING)]
    assert rules("2.5", FLOORS) == [("bad-number", Severity.ERROR)]
    assert value("3", FLOORS) == 3


def test_money_becomes_fen():
    assert value("282.8246", PRICE, "wan_yuan") == 282_824_600
    assert value("12元", PRICE, "yuan") == 1_200
    assert value("1.5", PRICE, "yi_yuan") == 15_000_000_000


def test_other_measures_are_brought_to_their_own_unit():
    assert value("3.25", POWER, "wan_kwh") == Decimal("32500")


@pytest.mark.parametrize(("cell", "years"), [("50", 50), ("50年", 50), (" 50", 50), ("其他工业用地50年;", 50), (48, 48)])
def test_terms(cell, years):
    assert value(cell, TERM, "year") == years


@pytest.mark.parametrize("cell", ["工业用地50年; 街巷用地0年;", "其他工业用地50年; 其他商服用地40", "50；40"])
def test_several_terms_in_one_cell_are_left_unread_and_told(cell):
    assert parse(cell, TERM, "year")[0] is None
    assert rules(cell, TERM, "year") == [("several-terms-in-cell", Severity.WARNING)]


@pytest.mark.parametrize(
    "cell",
    [
        "2017年01月03日",
        "2017年1月3日",
        "2017/1/3",
        "2017-01-03",
        "2017.1.3",
        "20170103",
        20170103,
        "2017-01-03 00:00:00",
        42738,
        42738.5,
        "42738",
        datetime(2017, 1, 3, 8),
        date(2017, 1, 3),
        "２０１７年１月３日",
        "2017 年 1 月 3 日",
    ],
)
def test_dates_in_every_spelling(cell):
    assert value(cell, DAY) == date(2017, 1, 3)


@pytest.mark.parametrize("cell", ["1900-01-01", "1901-01-02", "1900年01月01日", "1899-12-30", 1, 0, datetime(1900, 1, 1)])
def test_null_dates_are_no_value(cell):
    assert parse(cell, DAY)[0] is None
    assert rules(cell, DAY) == [("null-date", Severity.INFO)]


@pytest.mark.parametrize(
    ("cell", "rule"), [("2017-02-30", "bad-date"), ("明年", "bad-date"), ("1017-01-03", "date-out-of-range")]
)
def test_bad_dates_are_refused(cell, rule):
    assert rules(cell, DAY) == [(rule, Severity.ERROR)]


def test_a_month_alone_is_no_day_but_no_error_either():
    assert rules("2017年1月", DAY) == [("bad-date", Severity.WARNING)]


def test_untitled_land_is_a_valid_state():
    assert value("无证", TITLE) == "untitled"
    assert value("无", TITLE) == "untitled"


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("自有", "owner"),
        ("业主", "owner"),
        ("自 用", "owner"),
        ("承租", "lessee"),
        ("租用", "lessee"),
        ("转租承租", "sublessee"),
        ("二房东租户", "sublessee"),
        ("空置", "idle"),
        ("Owner", "owner"),
    ],
)
def test_roles_by_their_many_names(cell, role):
    assert value(cell, ROLE) == role


def test_unknown_words_are_errors_only_where_the_field_is_required():
    assert rules("借用", ROLE) == [("unknown-choice", Severity.ERROR)]
    assert rules("说不清", TITLE) == [("unknown-choice", Severity.WARNING)]


def test_credit_codes_kept_as_numbers_are_refused_and_never_repaired():
    assert rules(9.13306041461e17, USCC) == [("uscc-scientific-notation", Severity.ERROR)]
    assert rules("9.13306E+17", USCC) == [("uscc-scientific-notation", Severity.ERROR)]
    assert value(" 91330604ma0000015g ", USCC) == "91330604MA0000015G"


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2023", "2023"),
        (2023, "2023"),
        (2023.0, "2023"),
        ("2023年", "2023"),
        ("2023年度", "2023"),
        ("2023Q1", "2023Q1"),
        ("2023年第一季度", "2023Q1"),
        ("2023-01", "2023-01"),
        ("2023年1月", "2023-01"),
        ("202301", "2023-01"),
    ],
)
def test_periods(cell, period):
    assert value(cell, PERIOD) == period


def test_text_too_long_for_the_record_is_refused():
    assert rules("长" * 301, spec_of("plots").field("address")) == [("text-too-long", Severity.ERROR)]


decimals = st.decimals(min_value=0, max_value=10**6, places=4, allow_nan=False)


@settings(deadline=None)
@given(decimals, st.sampled_from(["m2", "mu", "ha"]))
def test_area_equals_the_exact_fraction_rounded_once(number, unit):
    size = {"m2": Fraction(10_000), "mu": Fraction(20_000_000, 3), "ha": Fraction(100_000_000)}[unit]
    found, problems = parse(str(number), AREA_MU, unit)
    assert found == round(Fraction(number) * size)
    assert all(problem.severity is not Severity.ERROR for problem in problems)


@settings(deadline=None)
@given(decimals)
def test_separators_and_width_do_not_change_a_number(number):
    plain = f"{number:f}"
    wide = plain.translate({**{ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}, ord("."): "．"})
    assert parse(plain, PRICE, "yuan")[0] == parse(f"{number:,f}", PRICE, "yuan")[0] == parse(wide, PRICE, "yuan")[0]


@settings(deadline=None)
@given(st.dates(min_value=date(1949, 10, 1), max_value=date(2150, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day):
    serial = (day - date(1899, 12, 30)).days
    spellings = [
        f"{day:%Y年%m月%d日}",
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        serial,
        datetime(day.year, day.month, day.day),
    ]
    assert {parse(cell, DAY)[0] for cell in spellings} == {day}
    assert date(1899, 12, 30) + timedelta(days=serial) == day


@settings(deadline=None)
@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes()))
def test_no_cell_whatever_makes_a_parser_fall_over(cell):
    for kind in ("plots", "deals", "facts", "occupancies", "enterprises"):
        for field in spec_of(kind).fields:
            if field.type != "geometry":
                parse(cell, field, field.unit)
    assert isinstance(text_of(cell), str)
