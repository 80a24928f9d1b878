"""集团合并 and 混合评价: one result for all members, or the unit's beside each one's own; the scheme says which counts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from tenglong import engine
from tenglong.cli import main
from tenglong.domain.evaluation.explain import explain
from tenglong.domain.evaluation.joint import unit_inputs
from tenglong.domain.evaluation.trace import adds_up, trace
from tenglong.domain.policy.document import PolicyError


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


worlds = beside("evaluation_worlds")
agree, results = beside("evaluation_agree").agree, beside("evaluation_oracle").results
COUNTS = {"ungraded": False, "vetoed": True, "protected": True}
ALONE = {"a": "A", "b": "C", "c": "B", "d": "A", "e": "C"}  # tax per mu 90, 5, 50, 100, 10


def scheme(**joint):
    grades = {"method": "rank_share", "order": ["A", "B", "C"], "cuts": {"A": 40, "B": 60}, "counted_from": "top",
              "rounding": "floor", "ties": "all_up", "counts_in_n": COUNTS, "small_group": {"min": 1, "below": "as_usual"}}
    tax = {"label": "亩均税收", "value": "tax_paid / land_mu", "unit": "wan_yuan/mu", "weight": 100, "missing": "refuse",
           "score": {"family": "ratio", "cap": "none", "floor": "none",
                     "benchmark": {"kind": "group", "factor": 1, "mean": "of_sums"}}}
    return {
        "attributes": {"unit": {"if_absent": None},
                       "accident": {"label": "安全事故", "type": "flag", "if_absent": False}},
        "scope": {"include": "all"},
        "groups": {"all": {"label": "全部", "when": "true", "indicators": {"tax_per_mu": tax}, "grades": grades}},
        "total": {"full_marks": 100, "decimals": 2, "cap": "none"}, "bonuses": {"total_cap": "none"}, "deductions": "none",
        "vetoes": {"accident": {"label": "安全事故", "when": "accident", "effect": {"grade": "C"}}},
        "protections": "none", "ungraded": "none", "tenants": {"treatment": "separate"}, "joint": {"allowed": True, **joint},
    }


def firm(key, tax, unit=None, accident=None, land=10):
    return {"key": key, "tax_paid": None if tax is None else tax * 10**6, "land_mu": land * 10**6, "unit": unit,
            "accident": accident}


#: a and b are one group: alone the best but one and the last, together 475 ÷ 10 a head, between c and e
FIRMS = [firm("a", 900, "U"), firm("b", 50, "U"), firm("c", 500), firm("d", 1000), firm("e", 100)]


def run(body, firms=FIRMS):
    compiled = worlds.compiled(body)
    found = engine.evaluate(compiled, worlds.table(compiled, firms)).to_pylist()
    agree(compiled, found, results(compiled, firms))
    return compiled, {row["key"]: row for row in found}


def test_a_group_without_mixed_evaluation_has_one_result_for_all_its_members():
    _compiled, found = run(scheme(vetoes="any"))
    assert [found[key]["total"] for key in "ab"] == [found["a"]["total"]] * 2
    assert (found["a"]["standing"], found["b"]["standing"], found["a"]["n"]) == ("graded", "merged", 4)
    assert found["a"]["x_tax_per_mu"] == 47.5


@pytest.mark.parametrize(("takes", "a", "b"), [
    ("own", "A", "C"), ("joint", "C", "C"), ("better", "A", "C"), ("worse", "C", "C"),
])
def test_members_keep_their_own_result_and_the_declared_grade_is_theirs(takes, a, b):
    """Beside the five the unit stands fourth, behind c."""
    _compiled, found = run(scheme(mixed="both", takes=takes, counts="own", vetoes="any"))
    assert {key: found[key]["own_grade"] or found[key]["grade"] for key in ALONE} == ALONE
    assert (found["unit:U"]["grade"], found["unit:U"]["x_tax_per_mu"], found["unit:U"]["rank"]) == ("C", 47.5, None)
    assert [found[key]["joint_grade"] for key in "abc"] == ["C", "C", None]
    assert (found["a"]["grade"], found["b"]["grade"]) == (a, b)


def test_land_of_a_group_stands_once_in_the_mean_and_once_in_n():
    _compiled, own = run(scheme(mixed="both", takes="own", counts="own", vetoes="any"))
    _compiled, together = run(scheme(mixed="both", takes="own", counts="joint", vetoes="any"))
    assert own["c"]["b_tax_per_mu"] == together["c"]["b_tax_per_mu"] == 51.0
    assert {row["n"] for row in own.values()} == {5} and {row["n"] for row in together.values()} == {4}
    assert [together[key]["rank"] for key in ("a", "b", "unit:U")] == [None, None, 3]


@pytest.mark.parametrize(("vetoes", "grade"), [("any", "C"), ("head", "A")])
def test_a_veto_on_one_member_meets_the_unit_where_the_scheme_says_any(vetoes, grade):
    firms = [firm("a", 9000, "U"), firm("b", 50, "U", accident=True), *FIRMS[2:]]
    _compiled, found = run(scheme(mixed="both", takes="own", counts="own", vetoes=vetoes), firms)
    assert (found["unit:U"]["grade"], found["b"]["grade"]) == (grade, "C")


def test_a_figure_that_one_member_lacks_is_lacking_in_the_unit_and_two_results_are_not_compared():
    firms = [firm("a", 900, "U"), firm("b", None, "U"), *FIRMS[2:]]
    _compiled, found = run(scheme(mixed="both", takes="better", counts="own", vetoes="any"), firms)
    assert [found[key]["standing_id"] for key in ("b", "unit:U", "a")] == ["tax_paid", "tax_paid", "joint"]
    assert found["a"]["own_grade"] == "B" and found["a"]["grade"] is None


def test_trace_and_page_tell_both_results_and_add_up():
    compiled, found = run(scheme(mixed="both", takes="joint", counts="own", vetoes="any"))
    told = trace(compiled, found["a"], FIRMS[0], unit=found["unit:U"])
    assert adds_up(told) and told["joint"]["joint_total"] == "93.14"
    page = explain(told).main_text
    assert "单独评价等级 A" in page and "以合并评价的等级为准，最终等级 C" in page and "单独和合并两个结果" in page
    unit = trace(compiled, found["unit:U"], unit_inputs(compiled, FIRMS[:2]))
    assert adds_up(unit) and unit["indicators"][0]["working"].startswith("950 ÷ 20")


@pytest.mark.parametrize(("joint", "key"), [
    ({"mixed": "both", "counts": "own", "vetoes": "any"}, "joint.takes"),
    ({"mixed": "both", "takes": "own", "vetoes": "any"}, "joint.counts"),
    ({}, "joint.vetoes"),
    ({"vetoes": "any", "takes": "own"}, "mixed"),
])
def test_nothing_about_joint_evaluation_is_left_to_a_silent_default(joint, key):
    with pytest.raises(PolicyError, match=key):
        worlds.compiled(scheme(**joint))


def test_no_record_is_no_unit():
    body = scheme(vetoes="any")
    body["attributes"]["unit"] = {"if_absent": ""}
    with pytest.raises(PolicyError, match="null"):
        worlds.compiled(body)


def test_a_file_is_evaluated_with_both_results(tmp_path):
    body = scheme(mixed="both", takes="better", counts="own", vetoes="any")
    (tmp_path / "random@1.yaml").write_text(json.dumps({**worlds.HEADER, **body}, ensure_ascii=False), "utf-8")
    lines = ["统一社会信用代码,企业名称,实缴税金（万元）,用地面积（亩）,合并评价单元,安全事故"]
    lines += [f"{one['key']},{one['key']}厂,{one['tax_paid'] // 10**6},10,{one['unit'] or ''},否" for one in FIRMS]
    (tmp_path / "in.csv").write_text("\n".join(lines), "utf-8")
    out = ["--out", str(tmp_path / "out.csv")]
    rule = ["--scheme", str(tmp_path / "random@1.yaml"), "--json"]
    done = CliRunner().invoke(main, ["evaluate", str(tmp_path / "in.csv"), *rule, *out])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["n"], [row["key"] for row in told["results"]], len(told["units"])) == (5, list("abcde"), 1)
    assert told["results"][0]["grade"] == "A" and told["results"][0]["joint_grade"] == "C"
    (unit,) = told["units"]
    assert [one["source"]["rows"] for one in unit["trace"]["indicators"][0]["inputs"]] == [[2, 3], [2, 3]]
    assert "合并评价单元 U" in (tmp_path / "out.csv").read_text("utf-8-sig")
