"""Schemes that come with the program: all compile, each says what it does not know; versions and `extends` by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenglong.domain.evaluation import catalogue
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.completeness import open_fields
from tenglong.domain.policy import Document, PolicyError, load_yaml, shelf

NAMES = [ref.stem for ref in catalogue.presets()]


@pytest.mark.parametrize("name", NAMES)
def test_every_scheme_compiles_and_owns_up(name: str) -> None:
    compiled = compile_scheme(catalogue.load(name))
    header = compiled.document.header
    assert (header.completeness == "full") == (not header.unknown)
    assert header.authority and header.source and header.verified in ("verified", "to-verify")
    assert {".".join(path) for path in open_fields(compiled.scheme)} <= set(header.unknown)


def test_the_named_jurisdictions_are_there() -> None:
    wanted = {"zj-huangyan@2021", "zj-huangyan@2022", "js-huaian@2024", "ah-guangde@2023", "ah-jingde@2022", "ha-anyang@2018",
              "zj-wenling@2022", "js-wujin@2018", "sd-changle@2023", "demo@1"}
    assert wanted <= set(NAMES)
    assert len(NAMES) >= 25


def test_consequences_of_the_example_are_without_legal_basis() -> None:
    scheme = compile_scheme(catalogue.load("demo@1")).scheme
    assert set(scheme.consequences) == {"electricity", "water", "land_tax"}
    assert not any(consequence.legal.complete for consequence in scheme.consequences.values())


def test_an_id_of_two_versions_needs_the_version_or_the_day() -> None:
    with pytest.raises(LookupError, match="zj-huangyan@2021、zj-huangyan@2022"):
        catalogue.load("zj-huangyan")
    assert catalogue.load("zj-huangyan", on=date(2021, 6, 1)).version == "2021"
    assert catalogue.load("zj-huangyan", on=date(2022, 1, 1)).version == "2022"
    with pytest.raises(LookupError, match="没有恰好一个有效的版本"):
        catalogue.load("zj-huangyan", on=date(2030, 1, 1))
    assert catalogue.load("demo").version == "1"


def test_a_file_is_read_by_its_own_name() -> None:
    text = "policy_id: ours\nextends: demo@1\nverified: to-verify\nname: 本县办法\n"
    found = catalogue.load("a/b/x.yaml", read=lambda path: text)
    assert (found.id, found.file, found.data["name"]) == ("ours", "a/b/x.yaml", "本县办法")
    assert catalogue.load("a/ours@3.yaml", read=lambda path: text.replace("policy_id: ours\n", "")).id == "ours"
    with pytest.raises(LookupError):
        catalogue.load("a/b/x.yaml")


def test_a_scheme_may_extend_an_older_version_of_itself() -> None:
    text = 'version: "2023"\nextends: zj-huangyan@2022\nverified: to-verify\ncompleteness: partial\nname: 2023 年度\n'
    found = load_yaml(text, kind="evaluation", id="zj-huangyan")
    assert found.data["groups"]["below"]["label"] == "规下工业企业"
    assert found.parent is not None and found.parent.version == "2022"
    assert found.header.completeness == "partial"
    with pytest.raises(PolicyError, match="不能扩展自己"):
        load_yaml(text.replace("2023", "2022"), kind="evaluation", id="zj-huangyan")
    with pytest.raises(PolicyError, match="写明其中一个：zj-huangyan@2021"):
        load_yaml("extends: zj-huangyan\n", kind="evaluation", id="ours")


def test_what_the_extended_scheme_does_not_know_may_be_given_or_denied() -> None:
    text = "extends: zj-huangyan@2022\ncompleteness: partial\nvetoes: none\ntenants: {treatment: separate}\n"
    unknown = load_yaml(text, kind="evaluation", id="ours").header.unknown
    assert not {"vetoes", "tenants"} & set(unknown)
    assert {"bonuses", "groups.above.grades"} <= set(unknown)


def test_an_entry_of_the_extended_scheme_is_taken_away_with_null() -> None:
    text = ("extends: demo@1\nverified: to-verify\nvetoes: {refused_data: null}\n"
            "attributes: {zone: {if_absent: null}}\nconsequences: {water: null}\n")
    ours = compile_scheme(load_yaml(text, kind="evaluation", id="ours"))
    assert "refused_data" not in ours.scheme.held("vetoes") and "accident" in ours.scheme.held("vetoes")
    assert ours.attributes["zone"].if_absent is None
    assert set(ours.scheme.consequences) == {"electricity", "land_tax"}
    wenling = "extends: zj-wenling@2022\ncompleteness: partial\ndeductions: {other: null}\n"
    assert "deductions.other" not in load_yaml(wenling, kind="evaluation", id="ours").header.unknown


def test_schemes_that_extend_one_another_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"evaluation/a.yaml": "extends: b\n", "evaluation/b.yaml": "extends: c\n", "evaluation/c.yaml": "extends: a\n"}
    monkeypatch.setattr(shelf.presets, "listed", lambda kind: ["a", "b", "c"])
    monkeypatch.setattr(shelf.presets, "preset", texts.__getitem__)
    shelf._load.cache_clear()
    try:
        with pytest.raises(PolicyError, match="extends 绕成了圈：a → b → c → a"):
            shelf.packaged("evaluation", "a")
    finally:
        shelf._load.cache_clear()


def test_a_problem_of_an_inherited_value_names_the_file_that_says_it() -> None:
    above = catalogue.load("demo@1")

    def parent(kind: str, name: str) -> Document:
        return above

    text = "extends: demo@1\nverified: to-verify\ntotal: {full_marks: 120, decimals: 2, cap: none}\n"
    with pytest.raises(PolicyError) as caught:
        load_yaml(text, kind="evaluation", id="ours", file="ours.yaml", parent=parent)
    problems: tuple[Any, ...] = caught.value.problems
    assert {problem.file for problem in problems} == {"evaluation/demo@1.yaml"}
    assert "应等于满分 120" in problems[0].reason
