"""`extends`: a county writes what differs; typed thresholds and profile refuse unknown keys; code and preset are one."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tenglong.domain.policy import Document, PolicyError, load_yaml
from tenglong.domain.policy.document import merged, packaged
from tenglong.domain.quality import options
from tenglong.domain.quality.options import Options
from tenglong.domain.quality.thresholds import Quality, Thresholds

OURS = """extends: default
thresholds:
  max_gap: {value: 0.3, authority: 本县自然资源部门, verified: verified}
"""


def test_a_county_says_what_differs_and_keeps_the_rest() -> None:
    document = load_yaml(OURS, kind="quality", id="330604")
    mine = Quality.model_validate(document.data).thresholds
    theirs = Quality.model_validate(packaged("quality", "default").data).thresholds
    assert (mine.max_gap.value, mine.max_gap.authority, mine.max_gap.unit) == (0.3, "本县自然资源部门", "m")
    assert mine.model_dump(exclude={"max_gap"}) == theirs.model_dump(exclude={"max_gap"})
    assert Options.of(mine) == Options(max_gap=0.3)
    assert document.pin != document.sha256 and packaged("quality", "default").pin == packaged("quality", "default").sha256


def test_maps_are_merged_deep_and_lists_replaced() -> None:
    below = {"a": {"b": 1, "c": {"d": 2}}, "list": [1, 2], "kept": 0}
    assert merged(below, {"a": {"c": {"e": 3}}, "list": [9]}) == {"a": {"b": 1, "c": {"d": 2, "e": 3}}, "list": [9], "kept": 0}
    assert below["a"] == {"b": 1, "c": {"d": 2}}


@pytest.mark.parametrize("text,line,reason", [
    ("extends: nowhere\n", 1, "找不到所扩展的政策 quality/nowhere"),
    ("version: 2\nextends: ours\n", 2, "不能扩展自己"),
    ("extends: default\nthresholds:\n  max_gapp: {value: 1}\n", 3, "不认识的键"),
    ("extends: default\nthresholds:\n  outside_share: {value: 1.5}\n", 3, "不大于 1"),
    ("thresholds: {}\n", 1, "缺少必填项"),
])
def test_what_is_wrong_with_an_extension_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_yaml(text, kind="quality", id="ours")
    assert caught.value.problems[0].line == line and reason in caught.value.problems[0].reason


def test_what_the_extended_policy_does_not_know_stays_unknown_until_given() -> None:
    above = load_yaml("completeness: partial\nunknown: [colours, scan.shows]\n", kind="codes", id="base")
    def ours(text: str) -> Document:
        return load_yaml(f"extends: base\n{text}", kind="codes", id="ours", parent=lambda kind, name: above)

    below, done = ours("scan: {shows: [code]}\n"), ours("scan: {shows: []}\ncolours: {}\n")
    assert (below.header.completeness, below.header.unknown) == ("partial", ("colours",))
    assert (done.header.completeness, done.header.unknown) == ("full", ())


def test_every_threshold_of_the_code_is_one_of_the_policy_and_no_number_stands_twice() -> None:
    own = {field.name for field in fields(Options)} - {"workers", "rules", "tolerance_floor"}
    assert own | {"area_tolerance_floor"} == set(Thresholds.model_fields)
    assert Options.of(Quality.model_validate(packaged("quality", "default").data).thresholds) == Options()
    source = Path(options.__file__).read_text("utf-8")
    assert not [line for line in source.splitlines() if "_share" in line and "0." in line]


@pytest.mark.parametrize("extra,reason", [
    ("provenance: {height: {authority: 甲, source: 乙, verified: verified}}\n", "没有对应的键：height"),
    ("colour: red\n", "不认识的键"), ("names: ['']\n", "不能有空的名称"),
])
def test_a_county_profile_knows_its_keys(extra: str, reason: str) -> None:
    text = packaged("county", "330604").text
    if "names" in extra:
        text = text.replace("names: [上虞]\n", "")
    if "provenance" in extra:
        text = text[: text.index("provenance:")]
    with pytest.raises(PolicyError, match=reason):
        load_yaml(text + extra, kind="county", id="330604")
