"""Golden cases G13, G14, G15, G20: standard land of 隆昌, plot ratios of 2008, one measured site, one sold parcel."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tenglong.domain.landing.standard import formulas
from tenglong.domain.landing.standard.check import NoRow, Site, judge, judge_site, least_ratio, row_of
from tenglong.domain.landing.standard.policy import CONTROL, STANDARD, ControlIndicators, StandardLand
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.units import from_cm2, to_cm2, to_fen

LONGCHANG = StandardLand.model_validate(packaged(STANDARD, "sc-longchang@2022").data)
OLD = ControlIndicators.model_validate(packaged(CONTROL, "cn@2008").data)
NEW = ControlIndicators.model_validate(packaged(CONTROL, "cn@2023").data)
INDICATORS = ("intensity", "tax", "output", "research")


def results(industry: str, *values: str | None) -> list[str]:
    given = {name: None if value is None else Decimal(value) for name, value in zip(INDICATORS, values, strict=True)}
    return [cell.result for cell in judge(LONGCHANG, row_of(LONGCHANG, industry), given)]


@pytest.mark.parametrize(("industry", "limits"), [
    ("玻璃", ("150", "8", "250", None)), ("陶瓷", ("150", "8", "250", None)), ("装备", ("150", "8", "350", "2")),
    ("食品饮料", ("150", "8", "300", "1")), ("新材料", ("150", "8", "250", "2")),
])
def test_longchang_table_passes_at_its_limits_and_fails_just_below_each(
    industry: str, limits: tuple[str | None, ...]
) -> None:
    at_limit = results(industry, *(limit or "0" for limit in limits))
    assert at_limit == ["not_required" if limit is None else "pass" for limit in limits]
    for index, limit in enumerate(limits):
        if limit is not None:
            below = [str(Decimal(one or 0) - (Decimal("0.0001") if at == index else 0)) for at, one in enumerate(limits)]
            assert [at for at, result in enumerate(results(industry, *below)) if result == "fail"] == [index]


def test_equipment_firm_of_the_example_fails_only_on_tax() -> None:
    assert results("装备", "160", "7.9", "360", "2.1") == ["pass", "fail", "pass", "pass"]
    assert results("装备", "160", None, "360", "2.1") == ["pass", "missing", "pass", "pass"]


def test_an_industry_that_the_table_has_not_is_refused_with_the_rows_it_has() -> None:
    with pytest.raises(NoRow, match="玻璃、陶瓷、装备"):
        row_of(LONGCHANG, "造船")


@pytest.mark.parametrize(("edition", "code", "limit"), [
    ("2002", "13", "1.0"), ("2002", "30", "1.0"), ("2002", "17", "0.8"), ("2002", "29", "0.8"), ("2002", "35", "0.7"),
    ("2002", "37", "0.7"), ("2002", "33", "0.6"), ("2002", "25", "0.5"),
    ("2017", "C34", "0.7"), ("2017", "3411", "0.7"), ("2017", "36", "0.7"), ("2017", "2911", "0.8"), ("2017", "292", "1.0"),
    ("2017", "纺织", "0.8"),
])
def test_plot_ratio_of_2008_by_code_of_either_edition(edition: str, code: str, limit: str) -> None:
    assert least_ratio(OLD, code, edition)[0] == Decimal(limit)


def test_textiles_fail_at_79_and_pass_at_80() -> None:
    cells = [judge_site(OLD, Site(far=Decimal(far)), "17", "2002")[0] for far in ("0.79", "0.80")]
    assert [cell.result for cell in cells] == ["fail", "pass"]
    assert "纺织" in cells[0].says


def test_a_code_too_short_to_tell_rubber_from_plastics_is_not_guessed() -> None:
    with pytest.raises(NoRow, match="请写到中类代码"):
        least_ratio(OLD, "29")


def test_the_2023_edition_says_that_its_plot_ratios_are_unknown() -> None:
    cells = {cell.id: cell for cell in judge_site(NEW, Site(far=Decimal(3), coverage=Fraction(2, 5)), "34")}
    assert cells["far"].result == "unknown"
    assert cells["coverage"].result == "pass"
    assert cells["office_land"].result == "missing"


def test_the_measured_site_of_g15() -> None:
    site, floor, footprint = (to_cm2(value, "m2") for value in ("77037", "79379", "32949"))
    output = to_fen("29794", "wan_yuan")
    far, covered = formulas.plot_ratio(floor, site), formulas.coverage(footprint, site)
    assert round(far, 4) == Fraction(10304, 10000)
    assert round(covered * 100, 2) == Fraction(4277, 100)
    assert judge_site(NEW, Site(coverage=covered))[1].result == "pass"
    assert round(formulas.per_area(output, site, "yi_yuan", "km2"), 2) == Fraction(3867, 100)
    assert from_cm2(site, "mu") == Decimal("115.5555")
    mu = to_cm2("1", "mu")
    per_mu = to_fen("734.17", "wan_yuan")
    assert round(formulas.per_area(per_mu, mu, "yi_yuan", "km2"), 2) == Fraction(11013, 100)


def test_the_deqing_parcel_of_g20_in_mu() -> None:
    assert from_cm2(to_cm2("35814", "m2"), "mu", 3) == Decimal("53.721")


def test_a_storey_above_eight_metres_counts_twice_and_one_of_eight_once() -> None:
    storeys = [formulas.Storey(100, Decimal("8.01")), formulas.Storey(100, Decimal(8)), formulas.Storey(100)]
    assert formulas.counted_floor(storeys, OLD.double_height_m) == 400
    assert formulas.counted_floor(storeys, None) == 300


def test_office_land_that_cannot_be_measured_is_the_share_of_floor_and_intensity_counts_land_price() -> None:
    assert formulas.office_land(1000, 30, 400) == 75
    mu = to_cm2("3", "mu")
    parts = [to_fen(value, "wan_yuan") for value in ("300", "200", "100")]
    assert formulas.intensity(*parts, mu) == 200
    with pytest.raises(formulas.FormulaError):
        formulas.plot_ratio(1, 0)
