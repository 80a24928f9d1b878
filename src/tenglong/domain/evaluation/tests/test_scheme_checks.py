"""A scheme that cannot mean anything is refused: which file, which line, which key, and why."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tenglong.domain.evaluation import catalogue
from tenglong.domain.evaluation.checks import compile_kept, compile_scheme
from tenglong.domain.evaluation.compiled import PartialScheme
from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.policies import read_text

DEMO = read_text("evaluation/demo@1.yaml")
SMALL = "small_group: {min: 10, below: score_cut, score_cut: {A: 100, B: 70, C: 40}}"
RENT = "points: -5 * max(tenants_below - 1, 0)"
CUTS = "cuts: {A: 20, B: 60, C: 95}"
ADDED = "value: value_added / land_mu"


def refused(text: str) -> tuple[Any, ...]:
    with pytest.raises(PolicyError) as caught:
        load_yaml(text, kind="evaluation", id="demo", file="county.yaml")
    assert all(problem.file == "county.yaml" for problem in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(("old", "new", "key", "reason"), [
    (ADDED, "value: value_aded / land_mu", "indicators.value_added_per_mu.value", "不认识“value_aded”，是不是 value_added"),
    (ADDED, "value: __import__('os').system('id')", "value_added_per_mu.value", "不认识"),
    (ADDED, "value: value_added.real", "value_added_per_mu.value", "有误"),
    (ADDED, f"value: {'(' * 30}value_added{')' * 30} / land_mu", "value_added_per_mu.value", "最多 20 层"),
    (ADDED, f"value: ({'+'.join(['value_added'] * 150)}) / land_mu", "value_added_per_mu.value", "最多 200 个节点"),
    ("unit: wan_yuan/person", "unit: wan_yuan/mu", "labour_productivity.value", "“万元/人”，不能换算成声明的“万元/亩”"),
    ("unit: wan_yuan/person", "unit: wan_yuan/furlong", "labour_productivity.value", "不认识的单位“furlong”"),
    ("weight: 30", "weight: 31", "groups.above.indicators", "31＋20＋20＋10＋10＋10＝101，应等于满分 100"),
    ("weight: 30", "weight: 三十", "tax_per_mu.weight", "应是数"),
    ("weight: 30", "weigth: 30", "tax_per_mu.weigth", "不认识的键"),
    (CUTS, "cuts: {A: 20, B: 20, C: 95}", "groups.tenant.grades", "等级分界重叠"),
    (CUTS, "cuts: {A: 60, B: 20, C: 95}", "groups.tenant.grades", "等级分界重叠"),
    (CUTS, "cuts: {A: 20, X: 60, C: 95}", "groups.tenant.grades", "逐级给出：A、B、C"),
    ("when: accident, effect: {grade: D}", "when: accident, effect: {grade: E}", "vetoes.accident.effect", "没有等级“E”"),
    ("effect: {down: 1}", "effect: {down: 1, grade: D}", "vetoes.refused_data.effect", "之一"),
    ("managed_as: B", "managed_as: Z", "ungraded.new_firm.managed_as", "没有等级“Z”"),
    ("effect: {at_least: C}", "effect: {at_least: Z}", "protections.construction.effect", "没有等级“Z”"),
    ("      groups: [above]\n      items", "      groups: [abov]\n      items", "bonuses.ladders.capital.groups", "没有“abov”"),
    ("when: carrier}", "when: land_mu}", "scope.exclude.carrier.when", "这里要写条件"),
    (RENT, "points: land_mu", "deductions.rent_out_above.points", "不能换算成声明的“分”"),
    (RENT, "points: scale", "deductions.rent_out_above.points", "算得出数"),
    (RENT, "points: total / 10", "deductions.rent_out_above.points", "不认识“total”"),
    (SMALL, "small_group: {min: 10, below: merge, merge_with: nowhere}", "small_group.merge_with", "不是本办法的分组"),
    (SMALL, "small_group: {min: 10, below: merge, merge_with: above}", "above.grades.small_group.merge_with", "绕成了圈"),
    (SMALL, "small_group: {min: 10, below: score_cut, score_cut: {A: 70, B: 70, C: 40}}", "score_cut", "严格递减"),
    ("ties: all_up", "ties: by\n      tie_by: nope\n      then: all_up", "tenant.grades.tie_by", "不是“tenant”组的评价指标"),
    ("total: {full_marks: 100, decimals: 2, cap: none}\n", "", "total", "没有写明"),
    ("        missing: zero\n", "", "rd_intensity.missing", "没有写明"),
    ("cap: 1.5, floor: 0}", "cap: 1.5}", "score.floor", "没有写明"),
    ("completeness: full", "completeness: partial\nunknown: [nothing.here]", "unknown", "没有对应的键"),
    ("completeness: full", "completeness: partial\nunknown: [total]", "unknown", "已经给出"),
    ("  carrier: {if_absent: false}", "  carier: {if_absent: false}", "attributes.carier", "不是通用属性，须写明 type"),
    ("  carrier: {if_absent: false}\n", "", "scope.exclude.carrier.when", "须先在 attributes 里列出"),
    ("scale: {if_absent: null,", "scale: {type: flag, if_absent: null,", "attributes.scale", "不能改成 flag"),
    ("tenants_below: {if_absent: 0}", "tenants_below: {if_absent: some}", "attributes.tenants_below", "应是数"),
    ("  green_national: {", "  tax_paid: {label: 税, type: flag}\n  green_national: {", "attributes.tax_paid", "已是原始指标"),
    ("  green_national: {", "  total: {label: 总, type: flag}\n  green_national: {", "attributes.total", "保留字"),
    ('when: holding == "leased"', 'when: holding == "lease"', "groups.tenant.when", "没有取值“lease”"),
    ("cap: 1.5, floor: 0}", "cap: 1.5, floor: 2}", "score.cap", "须大于保底"),
    ("  unit: {if_absent: null, note: 集团合并评价的单元；没有记录就是单独评价}\n", "", "joint", "“unit”"),
    ("tenants: {treatment: separate}", "tenants: {treatment: follow_landlord, when: carrier}", "tenants", "“landlord”"),
])
def test_a_bad_scheme_is_refused_at_its_line(old: str, new: str, key: str, reason: str) -> None:
    assert old in DEMO
    problems = refused(DEMO.replace(old, new))
    found = [problem for problem in problems if problem.key.endswith(key) and reason in problem.reason]
    assert found, [str(problem) for problem in problems]
    if new and problems[0].key != "total":
        assert all(problem.line > 1 for problem in found)


def test_the_line_is_that_of_the_value() -> None:
    line = next(n for n, text in enumerate(DEMO.splitlines(), 1) if text.strip() == ADDED)
    assert {problem.line for problem in refused(DEMO.replace(ADDED, "value: nothing / land_mu"))} == {line}


def test_every_problem_is_told_at_once() -> None:
    text = DEMO.replace("weight: 30", "weight: 31").replace("managed_as: B", "managed_as: Z")
    text = text.replace("when: carrier}", "when: 1}")
    assert {problem.key for problem in refused(text)} == {
        "groups.above.indicators", "ungraded.new_firm.managed_as", "ungraded.new_land.managed_as", "scope.exclude.carrier.when"}


def test_a_compiled_scheme_holds_trees_factors_and_what_it_reads() -> None:
    compiled = compile_scheme(catalogue.load("demo@1"))
    assert compiled.name == "demo@1"
    assert set(compiled.measures) == {"land_mu", "tax_paid", "revenue", "value_added", "employees", "rd_expense", "energy_tce",
                                      "electricity_kwh", "water_t", "cod_t", "nh3n_t", "so2_t", "nox_t"}
    assert compiled.factors["below", "tax_per_kwh"] == 10_000
    assert compiled.factors["above", "rd_intensity"] == 100
    assert compiled.factors["above", "tax_per_mu"] == Fraction(1)
    assert compiled.attributes["registered_years"].if_absent == Decimal(99)
    assert compiled.attributes["scale"].choices == ("above", "below")
    assert compiled.lacks("publish") == ()
    assert "consequences.electricity.amounts.D" in compiled.expressions


def test_what_is_unknown_blocks_what_needs_it_and_nothing_else() -> None:
    compiled = compile_scheme(catalogue.load("zj-huangyan@2022"))
    compiled.require("score")
    with pytest.raises(PartialScheme, match="不能定档；缺：.*groups.above.grades"):
        compiled.require("grade")
    assert "groups.above.indicators.tax_per_mu.missing" in compiled.lacks("grade")
    framework = compile_scheme(catalogue.load("zj@2018"))
    with pytest.raises(PartialScheme, match="zj@2018 尚不完整，不能算分；缺：.*tax_per_mu.weight"):
        framework.require("score")


def test_a_mean_of_the_group_needs_to_know_who_is_in_it() -> None:
    text = DEMO.replace("completeness: full", "completeness: partial\nunknown: [scope]")
    head, _, rest = text.partition("\nscope:")
    text = head + "\n" + rest[rest.index("\ngroups:"):]
    assert compile_scheme(load_yaml(text, kind="evaluation", id="demo")).lacks("score") == ()
    moving = text.replace("kind: last_year, factor: 1, mean: of_sums, value: 14.1", "kind: group, factor: 1, mean: of_sums")
    assert compile_scheme(load_yaml(moving, kind="evaluation", id="demo")).lacks("score") == ("scope",)


def test_text_numbers_and_flags_of_yaml_may_stand_as_expressions() -> None:
    text = DEMO.replace('A: "0", B: "0", C: 0.1', "A: 0, B: 0, C: 0.1").replace("when: carrier}", "when: false}")
    assert compile_scheme(load_yaml(text, kind="evaluation", id="demo")).expressions


def test_a_kept_text_of_an_older_program_stays_readable_and_refuses_only_what_needs_the_new_key() -> None:
    older = DEMO.replace("total: {full_marks: 100, decimals: 2, cap: none}\n", "")
    kept = compile_kept(load_yaml(older, kind="evaluation", id="demo", kept=True))
    assert kept.expressions == compile_scheme(load_yaml(DEMO, kind="evaluation", id="demo")).expressions
    assert kept.lacks("score") == ("total",)
    with pytest.raises(PolicyError):
        compile_kept(load_yaml(older.replace(ADDED, "value: value_aded / land_mu"), kind="evaluation", id="demo", kept=True))
