"""A policy text that is wrong says which line, which key and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.policy import PolicyError, load_yaml

GOOD = """# 县域概况
name: 上虞区
division: "330604"
extent:
  west: 120.6
  south: 29.7
  east: 121.1
  north: 30.3
central_meridian: 120
towns:
  - code: "330604001"
    name: 百官街道
"""


def problems(text: str, kind: str = "county") -> list[tuple[int, str, str]]:
    with pytest.raises(PolicyError) as caught:
        load_yaml(text, kind=kind, id="home", file="home.yaml")
    return [(problem.line, problem.key, problem.reason) for problem in caught.value.problems]


def test_a_good_text_gives_plain_data_and_lines() -> None:
    document = load_yaml(GOOD, kind="county", id="home")
    assert document.data["towns"] == [{"code": "330604001", "name": "百官街道"}]
    assert type(document.data["central_meridian"]) is int
    assert document.line_of("extent", "east") == 7
    assert document.line_of("towns", 0, "name") == 12
    assert len(document.sha256) == 64


@pytest.mark.parametrize(("old", "new", "line", "key", "said"), [
    ("central_meridian: 120", "central_meridian: abc", 9, "central_meridian", "应是数"),
    ('division: "330604"', "division: x", 3, "division", ""),
    ("west: 120.6", "west: 220.6", 5, "extent.west", "应不大于 180"),
    ("west: 120.6", "west: 121.6", 4, "extent", "范围颠倒"),
    ('"330604001"', '"330602001"', 1, "", "不属于 330604"),
    ("  north: 30.3\n", "", 4, "extent.north", "缺少必填项"),
    ("  north: 30.3", "  north: 30.3\n  up: 1", 9, "extent.up", "不认识的键"),
])
def test_each_defect_names_its_line(old: str, new: str, line: int, key: str, said: str) -> None:
    found = problems(GOOD.replace(old, new))
    assert [(where, what) for where, what, _why in found] == [(line, key)]
    assert said in found[0][2]


def test_broken_yaml_names_the_line() -> None:
    assert problems("name: a\n  b: [1,\n")[0][0] in (2, 3)
    assert "不是合法的 YAML" in problems("a: [1")[0][2]
    assert "最外层" in problems("- a\n- b\n")[0][2]


def test_a_key_given_twice_is_refused() -> None:
    assert problems(GOOD + "name: 又一个\n")[0][0] == 13


def test_an_unknown_kind_lists_the_known_ones() -> None:
    assert "county" in problems(GOOD, kind="castle")[0][2]


def test_a_partial_policy_must_say_what_it_does_not_know() -> None:
    assert "unknown" in problems("completeness: partial\n" + GOOD)[0][2]
    document = load_yaml("completeness: partial\nunknown: [towns]\n" + GOOD, kind="county", id="home")
    assert document.header.unknown == ("towns",)


def test_a_text_that_names_another_policy_is_refused() -> None:
    assert problems("policy_id: away\n" + GOOD) == [(1, "policy_id", "写的是“away”，这里应是“home”")]


def test_deep_nesting_and_object_tags_do_no_harm() -> None:
    assert problems("a: " + "[" * 60 + "]" * 60)
    assert problems("a: !!python/object/apply:os.system ['true']")


@given(st.text(max_size=200))
def test_any_text_is_either_a_policy_or_a_list_of_problems(text: str) -> None:
    try:
        load_yaml(text, kind="codes", id="x")
    except PolicyError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.reason for problem in error.problems)
