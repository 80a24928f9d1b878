"""Vectors of GB 32100-2015 and GB 11714: published examples, real codes that break the rule, and edges."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.codes.explain import explain
from tenglong.domain.codes.model import CodeExplanation, Kind
from tenglong.domain.codes.uscc import ALPHABET, check_character, check_uscc, org_check_character
from tenglong.policies import code_books

WEIGHTS = [3**i % 31 for i in range(17)]


def told(code: str, on: date | None = None) -> CodeExplanation:
    return explain(Kind.USCC, code, on, code_books())


def rules(code: str) -> list[str]:
    return [issue.rule for issue in told(code).issues]


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91512081MA62K0260E",
        "9131000063159284XQ",
        "91330604MA00002260",
        "91330604MA00004610",
        "91330604MA0000015G",
        "91330604MA00000A96",
        "91330604000000019R",
        "91330604MA000004XX",
    ],
)
def test_conforming_codes_are_valid(code: str) -> None:
    assert told(code).valid
    assert told(code).acceptable


@pytest.mark.parametrize(("code", "expected"), [("91350211M0000XUF46", "R"), ("91350100M0001TGQXM", "1")])
def test_issued_codes_that_break_the_check_are_invalid_yet_only_warned_about(code: str, expected: str) -> None:
    found = told(code)
    assert not found.valid
    assert found.acceptable
    assert [issue.rule for issue in found.issues] == ["uscc-check-digit"]
    assert f"应为 {expected}" in found.issues[0].message


def test_z_is_not_in_the_set_and_is_named_with_its_place() -> None:
    found = told("91350100M000100Y4Z")
    assert (found.valid, found.acceptable, [i.rule for i in found.issues]) == (False, False, ["uscc-character"])
    assert "第 18 位“Z”" in found.issues[0].message


@pytest.mark.parametrize("letter", "IOSVZ")
def test_each_excluded_letter_is_refused(letter: str) -> None:
    assert "uscc-character" in rules(f"9133060{letter}MA0000015G")


def test_lower_case_is_named_letter_by_letter() -> None:
    messages = [issue.message for issue in told("91330604ma0000015g").issues]
    assert [message.partition("“")[0] for message in messages] == ["第 9 位", "第 10 位", "第 18 位"]


@pytest.mark.parametrize("text", ["9.13306E+17", "9.13306e+17", "9.1330604E17", "913306040000000000.0"])
def test_scientific_notation_is_an_error_and_never_repaired(text: str) -> None:
    found = told(text)
    assert [issue.rule for issue in found.issues] == ["uscc-scientific-notation"]
    assert (found.valid, found.acceptable, found.segments) == (False, False, ())


@pytest.mark.parametrize("code", ["91330604MA0000015", "91330604MA0000015GG"])
def test_wrong_length_is_told_with_the_count(code: str) -> None:
    assert rules(code) == ["uscc-length"]
    assert f"实为 {len(code)} 位" in told(code).issues[0].message


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("D2143569", "X"),
        ("MA62K026", "0"),
        ("63159284", "X"),
        ("12345678", "8"),
        ("M000100Y", "4"),
    ],
)
def test_organisation_check_characters(body: str, check: str) -> None:
    assert org_check_character(body) == check


def test_a_wrong_embedded_organisation_code_is_warned_about() -> None:
    body = "91330604MA0000016"
    assert rules(body + check_character(body)) == ["uscc-org-check-digit"]


def test_the_authority_is_explained_as_of_the_day_and_never_a_location() -> None:
    body = "91330682MA0000015"
    old = told(body + check_character(body))
    then = told(body + check_character(body), date(2012, 1, 1))
    authority = {part.name: part for part in old.segments}["authority"]
    assert "上虞市" in authority.meaning
    assert "上虞区" in authority.meaning
    assert "不代表企业所在地" in authority.meaning
    assert [issue.rule for issue in old.issues] == ["uscc-authority-historic"]
    assert (old.valid, then.valid, then.issues) == (True, True, ())


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_check_character_equals_the_formula_of_the_standard(body: str) -> None:
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    assert check_character(body) == ALPHABET[(31 - total % 31) % 31]


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(check_uscc(text), list)
    assert told(text).as_json()["kind"] == "uscc"
