"""What is wrong is told in sentences; a problem reads as a tree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.check import ProblemError, check, notices
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Budget,
    Candidate,
    Capacity,
    Lock,
    MinContiguous,
    Objective,
    Option,
    Problem,
    Target,
    Where,
)
from tenglong.domain.renewal.portfolio.solve import solve
from tenglong.domain.renewal.portfolio.tree import tree

MU = 6_666_667
WAN = 1_000_000


def small(**changes: object) -> Problem:
    candidates = (Candidate("甲", 10 * MU, "曹娥"), Candidate("乙", 20 * MU, "曹娥"), Candidate("丙", 30 * MU, "东关"))
    options = tuple(Option(one.key, "收储", 100 * WAN, 30 * WAN) for one in candidates)
    problem = Problem(
        (2026, 2027),
        candidates,
        options,
        budgets=(Budget(200 * WAN),),
        targets=(Target(40 * MU),),
        graph=Graph.of(3, [(0, 1)], [55.0]),
    )
    return replace(problem, **changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"budgets": (Budget(0),)}, "预算为 0"),
        ({"budgets": (Budget(-1),)}, "预算不能为负"),
        ({"objective": Objective(Aim.CHEAPEST), "targets": (Target(99 * MU),)}, "超过全域全部候选用地 60 亩"),
        ({"options": (Option("丁", "收储", 1),)}, "候选清单之外的地块上：丁"),
        ({"options": ()}, "候选地块没有任何途径：甲、乙、丙"),
        ({"candidates": ()}, "没有候选地块"),
        ({"years": ()}, "没有写明计划年份"),
        ({"targets": ()}, "请至少写一个目标"),
        ({"budgets": (Budget(5, 2030),)}, "2030 年不在计划年份内"),
        ({"targets": (Target(MU, where=Where.TOWN, name="盖北"),)}, "没有属于“盖北”的"),
        ({"graph": Graph.of(2, [])}, "相邻关系写的是 2 宗地块"),
        (
            {"candidates": (Candidate("甲", 10 * MU, lock=Lock(True, "搬迁")),), "options": (Option("甲", "收储", 1),)},
            "不认识的途径“搬迁”",
        ),
        (
            {"candidates": (Candidate("甲", 10 * MU, lock=Lock(True, None, 2031)),), "options": (Option("甲", "收储", 1),)},
            "2031 年不在计划年份内",
        ),
        ({"min_contiguous": MinContiguous(100 * MU)}, "超过全部候选用地"),
    ],
)
def test_a_fault_is_told_in_a_sentence(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ProblemError) as error:
        check(small(**changes))
    assert any(told in sentence for sentence in error.value.sentences)


def test_an_unknown_route_is_told_with_those_there_are() -> None:
    with pytest.raises(ProblemError, match="不认识的途径：收储；可用：提容"):
        check(small(), frozenset({"提容"}))


def test_least_shortfall_has_a_plan_though_the_target_is_beyond_all_land() -> None:
    problem = small(targets=(Target(99 * MU),))
    answer = solve(problem)
    assert notices(problem) == ["目标：全域各年合计启动99 亩处置用地以上：超过全域全部候选用地 60 亩，请调低目标或增加候选地块"]
    assert answer.found and {one.key for one in answer.chosen} == {"乙", "丙"}
    assert "差 49 亩处置用地" in answer.words()


def test_a_problem_without_a_plan_names_the_parts_that_conflict() -> None:
    locked = tuple(replace(one, lock=Lock(True)) for one in small().candidates)
    answer = solve(small(candidates=locked, capacities=(Capacity(5),)))
    assert not answer.found
    assert "互相冲突" in answer.words() and "预算：各年合计不超过 200 万元" in answer.words()
    assert "锁定必选：甲" in answer.words() and "安置面积" not in answer.words()


def test_the_tree_names_every_part() -> None:
    text = tree(small(min_contiguous=MinContiguous(5 * MU), capacities=(Capacity(300, year=2026),)))
    assert text.splitlines()[0] == "方案问题"
    for line in (
        "候选地块：3 宗，60 亩，相邻 1 对",
        "镇街“曹娥”：2 宗",
        "预算：各年合计不超过 200 万元",
        "目标：全域各年合计启动40 亩处置用地以上",
        "承载：全域2026 年300 ㎡安置面积以内",
        "连片：每个项目不小于 5 亩",
        "收储：3 个，成本合计 300 万元，年增收合计 90 万元",
    ):
        assert line in text
