"""Economics of one plot by one route: hand-worked figures, gaps that stay gaps, groups of holders, sensitivity."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.domain.renewal.economics.checks import compile_economics, load
from tenglong.domain.renewal.economics.groups import Holding, group_chances
from tenglong.domain.renewal.economics.sensitivity import tornado
from tenglong.domain.renewal.economics.work import cost_and_months, economics
from tenglong.domain.renewal.routes import load as load_routes

MODEL = load()
PLOT: dict[str, Value] = {
    "plot_mu": Fraction(30), "plot_floor_m2": Fraction(12000), "plot_tax": Fraction(60), "plot_value_added": Fraction(300),
    "plot_energy_tce": Fraction(400), "plot_jobs": Fraction(120), "tenants": Fraction(3), "households": Fraction(0),
    "soil": "due", "soil_key_unit": False, "leased_out_share": Fraction(20),
}


def test_a_plot_that_is_reserved_as_worked_by_hand() -> None:
    """30 亩 × 40 + 12,000 ㎡ × 800 元 + 12,000 × (150 + 100) + 12,000 × 60 + 30 × 3 + 30 × 80 × 0.2 = 3,102 万元;
    4 + 5 + 2 + 3 + 5 + 18 = 37 月; interest 3,102 × 4 % × 37 ÷ 12 ÷ 2 = 191.29."""
    found = economics(MODEL, "P", PLOT, "reserve")
    costs = {row.id: row.value for row in found.rows if row.section == "cost" and row.value}
    assert costs == {"land": 1200, "buildings": 960, "relocation": 300, "demolition": 72, "soil_survey": 90,
                     "soil_remediation": 480, "interest": Fraction("191.29")}
    assert (found.value("months_total"), found.value("cost_total"), found.cost_fen) == (37, Fraction("3293.29"), 3_293_290_000)
    assert (found.value("tax_uplift"), found.value("value_added_uplift")) == (30 * 25 - 60, 30 * 120 - 300)
    assert (found.value("jobs_gained"), found.value("jobs_lost"), found.value("tenants_displaced")) == (180, 120, 3)
    assert (found.value("energy_saved"), found.value("carbon_saved")) == (160, 416)
    assert found.value("payback") == Fraction("3293.29") / 690
    assert found.gates == ("须先完成土壤污染状况调查",)
    assert found.option() == {"cost": 3_293_290_000, "uplift": 690_000_000, "released_cm2": 200_000_000, "relocation_m2": 0,
                              "jobs_gained": 180, "jobs_lost": 120, "months": 37}


def test_rows_tell_their_working_and_the_source_of_every_parameter() -> None:
    row = economics(MODEL, "P", PLOT, "reserve").row("land")
    assert row.working == "地块面积 30 亩 × 土地收购价 40 万元/亩"
    assert (row.sources, row.verified, row.text) == (("土地收购价：缺省值",), False, "1200 万元")


def test_soil_is_a_gate_that_costs_time_and_money_only_where_the_record_demands_it() -> None:
    clean = economics(MODEL, "P", {**PLOT, "soil": "clean"}, "reserve")
    over = economics(MODEL, "P", {**PLOT, "soil": "exceeds"}, "reserve")
    key = economics(MODEL, "P", {**PLOT, "soil": "none", "soil_key_unit": True}, "reserve")
    assert (clean.gates, clean.value("soil_survey"), clean.value("soil_remediation")) == ((), 0, 0)
    assert over.gates == ("须先完成土壤修复并通过效果评估",)
    assert (over.value("soil_remediation"), over.value("remediation_time")) == (2400, 9)
    assert (clean.value("months_total"), over.value("months_total")) == (34, 43)
    assert (key.gates, key.value("months_total")) == (("须先完成土壤污染状况调查",), 37)
    assert economics(MODEL, "P", {**PLOT, "soil": "due"}, "upgrade").gates == ()


def test_a_missing_figure_makes_its_rows_and_totals_missing_and_is_named() -> None:
    found = economics(MODEL, "P", {**PLOT, "plot_floor_m2": None}, "reserve")
    assert (found.row("land").value, found.row("buildings").value, found.cost_fen, found.option()) == (1200, None, None, None)
    assert found.row("cost_total").missing == found.row("interest").missing == ("地块建筑面积",)
    assert found.value("months_total") == 37
    unknown_soil = economics(MODEL, "P", {**PLOT, "soil": None}, "reserve")
    assert unknown_soil.value("months_total") is None
    assert "不能判断" in unknown_soil.gates[0]


def test_every_route_of_the_catalogue_has_a_whole_table_and_displaced_people_are_always_told() -> None:
    assert MODEL.policy.routes == {name: load_routes().policy.routes[name].label for name in load_routes().ids}
    for route in MODEL.policy.routes:
        found = economics(MODEL, "P", PLOT, route)
        assert found.option() is not None, route
        assert {"jobs_lost", "jobs_gained", "tenants_displaced", "households_displaced"} <= {row.id for row in found.rows}
        total = sum(row.fen or 0 for row in found.rows if row.section == "cost")
        assert found.cost_fen == total == found.row("cost_total").fen
    with pytest.raises(LookupError, match="没有路径“dig”"):
        economics(MODEL, "P", PLOT, "dig")


def test_the_tornado_is_sorted_and_each_bar_is_a_table_of_its_own() -> None:
    found = tornado(MODEL, "P", PLOT, "reserve")
    swings = [bar.swing for bar in found.bars]
    assert swings == sorted(swings, reverse=True)
    assert found.base == Fraction("3293.29")
    first = found.bars[0]
    assert first.parameter == "soil_share"
    at_high = economics(MODEL, "P", PLOT, "reserve", changed={"soil_share": Fraction("0.6")}).value("cost_total")
    assert first.at_high == at_high == Fraction("4312.49")
    assert "new_tax" not in {bar.parameter for bar in found.bars}
    assert len(found.bars) + found.still == len([1 for one in MODEL.policy.parameters.values() if one.low is not None])
    time = tornado(MODEL, "P", PLOT, "reserve", row="months_total")
    assert [bar.parameter for bar in time.bars[:1]] == ["works_months"]


# ---- groups


def held(*groups: tuple[str, int]) -> list[Holding]:
    return [Holding(f"{name}{place}", f"h-{name}{place}", name, PLOT) for name, size in groups for place in range(size)]


def test_small_groups_are_merged_and_one_left_alone_takes_the_smallest_large_one() -> None:
    found = group_chances(MODEL, held(("a", 6), ("b", 5), ("c", 3), ("d", 2)), "reserve")
    shown = [(one.label, one.holders, one.groups) for one in found]
    assert shown == [("a", 6, ("a",)), ("b", 5, ("b",)), ("合并组", 5, ("c", "d"))]
    alone = group_chances(MODEL, held(("a", 6), ("b", 5), ("c", 1)), "reserve")
    assert [(one.label, one.holders, one.groups) for one in alone] == [("a", 6, ("a",)), ("合并组", 6, ("c", "b"))]


def test_the_totals_alone_are_those_of_the_table() -> None:
    for inputs in (PLOT, {**PLOT, "soil": "exceeds"}, {**PLOT, "plot_floor_m2": None}):
        for route in MODEL.policy.routes:
            whole = economics(MODEL, "P", inputs, route)
            assert cost_and_months(MODEL, inputs, route) == (whole.cost_fen, whole.value("months_total"))


def test_too_few_holders_in_all_are_hidden() -> None:
    found = group_chances(MODEL, held(("a", 2), ("b", 2)), "reserve")
    assert [(one.chance, one.basis_points, one.note) for one in found] == [
        (None, None, "不足 5 户，不显示；方案按办法写明的缺省值 50% 计")]
    assert found[0].counted == 5000 and group_chances(MODEL, held(("a", 6)), "reserve")[0].counted == 4600
    one_holder = [Holding(f"p{place}", "same", "a", PLOT) for place in range(9)]
    assert group_chances(MODEL, one_holder, "reserve")[0].chance is None
    with pytest.raises(ValueError, match="至少 2 户"):
        group_chances(MODEL, one_holder, "reserve", least_holders=1)


def test_each_holder_weighs_the_same_and_gaps_are_told() -> None:
    rows = held(("a", 6))  # 50 − 20 × 0.2 = 46 each
    rows += [Holding(f"more{place}", "h-a0", "a", {**PLOT, "leased_out_share": Fraction(100)}) for place in range(3)]
    chance = group_chances(MODEL, rows, "reserve")[0]
    assert chance.chance == (Fraction(46 + 3 * 30, 4) + 5 * 46) / 6
    assert chance.basis_points == round(chance.chance * 100)
    gap = [*held(("a", 5)), Holding("x", "h-x", "a", {**PLOT, "leased_out_share": None})]
    told = group_chances(MODEL, gap, "reserve")[0]
    assert (told.chance, told.note) == (46, "按数据齐全的 5 户计")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 12)), min_size=1, max_size=60), st.integers(2, 6))
def test_no_shown_chance_rests_on_fewer_holders_than_allowed(pairs: list[tuple[str, int]], least: int) -> None:
    rows = [Holding(f"p{place}", f"h{holder}", group, PLOT) for place, (group, holder) in enumerate(pairs)]
    found = group_chances(MODEL, rows, "upgrade", least_holders=least)
    assert sorted(plot for one in found for plot in one.plots) == sorted(row.plot for row in rows)
    assert all(one.chance is None or one.holders >= least for one in found)
    everyone = {row.holder for row in rows}
    assert all(one.chance is not None for one in found) or len(everyone) < least or len(found) == 1


# ---- the policy


@pytest.mark.parametrize(("change", "told"), [
    ("parameters: {land_price: {value: 100}}", "low ≤ value ≤ high"),
    ("parameters: {land_price: {unit: yuan/kwh, low: 25, high: 60}}", "量纲不同"),
    ("costs: {land: {otherwise: null, by: [{routes: [reserve], value: plot_mu * land_price}]}}", "otherwise: 0"),
    ("costs: {land: {by: [{routes: [reserve, reserve], value: '0'}]}}", "写了两次"),
    ("costs: {land: {by: [{routes: [fly], value: '0'}]}}", "没有路径“fly”"),
    ("figures: {land_price: {label: 又一个, value: plot_mu, unit: mu}}", "请换一个名字"),
    ("effects: {jobs_lost: null}", "effects 缺 jobs_lost"),
    ("groups: {least_holders: 1}", "不小于 2"),
    ("times: {land: {label: 地, otherwise: 0}}", "重名"),
    ("parameters: {new_one: {label: 新, value: 1}}", "须写明 source"),
])
def test_a_policy_that_leaves_something_open_is_refused(change: str, told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_yaml(f"extends: default@1\n{change}", kind="renewal_economics", id="own")
    assert told in str(caught.value)


def test_a_county_changes_one_price() -> None:
    text = "extends: default@1\nparameters: {land_price: {value: 50}}"
    own = compile_economics(load_yaml(text, kind="renewal_economics", id="own"))
    assert economics(own, "P", PLOT, "reserve").value("land") == 1500
    assert all(one.verified == "to-verify" for one in MODEL.policy.parameters.values())
