"""The judge of monotony: what it proves, what it refuses to claim, and the reasons it gives."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.expression import chinese, names
from tenglong.domain.evaluation.monotone import monotone, verdicts
from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.slope import Slope, slope
from tenglong.domain.policy.document import load_yaml

HEADER = {"policy_kind": "evaluation", "policy_id": "one", "version": "1", "valid_from": "2024-01-01", "authority": "试",
          "document": "试", "source": "试", "verified": "to-verify", "completeness": "full", "name": "试", "jurisdiction": ""}
FIXED, LEAST = {"kind": "fixed", "value": 2}, {"kind": "min"}


def scheme(score, value="tax_paid / land_mu", unit="wan_yuan/mu", missing="zero", **more):
    """One group, one indicator."""
    rule = {"label": "亩均税收", "value": value, "unit": unit, "missing": missing, "weight": 100, "score": score}
    counts = {"ungraded": False, "vetoed": True}
    grades = {"method": "rank_share", "order": ["A", "B"], "cuts": {"A": 50}, "counted_from": "top", "rounding": "floor",
              "ties": "all_up", "counts_in_n": counts, "small_group": {"min": 1, "below": "as_usual"}}
    body = {"attributes": {}, "scope": {"include": "all", "exclude": {}},
            "groups": {"all": {"label": "全部", "when": "true", "indicators": {"item": rule}, "grades": grades}},
            "total": {"full_marks": 100, "decimals": 2, "cap": "none"}, "bonuses": {"total_cap": "none", "ladders": {}},
            "deductions": "none", "vetoes": "none", "protections": "none", "ungraded": "none",
            "tenants": {"treatment": "separate"}, "joint": {"allowed": False, "mixed": "none"}, **more}
    return compile_scheme(load_yaml(json.dumps({**HEADER, **body}, ensure_ascii=False), kind="evaluation", id="one"))


def ratio(benchmark=None, cap="none", floor="none"):
    return {"family": "ratio", "benchmark": benchmark or FIXED, "cap": cap, "floor": floor}


@pytest.mark.parametrize(
    "score",
    [
        ratio(cap=1.5, floor=0),
        ratio({"kind": "last_year", "factor": 1.2, "mean": "of_ratios"}),
        ratio({"kind": "percentile", "percentile": 80}),
        ratio({"kind": "max"}),
        {"family": "max_base"},
        {"family": "min_max", "from_percent": 20, "to_percent": 100, "flat": 60, "low": LEAST, "high": {"kind": "max"}},
        {"family": "value"},
    ],
)
def test_more_tax_is_better_where_the_family_rises(score):
    assert monotone(scheme(score), "tax_paid").direction == "rising"


def test_reverse_family_falls():
    assert monotone(scheme({"family": "reverse", "benchmark": FIXED}), "tax_paid").direction == "falling"


def test_own_row_in_the_mean_is_harmless_only_while_the_others_cannot_be_negative():
    """2 ÷ (2 − 1) = 2 but 3 ÷ (3 − 1) = 1.5: with a tax refund next door more tax is worse."""
    mean = {"kind": "group", "factor": 1, "mean": "of_ratios"}
    refused = monotone(scheme(ratio(mean)), "tax_paid")
    assert refused.direction == "unproven"
    assert refused.spoilers[0].path == "groups.all.indicators.item"
    assert "其他企业的这项合计可能为负" in refused.sentence
    assert monotone(scheme(ratio(mean), "revenue / land_mu"), "revenue").direction == "rising"
    sums = {**mean, "mean": "of_sums"}
    assert monotone(scheme(ratio(sums), "revenue / land_mu"), "land_mu").direction == "falling"


def test_land_falls_only_where_a_tax_refund_cannot_turn_the_sign():
    refused, held = (monotone(scheme(ratio(floor=floor)), "land_mu") for floor in ("none", 0))
    assert refused.direction == "unproven"
    assert "方向取决于税收是正是负" in refused.sentence
    assert held.direction == "falling"
    assert held.premises == ("“税收 ÷ 用地面积”的分母大于 0",)
    assert held.sentence.startswith("用地面积增加、其余数据不变，总分不会上升，其他企业得分不变时名次也不会变好")


def test_a_figure_that_nothing_reads_does_not_matter():
    assert monotone(scheme(ratio()), "water_t").direction == "unread"


def test_place_is_not_promised_where_the_others_move_too():
    verdict = monotone(scheme(ratio({"kind": "max"})), "tax_paid")
    assert verdict.direction == "rising"
    assert not verdict.ranks
    assert "其他企业的得分也会变" in verdict.rank_spoilers[0].reason
    assert monotone(scheme(ratio()), "tax_paid").ranks


def test_a_bonus_on_reaching_a_figure_rises_and_a_deduction_on_it_spoils():
    item = {"label": "纳税大户", "when": "tax_paid >= 100", "points": 3}
    ladder = {"label": "税收", "take": "highest", "cap": "none", "items": {"big": item}}
    assert monotone(scheme(ratio(), bonuses={"total_cap": 5, "ladders": {"tax": ladder}}), "tax_paid").direction == "rising"
    taken = {"big": {"label": "大户扣分", "when": "tax_paid >= 100", "points": "-3", "cap": "none"}}
    assert "一部分随之上升，另一部分随之下降" in monotone(scheme(ratio(), deductions=taken), "tax_paid").sentence


def test_conditions_on_the_figure_become_a_premise():
    found = monotone(scheme(ratio(floor=0), scope={"include": "land_mu >= 3", "exclude": {}}), "land_mu")
    assert found.direction == "falling"
    assert "仍在原来的评价范围和组别（“land_mu >= 3”的判断不变）" in found.premises


def test_indicators_that_pull_apart_are_named():
    base = scheme(ratio()).document.data
    first = base["groups"]["all"]["indicators"]["item"]
    other = {**first, "label": "单位税收产出", "value": "revenue / max(tax_paid, 1)", "unit": "ratio", "weight": 0.5}
    indicators = {"item": {**first, "weight": 99.5}, "other": other}
    groups = {"all": {**base["groups"]["all"], "indicators": indicators}}
    verdict = monotone(scheme(ratio(), groups=groups), "tax_paid")
    assert verdict.direction == "unproven"
    assert verdict.sentence == "不能断定税收增加时总分怎样变：全部：亩均税收得分随之上升，单位税收产出得分随之下降"
    assert [one.measure for one in verdicts(scheme(ratio(), groups=groups))] == ["land_mu", "tax_paid", "revenue"]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("tax_paid + revenue", "rising"), ("revenue - tax_paid", "falling"), ("-2 * tax_paid", "falling"),
        ("tax_paid / (land_mu - 0.5)", "unknown"), ("abs(tax_paid)", "unknown"), ("abs(max(tax_paid, 0))", "rising"),
        ("floor(tax_paid / 3)", "rising"), ("if(tax_paid >= 3, 5, 2)", "rising"), ("if(tax_paid >= 3, 2, 5)", "falling"),
        ("if(tax_paid >= 3, tax_paid, 5)", "unknown"), ("max(min(tax_paid, 5), 5)", "same"),
        ("tax_paid - tax_paid", "unknown"),
        ("if(tax_paid >= 10, 5, if(tax_paid >= 5, 3, 0))", "rising"), ("tax_paid == 3", "unknown"),
        ("not (tax_paid < 3) or revenue > 2", "rising"), ("if(known(tax_paid), 1, 0)", "same"), ("tax_paid * 0", "same"),
        ("revenue / max(tax_paid, 1)", "falling"), ("tax_paid in [1, 2]", "unknown"), ("max(tax_paid, 0) * revenue", "rising"),
    ],
)
def test_direction_of_an_expression(text, way):
    expr = parse(text)
    zero = Fraction(0)
    known = {"tax_paid": Slope(way="rising"), "revenue": Slope(zero), "land_mu": Slope(zero)}
    found = slope(expr, known, {name: name for name in names(expr)})
    assert found.way == way, (chinese(expr, {}), found)
    assert bool(found.why) is (way == "unknown")
