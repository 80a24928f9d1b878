"""Trace and page: every point adds up, every figure keeps its source, every standing says why."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import pyarrow as pa
import pytest

from tenglong.domain.evaluation.catalogue import load
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.explain import explain
from tenglong.domain.evaluation.figures import fixed, significant, total_text
from tenglong.domain.evaluation.tests import trace_county as county
from tenglong.domain.evaluation.trace import SCHEMA, TraceError, adds_up, trace
from tenglong.engine import evaluate

KEYS = {
    "schema", "scheme", "snapshot", "software", "key", "group", "standing", "standing_reason", "indicators",
    "bonuses", "bonus", "deductions",
    "deduction", "total", "decimals", "rank", "n", "cuts", "rank_grade", "protections", "vetoes", "grade", "managed_as",
}


@pytest.fixture(scope="module")
def run():
    compiled, rows = county.compiled(), county.data(80)
    results = {row["key"]: row for row in evaluate(compiled, rows).to_pylist()}
    return compiled, {row["key"]: row for row in rows.to_pylist()}, results


def traces(run, **more):
    compiled, inputs, results = run
    return {key: trace(compiled, row, inputs[key], **more) for key, row in results.items()}


def test_every_trace_has_the_documented_shape_and_is_json(run):
    for found in traces(run).values():
        assert found.keys() >= KEYS and found["schema"] == SCHEMA
        assert json.loads(json.dumps(found)) == found


def test_the_printed_terms_add_up_to_the_total_for_everyone(run):
    found = traces(run)
    assert all(adds_up(one) for one in found.values())
    assert sum(one["total"] is not None for one in found.values()) > 50


def test_a_changed_term_bonus_or_total_no_longer_adds_up(run):
    found = next(one for one in traces(run).values() if one["bonuses"] and one["deductions"] and one["group"]["id"] == "above")
    for path, value in ((("indicators", 0, "points"), "99.0000"), (("bonus",), "7.0000"), (("total",), "1.00"),
                        (("deductions", 0, "points"), "-1.0000")):
        broken = copy.deepcopy(found)
        at = broken
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = value
        assert not adds_up(broken), path


def test_the_formula_read_with_its_own_numbers_gives_the_points(run):
    checked = 0
    for found in traces(run).values():
        for term in found["indicators"]:
            if term["missing"] is None and term["limited"] is None and term["points"] is not None:
                body, _, stated = term["formula"].partition(" = ")
                text = body.replace("×", "*").replace("÷", "/").replace("−", "-").replace("［", "(").replace("］", ")")
                text = text.replace("（", "(").replace("）", ")").replace("* (", "*(").replace("*(", "*(")
                assert stated == term["points"]
                assert eval(text) == pytest.approx(float(stated), abs=2e-3)
                checked += 1
    assert checked > 100


def test_a_bonus_ladder_counts_its_highest_and_says_so(run):
    both = [one for one in traces(run).values() if len([b for b in one["bonuses"] if b["ladder"] == "tech"]) == 2]
    assert both
    for one in both:
        counted = {b["item"]: (b["counted"], b["note"]) for b in one["bonuses"] if b["ladder"] == "tech"}
        assert counted["giant"][0] and counted["high"] == (False, "同一梯级只计最高")


def test_a_bonus_that_the_result_does_not_hold_is_not_explained_away(run):
    compiled, inputs, results = run
    key = next(key for key, row in results.items() if row["total"] is not None)
    with pytest.raises(TraceError, match="加分对不上"):
        trace(compiled, {**results[key], "bonus": 4.5}, inputs[key])


def test_the_source_of_each_figure_stands_beside_it_and_a_veto_cites_its_decision(run):
    source = {"fact": "F1", "url": "/facts/1", "department": "县税务局", "batch": "2023-1", "row": 37, "date": "2024-02-01"}
    decision = {"number": "应急〔2023〕9号", "date": "2023-05-06", "status": "effective"}
    found = traces(run, sources={"tax_paid": source, "accident": decision})
    some = next(one for one in found.values() if one["indicators"])
    inputs = {given["name"]: given["source"] for term in some["indicators"] for given in term["inputs"]}
    assert inputs["tax_paid"] == source and inputs["land_mu"] is None
    vetoed = [one for one in found.values() if one["vetoes"]]
    assert vetoed and all(one["vetoes"][0]["decision"] == decision and one["grade"] == "D" for one in vetoed)
    page = explain(vetoed[0])
    assert page.title == "为什么是 D" and "应急〔2023〕9号（2023-05-06）" in page.main_text
    cells = [cell for section in explain(some).sections for row in section.rows for cell in row]
    assert any(cell.url == "/facts/1" for cell in cells)


def test_cuts_name_the_last_rank_of_every_grade(run):
    found = next(one for one in traces(run).values() if one["rank"])
    lasts = [cut["last_rank"] for cut in found["cuts"]]
    n = found["n"]
    assert lasts == [n * 20 // 100, n * 60 // 100, n * 95 // 100, n]


def test_a_refused_enterprise_is_told_the_figure_and_who_delivers_it(run):
    found = next(one for one in traces(run).values() if one["standing"] == "refused")
    page = explain(found, deliverers={"revenue": "县统计局"})
    assert page.title == "为什么不能计分"
    assert any("缺少营业收入（应由县统计局提供）" in sentence for sentence in page.summary)


def test_an_excluded_enterprise_is_told_by_which_clause(run):
    found = next(one for one in traces(run).values() if one["standing"] == "excluded")
    page = explain(found)
    assert page.title == "为什么不参加评价" and "国有平台载体" in "".join(page.summary)


def test_ungraded_and_following_enterprises_are_told_how_they_are_treated(run):
    compiled, inputs, results = run
    text = county.SCHEME.replace(
        "ungraded: none", "ungraded:\n  young: {label: 新办企业, when: newly_above, scored: true, managed_as: B}")
    compiled = county.compiled(text)
    key = next(key for key, row in inputs.items() if row["newly_above"] and results[key]["total"] is not None)
    row = {**results[key], "standing": "ungraded", "standing_id": "young"} | dict.fromkeys(("rank", "n", "rank_grade", "grade"))
    page = explain(trace(compiled, row, inputs[key]))
    assert page.title == "为什么没有等级" and "新办企业" in page.main_text and "暂按 B 等管理" in page.main_text
    follower = dict.fromkeys(row) | {"key": key, "standing": "follows", "grade": "C"}
    assert explain(trace(compiled, follower, inputs[key])).title == "为什么随出租方定为 C"


def test_the_main_text_fits_one_page_of_a4(run):
    longest = max(len(explain(found, name="浙江某某精密机械制造股份有限公司").main_text) for found in traces(run).values())
    assert longest < 1500


@pytest.mark.parametrize(("value", "text"), [
    (37.34902, "37.3490"), (Fraction(1, 3), "0.3333"), (-0.00001, "0.0000"), (0.00005, "0.0001"), (22.03285, "22.0329"),
])
def test_points_have_four_decimals_half_up(value, text):
    assert fixed(value) == text


@pytest.mark.parametrize(("value", "text"), [
    (24.0970001, "24.097"), (1234567.6, "1234568"), (0.000123456789, "0.000123457"), (4929.81, "4929.81"),
    (120.0, "120"), (0, "0"),
])
def test_values_have_at_most_six_significant_figures(value, text):
    assert significant(value) == text


def test_totals_are_written_with_the_declared_decimals():
    assert (total_text(9962, 2), total_text(-5, 2), total_text(100, 0)) == ("99.62", "-0.05", "100")


def golden(values):
    """黄岩 2022 published benchmarks, one firm whose six indicator values are given (policy-facts §1.8)."""
    compiled = compile_scheme(load("zj-huangyan@2022"))
    tax, added, per_tce, per_t, labour, rd = (Fraction(value) for value in values)
    land = Fraction(1)
    row = {"key": "G", "scale": "above", "land_mu": land, "tax_paid": tax, "value_added": added, "energy_tce": added / per_tce,
           "cod_t": added / per_t, "nh3n_t": 0, "so2_t": 0, "nox_t": 0, "employees": added / labour, "revenue": 1000,
           "rd_expense": rd * 1000}
    held = {name: value if isinstance(value, str) else round(value * 10**6) for name, value in row.items()}
    rows = pa.table({name: [value] for name, value in held.items()})
    return trace(compiled, evaluate(compiled, rows).to_pylist()[0], held)


def test_the_golden_firm_of_huangyan_is_traced_to_four_decimals():
    found = golden(("30", "150", "2", "3000", "20", "0.025"))
    assert [term["points"] for term in found["indicators"]] == ["37.3490", "22.0329", "14.8478", "6.0854", "11.0254", "8.2781"]
    assert found["total"] == "99.6187" and adds_up(found)
    assert found["indicators"][0]["formula"] == "30 ÷ 24.097 × 30 = 37.3490"


def test_a_rule_in_two_stages_is_told_in_its_two_stages():
    stages = {"half": "50", "rest": "B", "top": {"grade": "A", "by": "亩均税收 + 研发强度", "share": "15"},
              "bottom": {"grade": "C", "by": "单位能耗产值", "share": "10"}}
    base = golden(("30", "150", "2", "3000", "20", "0.025"))
    found = base | {"method": "two_stage", "stages": stages, "rank": 3, "n": 40, "rank_grade": "A", "grade": "A",
                    "cuts": [{"grade": "A", "upto": "15", "last_rank": None}]}
    text = explain(found).main_text
    assert "前一段按“亩均税收 + 研发强度”从高到低，前 15 %（以全组 40 家计）为 A" in text and "第 1—" not in text
