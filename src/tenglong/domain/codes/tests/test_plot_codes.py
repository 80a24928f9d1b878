"""Our own codes: what is made is valid, and no single slip goes unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.codes.explain import explain, matching_kinds
from tenglong.domain.codes.model import Kind
from tenglong.domain.codes.plot import (
    is_plot_code,
    make_enterprise_code,
    make_enterprise_codes,
    make_plot_code,
    make_plot_codes,
)
from tenglong.policies import code_books

TOWNSHIPS = st.text("0123456789", min_size=9, max_size=9)
SERIALS = st.integers(1, 999_999)
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@given(TOWNSHIPS, SERIALS)
def test_every_made_plot_code_explains_as_valid(township: str, serial: int) -> None:
    code = make_plot_code(township, serial)
    found = explain(Kind.PLOT, code, None, code_books())
    assert found.valid
    assert is_plot_code(code)
    assert matching_kinds(code) == [Kind.PLOT]
    assert "".join(part.value for part in found.segments) == code


@given(TOWNSHIPS, SERIALS, st.integers(0, 16), st.sampled_from(CHARACTERS))
def test_any_single_changed_character_is_detected(township: str, serial: int, at: int, other: str) -> None:
    code = make_plot_code(township, serial)
    changed = code[:at] + other + code[at + 1 :]
    assert is_plot_code(changed) == (changed == code)
    assert explain(Kind.PLOT, changed, None, code_books()).valid == (changed == code)


@given(TOWNSHIPS, SERIALS)
def test_an_enterprise_code_is_never_a_plot_code(township: str, serial: int) -> None:
    code = make_enterprise_code(township, serial)
    assert explain(Kind.ENTERPRISE, code, None, code_books()).valid
    assert not is_plot_code(code)
    assert not is_plot_code("T" + code[1:])


def test_the_township_is_only_told_as_the_one_at_birth() -> None:
    parts = {part.name: part for part in explain(Kind.PLOT, make_plot_code("330604104", 7), None, code_books()).segments}
    assert parts["township"].label == "出生时镇街"
    assert "章镇" in parts["township"].meaning
    assert "不作定位依据" in parts["township"].meaning


@pytest.mark.parametrize(
    ("township", "serial"), [("33060410", 1), ("33060410A", 1), ("３30604104", 1), ("330604104", 0), ("330604104", 1_000_000)]
)
def test_impossible_parts_are_refused_when_making(township: str, serial: int) -> None:
    with pytest.raises(ValueError, match="应"):
        make_plot_code(township, serial)


def test_a_wrong_check_character_says_which_is_expected() -> None:
    good = make_plot_code("330604001", 1)
    bad = good[:-1] + ("A" if good[-1] != "A" else "B")
    issue = explain(Kind.PLOT, bad, None, code_books()).issues[0]
    assert issue.rule == "plot-code-check"
    assert f"应为 {good[-1]}" in issue.message


def test_many_codes_at_once_are_the_codes_made_one_by_one():
    serials = [1, 2, 9, 10, 36, 37, 999, 123_456, 999_999]
    for town in ("330604001", "000000000", "999999999"):
        assert make_plot_codes(town, serials) == [make_plot_code(town, serial) for serial in serials]
        assert make_enterprise_codes(town, serials) == [make_enterprise_code(town, serial) for serial in serials]
    assert make_plot_codes("330604001", []) == []
    with pytest.raises(ValueError, match="顺序号"):
        make_plot_codes("330604001", [5, 1_000_000, 6])
