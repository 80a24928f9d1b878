"""Parcel and unit codes of GB/T 37346-2019."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.codes.cadastre import grouped
from tenglong.domain.codes.explain import explain, matching_kinds
from tenglong.domain.codes.model import Kind
from tenglong.policies import code_books

UNIT = "330604001001GB00001W00000000"


def rules(kind: Kind, code: str, on: date | None = None) -> list[str]:
    return [issue.rule for issue in explain(kind, code, on, code_books()).issues]


@pytest.mark.parametrize("code", [UNIT, "330604001001GB00001F00010001", "330604 001001 GB00001 F00010001"])
def test_conforming_unit_codes(code: str) -> None:
    found = explain(Kind.UNIT, code, None, code_books())
    assert (found.valid, found.issues) == (True, ())
    assert [part.name for part in found.segments] == [
        "division",
        "district",
        "subdistrict",
        "ownership",
        "right",
        "serial",
        "fixture",
        "fixture_number",
    ]


def test_conforming_parcel_code_is_recognised_without_a_kind() -> None:
    code = "330604002003GB00123"
    assert matching_kinds(code) == [Kind.PARCEL]
    assert explain(Kind.PARCEL, code, None, code_books()).valid


@pytest.mark.parametrize("letters", ["GA", "ZA", "GC", "ZC", "JH", "JG"])
def test_letters_that_exclude_each_other(letters: str) -> None:
    assert rules(Kind.UNIT, f"330604001001{letters}00001W00000000") == ["cadastre-letters-conflict"]


@pytest.mark.parametrize("letters", ["JA", "JC", "GH", "GG", "GB", "JB", "GS", "GX", "ZW", "GD", "JE", "JF", "GY"])
def test_letters_that_go_together(letters: str) -> None:
    assert rules(Kind.PARCEL, f"330604001001{letters}00001") == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("330604001001GB00001W00000001", "unit-fixture-number"),
        ("330604001001GB00001F00000000", "unit-fixture-number"),
        ("330604001001GB00000W00000000", "cadastre-serial-zero"),
        ("330604001001GI00001W00000000", "unit-code-character"),
        ("330604001001gB00001W00000000", "unit-code-character"),
        ("330604001001GB0000AW00000000", "unit-code-character"),
        ("330604001001GB00001X00000000", "unit-code-character"),
        ("330604001001GB00001W0000000", "unit-code-length"),
    ],
)
def test_each_defect_has_its_rule(code: str, rule: str) -> None:
    assert rules(Kind.UNIT, code) == [rule]


def test_a_wrong_character_is_named_with_its_place() -> None:
    issue = explain(Kind.UNIT, "330604001001XB00001W00000000", None, code_books()).issues[0]
    assert issue.message.startswith("第 13 位所有权特征码“X”")


def test_an_old_county_code_is_warned_about_after_its_day_only() -> None:
    assert rules(Kind.PARCEL, "330682001001GB00001") == ["division-name-abolished"]
    assert rules(Kind.PARCEL, "330682001001GB00001", date(2012, 6, 1)) == []


@given(st.text("0123456789GJZABCDEFHSWXYLQ ", min_size=15, max_size=32))
def test_grouping_never_changes_the_code(text: str) -> None:
    plain = text.replace(" ", "")
    assert grouped(text).replace(" ", "") == plain
    assert grouped(UNIT) == "330604 001001 GB00001 W00000000"
    assert explain(Kind.UNIT, text, None, code_books()).as_json()["kind"] == "unit"
