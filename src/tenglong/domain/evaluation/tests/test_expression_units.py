"""Kinds and units of an expression, and the factor to the unit a scheme declares."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.expression import ExpressionError
from tenglong.domain.evaluation.kinds import NameKind, check
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.units import PLAIN, UNITS, UnitMismatch, factor, parse_unit, unit_label
from tenglong.domain.measures import packaged

NAMES = {measure.id: NameKind("number", measure.unit) for measure in packaged().values()} | {
    "scale": NameKind("text"), "town": NameKind("text"), "carrier": NameKind("flag"), "total": NameKind("number", "score"),
    "land_years": NameKind("number", "year"), "tenants": NameKind("number"), "clean_share": NameKind("number", "percent"),
    "tax_yuan": NameKind("number", "yuan"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("tax_paid / land_mu", "wan_yuan/mu", 1),
        ("tax_paid / land_mu", "yuan/m2", 15),
        ("tax_paid / electricity_kwh", "yuan/kwh", 10_000),
        ("tax_paid / electricity_kwh", "wan_yuan/wan_kwh", 10_000),
        ("value_added / energy_tce", "wan_yuan/tce", 1),
        ("value_added / employees", "wan_yuan/person", 1),
        ("value_added / (cod_t + nh3n_t + so2_t + nox_t)", "wan_yuan/t", 1),
        ("rd_expense / revenue", "percent", 100),
        ("rd_expense / revenue", "ratio", 1),
        ("rd_expense / tax_yuan", "ratio", 10_000),
        ("floor_area_m2 / land_mu", "ratio", Fraction(3, 2000)),
        ("max(tax_paid, 0) / (land_mu + leased_in_mu - or_zero(leased_out_mu))", "wan_yuan/mu", 1),
        ("if(scale == 'above', tax_paid, 0) / land_mu", "wan_yuan/mu", 1),
        ("-tax_paid * 2 / 3", "yuan", 10_000),
        ("tax_paid / land_mu * land_mu", "wan_yuan", 1),
        ("land_mu / employees", "mu/person", 1),
        ("tax_paid / land_mu / employees", "wan_yuan/mu/person", 1),
        ("clean_share", "ratio", Fraction(1, 100)),
        ("clean_share * tax_paid", "wan_yuan", Fraction(1, 100)),
        ("total + 3", "score", 1),
        ("tenants * 0.5", "score", 1),
        ("3", "wan_yuan/mu", 1),
        ("min(1, 2) - 3 * 4", "score", 1),
    ],
)  # fmt: skip
def test_computed_value_times_factor_is_in_the_declared_unit(text, declared, expected):
    checked = check(parse(text), NAMES)
    assert checked.kind == "number"
    assert factor(checked.unit, declared) == expected


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("tax_paid + land_mu", ("万元", "亩")), ("tax_paid < land_mu", ("万元", "亩")),
        ("min(tax_paid, land_mu)", ("万元", "亩")),
        ("if(carrier, tax_paid, land_mu)", ("万元", "亩")), ("tax_paid + tax_yuan", ("万元", "元", "同一单位")),
        ("land_mu == floor_area_m2", ("亩", "平方米", "同一单位")), ("tax_paid / land_mu + tax_paid", ("万元/亩", "“万元”")),
        ("cod_t + energy_tce", ("吨", "吨标准煤")), ("clean_share + tenants", ("%", "比值")),
        ("floor_area_m2 / land_mu >= 0.8", ("平方米/亩", "纯数", "3/2000")),
        ("max(tax_paid, 1, land_mu)", ("万元", "亩")),
    ],
)  # fmt: skip
def test_units_that_do_not_go_together_are_refused_naming_both(text, both):
    with pytest.raises(UnitMismatch) as caught:
        check(parse(text), NAMES)
    assert all(name in caught.value.reason for name in both)


@pytest.mark.parametrize(
    "text",
    [
        "land_mu >= 3 and tax_paid / land_mu < 1", "cod_t + nh3n_t > 0.5", "scale == 'above' or town in ['东城', '西城']",
        "not carrier", "known(scale) and known(tax_paid)", "land_years in [1, 2, 3]", "land_mu + 1 > 0", "carrier == true",
        "clean_share >= 3", "if(known(land_mu), carrier, false)", "carrier in [true]",
    ],
)  # fmt: skip
def test_a_bare_number_takes_the_unit_of_the_other_side(text):
    assert check(parse(text), NAMES).kind == "flag"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tax_pad / land_mu", "是不是 tax_paid"), ("zzzz", "不认识“zzzz”"), ("scale + 1", "要用数，用到的却是文字"),
        ("scale < 'b'", "要用数"),
        ("tax_paid and carrier", "要用是否"), ("not tax_paid", "要用是否"), ("-scale", "要用数"), ("scale == 1", "文字和数"),
        ("scale in [1]", "文字和数"), ("carrier * 2", "要用数"), ("if(tax_paid, 1, 2)", "要用是否"),
        ("if(carrier, 1, 'x')", "数和文字"),
        ("or_zero(scale)", "要用数"), ("min(1, carrier)", "要用数"), ("abs(scale)", "要用数"), ("known(tax_pad)", "tax_pad"),
    ],
)  # fmt: skip
def test_unknown_name_and_wrong_kind_are_refused_in_a_sentence(text, said):
    with pytest.raises(ExpressionError, match=said):
        check(parse(text), NAMES)


@pytest.mark.parametrize(
    ("text", "declared", "both"),
    [
        ("tax_paid / land_mu", "wan_yuan/person", ("万元/亩", "万元/人")), ("tax_paid", "percent", ("万元", "%")),
        ("1 / land_mu", "ratio", ("1/亩", "比值")), ("land_mu * land_mu", "mu", ("亩^2", "亩")),
        ("cod_t", "tce", ("吨", "吨标准煤")),
    ],
)  # fmt: skip
def test_declared_unit_of_another_dimension_is_refused_naming_both(text, declared, both):
    with pytest.raises(UnitMismatch) as caught:
        factor(check(parse(text), NAMES).unit, declared)
    assert all(name in caught.value.reason for name in both)


@pytest.mark.parametrize(
    ("unit", "label"),
    [
        ("wan_yuan/mu", "万元/亩"), ("percent", "%"), ("ratio", "比值"), ("", "比值"), ("score", "分"),
        ("yuan/kwh", "元/千瓦时"),
        ("wan_yuan/tce", "万元/吨标准煤"), ("wan_yuan/person", "万元/人"), ("wan_yuan/wan_kwh", "万元/万千瓦时"),
        ("wan_yuan/t", "万元/吨"),
        ("wan_yuan/mu/person", "万元/（亩·人）"), ("mu*year", "亩·年"), ("ratio/mu", "比值/亩"),
    ],
)  # fmt: skip
def test_unit_label_is_what_a_page_prints(unit, label):
    assert unit_label(unit) == label


@pytest.mark.parametrize(
    "unit", ["wan_yan", "万元/亩", "wan_yuan/", "/mu", "wan_yuan//mu", "a b", "wan_yuan/mu\n", "mu/(person)", "mu" * 400]
)
def test_unit_that_is_not_known_is_refused(unit):
    with pytest.raises(ExpressionError, match="单位"):
        parse_unit(unit)


def test_every_unit_of_the_measures_has_a_label_and_is_its_own_unit():
    for unit in UNITS:
        assert unit_label(unit)
        assert factor(parse_unit(unit), unit) == 1
    assert parse_unit("") == parse_unit("ratio") == PLAIN


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_factors_compose_and_turn_back_exactly(above, below, other):
    unit = parse_unit(f"{above}/{below}")
    declared = f"{other}/{below}"
    if UNITS[above][0] == UNITS[other][0]:
        there, back = factor(unit, declared), factor(parse_unit(declared), f"{above}/{below}")
        assert there * back == 1
    assert unit.times(parse_unit(below)).scale == UNITS[above][1]
