"""Definitions: the packaged ones load; what does not hang together is refused with its line."""

from __future__ import annotations

import pytest

from tenglong.apps.policy import presets
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.policy import PolicyError, load_yaml

SMALL = """label: 小流程
subject: plot
openers: county_admin
initial: a
documents: {paper: 批文}
fields:
  - {id: day, label: 日期, type: date}
states:
  - {id: a, label: 甲}
  - {id: b, label: 乙}
  - {id: end, label: 完, final: true}
tasks:
  - {id: look, label: 看, state: b, role: case.work, deadline: {days: 3, from: day}}
transitions:
  - {id: go, label: 走, from: a, to: b, role: case.work}
  - {id: back, label: 退回, from: b, to: a, role: case.work}
  - {id: stop, label: 结束, from: b, to: end, role: case.work, guards: {documents: paper, tasks_done: look}}
"""


def small(old: str = "", new: str = "") -> CaseDefinition:
    assert old in SMALL
    return CaseDefinition.model_validate(load_yaml(SMALL.replace(old, new) if old else SMALL, kind="cases", id="small").data)


@pytest.mark.parametrize("name", ["evaluation-cycle", "evaluation-appeal"])
def test_packaged_definitions_load_and_name_their_source(name: str) -> None:
    document = presets.load("cases", name)
    case = CaseDefinition.model_validate(document.data)
    assert document.header.source
    assert document.header.verified == "to-verify"
    assert any(state.final for state in case.states)


def test_a_ring_for_sending_back_is_fine() -> None:
    assert [move.id for move in small().leaving("b")] == ["back", "stop"]


@pytest.mark.parametrize(("old", "new", "line", "reason"), [
    ("from: a, to: b, role", "from: a, to: c, role", 15, "没有状态“c”"),
    ("from: b, to: end", "from: b, to: a", 11, "从开始走不到"),
    (", final: true", "", 8, "没有终结状态"),
    ("id: back", "id: go", 16, "流转“go”重复"),
    ("state: b, role: case.work", "state: b, role: []", 13, "至少要有一项"),
    ("state: b, role: case.work,", "state: b,", 13, "缺少必填项"),
    ("documents: paper,", "documents: stamp,", 17, "没有材料“stamp”"),
    ("tasks_done: look", "tasks_done: read", 17, "没有任务“read”"),
    ("from: day}", "from: night}", 13, "没有日期字段“night”"),
    ("{days: 3, from: day}", "{days: 3, working_days: 2}", 13, "之一"),
    ("guards: {documents", "guards: {approval: yes, documents", 17, "不认识的键"),
    ("initial: a", "initial: z", 4, "没有状态“z”"),
    ("role: case.work, deadline", "role: mayor, deadline", 13, "没有角色或权限“mayor”"),
    ("from: b, to: a", "from: end, to: a", 11, "终结状态，不能再流转"),
])
def test_what_does_not_hang_together_is_refused_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(PolicyError) as refused:
        small(old, new)
    assert any(reason in problem.reason and problem.line == line for problem in refused.value.problems), str(refused.value)


def test_the_main_line_leaves_out_what_is_only_entered_by_sending_back_or_ending_early() -> None:
    appeal = CaseDefinition.model_validate(presets.load("cases", "evaluation-appeal").data)
    assert set(appeal.state_by_id) - appeal.main_line == {"returned", "withdrawn"}
    assert small("{id: stop,", "{id: stop, way: end,").main_line == {"a", "b"}


def test_a_state_without_a_way_to_an_end_is_refused() -> None:
    trap = "  - {id: end, label: 完, final: true}\n"
    with pytest.raises(PolicyError, match="走不到任何终结状态"):
        text = SMALL.replace(trap, trap + "  - {id: trap, label: 死胡同}\n")
        load_yaml(text + "  - {id: fall, label: 掉, from: a, to: trap, role: case.work}\n", kind="cases", id="small")


def test_values_are_read_by_the_type_of_their_field() -> None:
    case = small()
    assert case.read_fields({"day": "2026-11-22"}) == {"day": "2026-11-22"}
    assert case.read_fields({"day": "  "}) == {"day": None}
    with pytest.raises(ValueError, match="“日期”填的“明天”不对，应是日期"):
        case.read_fields({"day": "明天"})
    with pytest.raises(ValueError, match="没有字段 night"):
        case.read_fields({"night": "x"})
